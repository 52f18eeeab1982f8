package io.wherry.kernel.step;

/** A resource that setrlimit(2) limits; the ordinal is the kernel's number on x86-64. */
public enum Resource {
    CPU,
    FSIZE,
    DATA,
    STACK,
    CORE,
    RSS,
    NPROC,
    NOFILE,
    MEMLOCK,
    AS,
    LOCKS,
    SIGPENDING,
    MSGQUEUE,
    NICE,
    RTPRIO,
    RTTIME;

    /** {@return the number of setrlimit(2)} */
    public int number() {
        return ordinal();
    }

    String text() {
        return "RLIMIT_" + name();
    }

    static String value(long value) {
        return value == -1 ? "unlimited" : Long.toUnsignedString(value);
    }
}
