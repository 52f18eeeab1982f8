/* Device rules of a version 2 control group: an eBPF program that the kernel asks before a device is opened or made. */
#include "pilot.h"
#include <linux/bpf.h>

/* Only the fields up to `last` are given: what a newer header knows behind them is no business of an older kernel. */
#define BPF(command, attributes, last) sys_retry(__NR_bpf, command, ADDRESS(&(attributes)), __builtin_offsetof(union bpf_attr, last) + sizeof (attributes).last, 0, 0)

/*
 * The kernel keeps the program as long as the group, so nothing is to be cleaned up. BPF_F_ALLOW_MULTI: the rules of the groups above stay in
 * force, and a group below may have some of its own; who is inside must pass them all.
 */
int op_devices(struct context *ctx, const struct instruction *i) {
    union bpf_attr load, attach;
    memset(&load, 0, sizeof load);
    memset(&attach, 0, sizeof attach);
    load.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    load.insns = (uintptr_t)text_at(ctx, i->operands[1]);
    load.insn_cnt = (uint32_t)i->operands[2];
    load.license = (uintptr_t) "Apache-2.0";
    text_copy(load.prog_name, sizeof load.prog_name, "wherry_devices");
    CLOSING int rules = (int)BPF(BPF_PROG_LOAD, load, prog_name);
    if (rules < 0 || fd_at(i, 0) < 0) {
        return rules < 0 ? rules : 0;
    }
    attach.target_fd = (uint32_t)fd_at(i, 0);
    attach.attach_bpf_fd = (uint32_t)rules;
    attach.attach_type = BPF_CGROUP_DEVICE;
    attach.attach_flags = BPF_F_ALLOW_MULTI;
    return (int)BPF(BPF_PROG_ATTACH, attach, attach_flags);
}
