package io.wherry.kernel.seccomp;

/**
 * A processor's calling convention, as {@code seccomp_data.arch} tells it. All are little endian, which the compiler's
 * handling of 64-bit arguments relies on.
 *
 * <p>Specification: {@code AUDIT_ARCH_*} in {@code include/uapi/linux/audit.h}.
 */
public enum Architecture {
    X86_64(0xc000003e, 0, "x86_64"),
    I386(0x40000003, 1, "i386"),
    AARCH64(0xc00000b7, 2, "aarch64"),
    ARM(0x40000028, 3, "arm");

    private static final Architecture[] ALL = values();

    private final int auditNumber;
    private final int column;
    private final String label;

    Architecture(int auditNumber, int column, String label) {
        this.auditNumber = auditNumber;
        this.column = column;
        this.label = label;
    }

    /** {@return the kernel's number of this architecture} */
    public int auditNumber() {
        return auditNumber;
    }

    /** {@return the kernel's name, such as {@code x86_64}} */
    public String label() {
        return label;
    }

    /** {@return the place of this architecture's numbers in a row of {@link SyscallTable}} */
    int column() {
        return column;
    }

    static Architecture[] all() {
        return ALL;
    }
}
