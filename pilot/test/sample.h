/* A program that uses every kind of operand and most instructions, and that the check accepts: never run, only judged. */
#pragma once
#include "assemble.h"

static inline void sample_program(struct assembly *a) {
    uint64_t n, m;
    uint8_t zeros[64] = {0};
    int32_t monitor[32] = {[1] = -1, [2] = -1, [3] = -1, [4] = -1, [5] = -1, [6] = -1, [7] = -1, [11] = -1, [20] = -1,
        [21] = 4, [22] = 1, [23] = 1, [25] = 1, [26] = 1, [27] = 30};
    asm_begin(a, PROGRAM_STARTS);
    asm_strand(a, 0);
    to(SYS(a, CALL_OPENAT, FD(-100), str(a, "/sys/fs/cgroup"), 0200000, 0), 8);
    with(SYS(a, CALL_MKDIRAT, 8, str(a, "wherry"), 0755), POLICY_OK_IF, 0, 17, 0);
    OP(a, OP_DEVICES, 8, bytes_of(a, zeros, 16), 2);
    to(SYS(a, CALL_SOCKETPAIR, 1, 5, 0, 0), 10);
    to(SYS(a, CALL_PIPE2, 0, 0), 12);
    to(SYS(a, CALL_FSOPEN, str(a, "overlay"), 1), 14);
    SYS(a, CALL_FSCONFIG, 14, 1, str(a, "source"), str(a, "overlay"), 0);
    SYS(a, CALL_FSCONFIG, 14, 6, 0, 0, 0);
    uint64_t slot = bytes_of(a, zeros, 12);
    uint64_t arguments = bytes_of(a, "/usr/bin/newuidmap\0           \0000\0001000\0001", 40);
    OP(a, OP_SPAWN, arguments, 5, 0, 0, str(a, "state"), 5);
    to(OP(a, OP_CLONE, 0x20020000, 1, FD(-1), 10, 11), 15);
    OP(a, OP_PUTPID, slot, 0);
    OP(a, OP_WRITE, 8, str(a, "cgroup.procs"), slot, 12, 0);
    OP(a, OP_NETLINK, 8, bytes_of(a, zeros, 32), 32, 1);
    OP(a, OP_SEND, 10, BARRIER_ATTACHED, FD(-1));
    to(OP(a, OP_RECV, 10, BARRIER_TERMINAL, 0), 16);
    OP(a, OP_RECV, 10, BARRIER_EXECUTING, 1);
    OP(a, OP_RECORD, 8, str(a, "started"), str(a, "boot x\n"), 7);
    OP(a, OP_MONITOR, 15, bytes_of(a, monitor, 128), 128);
    asm_strand(a, 1);
    OP(a, OP_RECV, 11, BARRIER_ATTACHED, 0);
    with(OP(a, OP_CHECK, 8, 0040000, UINT64_MAX, 0x63677270), POLICY_ELSE, 1, 71, 0);
    OP(a, OP_MAKEPATH, 8, str(a, "etc/hosts"), 1);
    SYS(a, CALL_PIVOT_ROOT, str(a, "."), str(a, "."));
    SYS(a, CALL_CHDIR, str(a, "/"));
    OP(a, OP_WORKDIR, str(a, "/root"));
    SYS(a, CALL_SETGROUPS, 2, bytes_of(a, zeros, 8));
    SYS(a, CALL_SETRESUID, 0, 0, 0);
    SYS(a, CALL_PRCTL, 1, 9, 0, 0, 0);
    SYS(a, CALL_PRCTL, 4, 0, 0, 0, 0);
    SYS(a, CALL_SECCOMP, 1, 0, bytes_of(a, zeros, 16), 2);
    SYS(a, CALL_CLOSE_RANGE, 3, UINT32_MAX, 4);
    uint64_t argv = strs(a, "true|a|b", &n);
    uint64_t envp = strs(a, "PATH=/bin|HOME=/", &m);
    with(OP(a, OP_EXEC, str(a, "/bin/true"), argv, n, envp, m), POLICY_STICKY, 0, 2, 13);
    with(OP(a, OP_EXEC, str(a, "/usr/bin/true"), argv, n, envp, m), POLICY_STICKY, 0, 2, 13);
    OP(a, OP_FAIL, 0);
    asm_strand(a, 4);
    SYS(a, CALL_SETNS, 15, 0x40000000);
    SYS(a, CALL_DUP3, 30, 1, 0);
    asm_strand(a, STRAND_REMOVAL);
    to(SYS(a, CALL_OPENAT, FD(-100), str(a, "/var/lib"), 0200000, 0), 8);
    OP(a, OP_RMTREE, 8, str(a, "wherry"));
    asm_strand(a, STRAND_SWEEP);
    to(SYS(a, CALL_OPENAT, FD(-100), str(a, "/sys/fs/cgroup"), 0200000, 0), 8);
    with(OP(a, OP_KILLCG, 8, str(a, "wherry/x"), 1), POLICY_IGNORE, 0, 0, 0);
    OP(a, OP_RMCG, 8, str(a, "wherry/x"));
}
