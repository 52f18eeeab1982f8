/*
 * The check of a kernel program: docs/program.md "What is checked". Everything the interpreter later relies on is established here
 * once, so that it can take operands as they are. It protects against truncation, version skew and encoder errors; a program never
 * has more rights than its author.
 */
#include "program.h"
#include <linux/fcntl.h>
#include <linux/openat2.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/close_range.h>

enum { ERRNO_LIMIT = 4096, READ_LIMIT = 1 << 20, BPF_LIMIT = 4096, PATH_LIMIT = 4096, MONITOR_FLAGS = 63, SIGNAL_KILL = 9 };

static const uint64_t CLONE_ALLOWED = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID
    | CLONE_NEWNET | CLONE_NEWTIME | CLONE_PARENT | CLONE_PIDFD;

/* What is known of a strand where the check has arrived. */
struct knowledge {
    bool entered;       /* somebody runs it */
    bool pivoted;       /* the root was switched */
    uint64_t fds[4];    /* bit n: descriptor n may hold something */
};

struct checker {
    const struct program *program;
    uint32_t last_nul; /* every string that starts at or before it ends inside the data */
    uint32_t strand;
    uint32_t at;
    struct knowledge strands[STRAND_COUNT];
    const char *reason;
};

static bool refuse(struct checker *c, const char *reason) {
    if (c->reason == NULL) {
        c->reason = reason;
    }
    return false;
}

static void assign(struct knowledge *k, uint64_t fd) {
    k->fds[fd / 64] |= UINT64_C(1) << fd % 64;
}

static void forget(struct knowledge *k, int64_t fd) {
    if (fd >= FD_FIRST) {
        k->fds[fd / 64] &= ~(UINT64_C(1) << fd % 64);
    }
}

static bool holds(const struct knowledge *k, int64_t fd) {
    return fd >= 0 && fd <= FD_LAST && (k->fds[fd / 64] >> fd % 64 & 1) != 0;
}

static bool known_fd(const struct knowledge *k, int64_t fd) {
    return fd == -1 || fd == AT_FDCWD || holds(k, fd);
}

static const struct instruction *here(const struct checker *c) {
    return &c->program->code[c->at];
}

static bool is_call(const struct instruction *i, enum call call) {
    return i->op == OP_SYS && i->operands[0] == call;
}

static bool block(struct checker *c, uint64_t at, uint64_t length) {
    if (at < 8 || at > c->program->data_length || length > c->program->data_length - at) {
        return refuse(c, "a block does not lie inside the data");
    }
    return true;
}

static bool string(struct checker *c, uint64_t at) {
    return (at >= 8 && at <= c->last_nul) || refuse(c, "a string does not end inside the data");
}

/* Behind pivot_root only the new root itself may be named absolutely, or what openat2 resolves below a descriptor. */
static bool path_after_pivot(struct checker *c, uint64_t at, const uint64_t *arguments) {
    const struct instruction *i = here(c);
    if (!c->strands[c->strand].pivoted || i->op == OP_EXEC || i->op == OP_WORKDIR || i->op == OP_READ) {
        return true;
    }
    const char *path = c->program->data + at;
    if (path[0] != '/' || path[1] == 0) {
        return true;
    }
    if (is_call(i, CALL_OPENAT2) && as_signed(arguments[0]) >= 0 && block(c, arguments[2], sizeof(struct open_how))) {
        struct open_how how;
        __builtin_memcpy(&how, c->program->data + arguments[2], sizeof how);
        if ((how.resolve & RESOLVE_IN_ROOT) != 0) {
            return true;
        }
    }
    return refuse(c, "an absolute path behind pivot_root");
}

static bool vector(struct checker *c, uint64_t at, uint64_t count) {
    if (count == 0) {
        return at == 0 || refuse(c, "an empty block with an offset");
    }
    while (count-- > 0) {
        if (!string(c, at)) {
            return false;
        }
        while (c->program->data[at++] != 0) {
        }
    }
    return true;
}

static bool counted(struct checker *c, const struct operand *type, uint64_t at, uint64_t count) {
    if (count == 0 && at == 0 && type->kind == KIND_BUF) {
        return true;
    }
    if (type->kind == KIND_FILTER && (count == 0 || count > BPF_LIMIT)) {
        return refuse(c, "a filter of no instructions, or too many");
    }
    return count <= PROGRAM_LIMIT ? block(c, at, count * type->size) : refuse(c, "a block does not lie inside the data");
}

static bool operand(struct checker *c, const struct operand *type, uint64_t value, const uint64_t *all) {
    switch ((enum operand_kind)type->kind) {
    case KIND_FD:
        return known_fd(&c->strands[c->strand], as_signed(value)) || refuse(c, "a descriptor that nothing was assigned to");
    case KIND_STR_OPT:
        return value == 0 || (string(c, value) && path_after_pivot(c, value, all));
    case KIND_STR:
        return string(c, value) && path_after_pivot(c, value, all);
    case KIND_TEXT:
        return string(c, value);
    case KIND_IN:
        return block(c, value, type->size);
    case KIND_BUF:
    case KIND_FILTER:
        return counted(c, type, value, all[type->length_at]);
    case KIND_STRS:
        return vector(c, value, all[type->length_at]);
    case KIND_PAIR:
        return value == 0 || refuse(c, "an unused operand is not zero");
    case KIND_IMM:
    case KIND_CALL:
        return true;
    case KIND_NONE:
        break;
    }
    return refuse(c, "an operand of no type");
}

static bool operands(struct checker *c, const struct signature *row, const uint64_t *values, unsigned room) {
    for (unsigned k = 0; k < row->count; k++) {
        if (!operand(c, &row->operands[k], values[k], values)) {
            return false;
        }
    }
    for (unsigned k = row->count; k < room; k++) {
        if (values[k] != 0) {
            return refuse(c, "an unused operand is not zero");
        }
    }
    return true;
}

static bool destination(struct checker *c, enum result_kind result) {
    uint16_t dst = here(c)->dst;
    if (result == RESULT_NONE || (result == RESULT_FD_OPT && dst == DST_NONE)) {
        return dst == DST_NONE || refuse(c, "a result where the instruction has none");
    }
    uint32_t last = result == RESULT_PAIR ? dst + 1u : dst;
    return (dst >= FD_FIRST && last <= FD_LAST) || refuse(c, "a result outside of descriptors 8 to 250");
}

static void assign_result(struct checker *c, enum result_kind result) {
    uint16_t dst = here(c)->dst;
    if (dst == DST_NONE) {
        return;
    }
    assign(&c->strands[c->strand], dst);
    if (result == RESULT_PAIR) {
        assign(&c->strands[c->strand], dst + 1u);
    }
}

static bool policy(struct checker *c) {
    const struct instruction *i = here(c);
    const struct strand *strand = &c->program->header->strands[c->strand];
    uint32_t listed = 0;
    for (unsigned k = 0; k < POLICY_ERRNOS; k++) {
        if (i->errnos[k] >= ERRNO_LIMIT || (i->errnos[k] != 0 && listed != k)) {
            return refuse(c, "a policy's errnos are not a list");
        }
        listed += i->errnos[k] != 0;
    }
    bool lists = i->policy == POLICY_OK_IF || i->policy == POLICY_SKIP || i->policy == POLICY_STICKY;
    bool skips = i->policy == POLICY_SKIP || i->policy == POLICY_ELSE;
    if (i->policy >= POLICY_LIMIT) {
        return refuse(c, "an unknown policy");
    }
    bool may_list = lists || i->policy == POLICY_ELSE;
    if ((lists && listed == 0) || (!may_list && listed > 0)) {
        return refuse(c, "a policy without its errnos, or errnos without a policy");
    }
    if ((i->skip > 0 && !skips) || c->at + 1 + i->skip > strand->first + strand->count) {
        return refuse(c, "a skip that does not stay in its strand");
    }
    if (i->policy == POLICY_IGNORE && c->strand != STRAND_SWEEP) {
        return refuse(c, "policy `ignore` outside of the sweep");
    }
    if (i->policy == POLICY_NOTE && (c->program->header->flags & PROGRAM_PROBE) == 0) {
        return refuse(c, "policy `note` outside of a probe");
    }
    return true;
}

static bool check_clone(struct checker *c, const struct instruction *i) {
    uint64_t target = i->operands[1];
    if ((i->operands[0] & ~CLONE_ALLOWED) != 0) {
        return refuse(c, "CLONE with a flag that is not a namespace");
    }
    if (target <= c->strand || target >= STRAND_REMOVAL || c->program->header->strands[target].count == 0) {
        return refuse(c, "CLONE of a strand that is not a later one");
    }
    if (c->strands[target].entered) {
        return refuse(c, "a strand that is cloned twice");
    }
    c->strands[target] = c->strands[c->strand];
    forget(&c->strands[target], as_signed(i->operands[3]));
    forget(&c->strands[c->strand], as_signed(i->operands[4]));
    return true;
}

static bool check_monitor(struct checker *c, const struct instruction *i) {
    static const uint8_t fd_places[] = {4, 8, 12, 16, 20, 24, 28, 44};
    const struct strand *strand = &c->program->header->strands[0];
    if (c->strand != 0 || c->at != strand->first + strand->count - 1 || i->policy != POLICY_ABORT) {
        return refuse(c, "MONITOR is not the end of strand 0");
    }
    if (i->operands[2] != 64) {
        return refuse(c, "a monitor block has 64 bytes");
    }
    const char *at = c->program->data + i->operands[1];
    uint32_t flags;
    __builtin_memcpy(&flags, at, sizeof flags);
    if ((flags & ~(uint32_t)MONITOR_FLAGS) != 0) {
        return refuse(c, "an unknown flag in a monitor block");
    }
    for (unsigned k = 0; k < sizeof fd_places; k++) {
        int32_t fd;
        __builtin_memcpy(&fd, at + fd_places[k], sizeof fd);
        if (fd != -1 && !holds(&c->strands[0], fd)) {
            return refuse(c, "a descriptor that nothing was assigned to");
        }
    }
    for (unsigned k = 48; k < 64; k++) {
        if (at[k] != 0) {
            return refuse(c, "a reserved byte of a monitor block is not zero");
        }
    }
    return true;
}

/* The slot's first contents keep every string around it well-formed before and after PUTPID. */
static bool check_putpid(struct checker *c, const struct instruction *i) {
    if (!block(c, i->operands[0], PID_TEXT)) {
        return false;
    }
    const char *slot = c->program->data + i->operands[0];
    char filler = i->operands[1] == 0 ? 0 : ' ';
    for (unsigned k = 0; k < PID_TEXT; k++) {
        if (slot[k] != (k == PID_TEXT - 1 ? 0 : filler)) {
            return refuse(c, "PUTPID without its 12 bytes");
        }
    }
    return i->operands[1] <= 1 || refuse(c, "PUTPID in an unknown form");
}

/* A path below a folder: relative, without `..`; `single`: one name only. */
static bool check_below(struct checker *c, uint64_t at, bool single) {
    const char *path = c->program->data + at;
    uint32_t length = 0;
    for (uint32_t name = 0;; length++) {
        if (path[length] != '/' && path[length] != 0) {
            continue;
        }
        uint32_t n = length - name;
        const char *s = path + name;
        if (n == 0 || (n == 1 && s[0] == '.') || (n == 2 && s[0] == '.' && s[1] == '.') || (single && path[length] == '/')) {
            return refuse(c, "a name that does not lie below its folder");
        }
        if (path[length] == 0) {
            break;
        }
        name = length + 1;
    }
    return length < PATH_LIMIT || refuse(c, "a path that is too long");
}

static uint32_t bounded_length(const char *s) {
    uint32_t n = 0;
    while (n < PATH_LIMIT && s[n] != 0) {
        n++;
    }
    return n;
}

/* A path that is resolved inside a root, whatever it says: relative and of bounded length. */
static bool check_inside(struct checker *c, uint64_t at) {
    const char *path = c->program->data + at;
    if (path[0] == '/') {
        return refuse(c, "a name that does not lie below its folder");
    }
    return bounded_length(path) < PATH_LIMIT || refuse(c, "a path that is too long");
}

static bool check_read(struct checker *c, const struct instruction *i) {
    if ((c->program->header->flags & PROGRAM_PROBE) == 0) {
        return refuse(c, "READ outside of a probe");
    }
    return (i->operands[2] > 0 && i->operands[2] <= READ_LIMIT) || refuse(c, "READ of nothing, or of more than 1 MiB");
}

static bool check_exec(struct checker *c, const struct instruction *i) {
    if ((c->program->header->flags & PROGRAM_STARTS) == 0 || c->strand == 0 || c->strand >= STRAND_REMOVAL) {
        return refuse(c, "EXEC outside of a child's strand, or in a program that starts nothing");
    }
    return i->operands[2] > 0 || refuse(c, "a program without argument 0");
}

static bool check_spawn(struct checker *c, const struct instruction *i) {
    return (i->operands[1] > 0 && c->program->data[i->operands[0]] == '/') || refuse(c, "SPAWN without an absolute path");
}

static bool check_sys(struct checker *c, const struct instruction *i) {
    struct knowledge *k = &c->strands[c->strand];
    if (i->operands[0] == CALL_DUP3) {
        uint64_t to = i->operands[2];
        if (to > 2 && (to < FD_FIRST || to > FD_LAST)) {
            return refuse(c, "dup3 to a descriptor that is not the program's");
        }
        assign(k, to);
    } else if (i->operands[0] == CALL_PIVOT_ROOT) {
        k->pivoted = true;
    }
    return true;
}

/* Without a folder nothing would be limited, and nobody would notice: that is for a question only. */
static bool check_devices(struct checker *c, const struct instruction *i) {
    if (i->operands[2] == 0 || i->operands[2] > BPF_LIMIT) {
        return refuse(c, "device rules of no instructions, or too many");
    }
    return as_signed(i->operands[0]) >= 0 || (as_signed(i->operands[0]) == -1 && (c->program->header->flags & PROGRAM_PROBE) != 0)
        || refuse(c, "device rules of no cgroup");
}

static bool sweep_allows(uint8_t op) {
    return op != OP_CLONE && op != OP_EXEC && op != OP_SPAWN && op != OP_MONITOR && op != OP_SEND && op != OP_RECV && op != OP_INIT;
}

static bool barrier(struct checker *c, const struct instruction *i) {
    if (i->operands[1] == 0 || i->operands[1] >= BARRIER_LIMIT || (i->op == OP_RECV && i->operands[2] > 1)) {
        return refuse(c, "an unknown barrier");
    }
    return true;
}

/* What an op's types do not say. */
static bool meaning(struct checker *c, const struct instruction *i) {
    if (c->strand == STRAND_SWEEP && !sweep_allows(i->op)) {
        return refuse(c, "an instruction that the sweep may not use");
    }
    switch (i->op) {
    case OP_SYS:
        return check_sys(c, i);
    case OP_CLONE:
        return check_clone(c, i);
    case OP_WRITE:
        return (i->operands[4] & ~(uint64_t)(O_CREAT | O_EXCL | O_TRUNC | O_APPEND | O_NONBLOCK | O_SYNC | O_CLOEXEC)) == 0
            || refuse(c, "WRITE with an unknown open flag");
    case OP_READ:
        return check_read(c, i);
    case OP_SEND:
    case OP_RECV:
        return barrier(c, i);
    case OP_SPAWN:
        return check_spawn(c, i);
    case OP_PUTPID:
        return check_putpid(c, i);
    case OP_EXEC:
        return check_exec(c, i);
    case OP_FAIL:
        return (i->policy == POLICY_ABORT && i->operands[0] < ERRNO_LIMIT) || refuse(c, "FAIL with a policy, or with no errno");
    case OP_MONITOR:
        return check_monitor(c, i);
    case OP_INIT:
        return (i->operands[0] <= 1 && c->strand != 0 && c->strand < STRAND_REMOVAL) || refuse(c, "INIT outside of a child's strand");
    case OP_KILLCG:
        return check_below(c, i->operands[1], false) && (i->operands[2] <= 1 || refuse(c, "an unknown kind of cgroup"));
    case OP_RMCG:
        return check_below(c, i->operands[1], false);
    case OP_RMTREE:
    case OP_RECORD:
        return check_below(c, i->operands[1], true);
    case OP_MAKEPATH:
        return check_inside(c, i->operands[1]) && (i->operands[2] <= 2 || refuse(c, "an unknown kind of path"));
    case OP_DEVICES:
        return check_devices(c, i);
    default:
        return true;
    }
}

static bool instruction(struct checker *c) {
    const struct instruction *i = here(c);
    if (i->op >= OP_LIMIT || !op_table[i->op].known) {
        return refuse(c, "an unknown instruction");
    }
    const struct signature *row = &op_table[i->op];
    const uint64_t *values = i->operands;
    unsigned room = OPERAND_COUNT;
    if (i->op == OP_SYS) {
        if (i->operands[0] >= CALL_LIMIT || !call_table[i->operands[0]].known) {
            return refuse(c, "an unknown call");
        }
        row = &call_table[i->operands[0]];
        values++;
        room--;
    }
    enum result_kind result = (enum result_kind)row->result;
    if (!policy(c) || !destination(c, result) || !operands(c, row, values, room) || !meaning(c, i)) {
        return false;
    }
    assign_result(c, result);
    return true;
}

static bool changes_credentials(const struct instruction *i) {
    bool any_namespace = is_call(i, CALL_SETNS) && (i->operands[2] == 0 || (i->operands[2] & CLONE_NEWUSER) != 0);
    bool user_namespace = is_call(i, CALL_UNSHARE) && (i->operands[1] & CLONE_NEWUSER) != 0;
    return any_namespace || user_namespace || is_call(i, CALL_SETRESUID) || is_call(i, CALL_SETRESGID) || is_call(i, CALL_CAPSET);
}

static bool is_death_signal(const struct instruction *i) {
    return is_call(i, CALL_PRCTL) && i->policy == POLICY_ABORT && i->operands[1] == PR_SET_PDEATHSIG && i->operands[2] == SIGNAL_KILL;
}

static bool is_last_closing(const struct instruction *i) {
    return is_call(i, CALL_CLOSE_RANGE) && i->policy == POLICY_ABORT && i->operands[1] == 3 && (uint32_t)i->operands[2] == UINT32_MAX
        && i->operands[3] == CLOSE_RANGE_CLOEXEC;
}

/* A strand with EXEC ends: death signal, …, close_range, then EXEC and FAIL only; no skip leads past either of the two. */
static bool ending(struct checker *c, const struct strand *strand) {
    const struct instruction *code = c->program->code;
    uint32_t end = strand->first + strand->count;
    uint32_t exec = strand->first;
    uint32_t death = UINT32_MAX;
    for (; exec < end && code[exec].op != OP_EXEC; exec++) {
        if (changes_credentials(&code[exec])) {
            death = UINT32_MAX;
        } else if (is_death_signal(&code[exec])) {
            death = exec;
        }
    }
    if (exec == end) {
        return true;
    }
    c->at = exec;
    if (exec == strand->first || !is_last_closing(&code[exec - 1])) {
        return refuse(c, "EXEC without close_range(3, ~0, CLOSE_RANGE_CLOEXEC) right before it");
    }
    if (death == UINT32_MAX) {
        return refuse(c, "EXEC without a death signal behind the last change of credentials");
    }
    for (c->at = strand->first; c->at < exec; c->at++) {
        uint32_t target = c->at + 1 + code[c->at].skip;
        if (code[c->at].skip > 0 && ((c->at < death && target > death) || target > exec - 1)) {
            return refuse(c, "a skip past the death signal or close_range");
        }
    }
    for (c->at = exec; c->at < end; c->at++) {
        if (code[c->at].op != OP_EXEC && code[c->at].op != OP_FAIL) {
            return refuse(c, "an instruction behind EXEC that is neither EXEC nor FAIL");
        }
    }
    return true;
}

static void enter(struct checker *c, uint32_t strand) {
    struct knowledge *k = &c->strands[strand];
    for (uint64_t fd = 0; fd <= 2; fd++) {
        assign(k, fd);
    }
    if (strand == 0) {
        assign(k, FD_STREAM);
        assign(k, FD_REPLIES);
    }
    k->entered = true;
}

static bool strands(struct checker *c) {
    enter(c, 0);
    enter(c, STRAND_REMOVAL);
    enter(c, STRAND_SWEEP);
    for (c->strand = 0; c->strand < STRAND_COUNT; c->strand++) {
        const struct strand *strand = &c->program->header->strands[c->strand];
        c->at = strand->first;
        if (strand->count > 0 && !c->strands[c->strand].entered) {
            return refuse(c, "a strand that nobody runs");
        }
        for (; c->at < strand->first + strand->count; c->at++) {
            if (!instruction(c)) {
                return false;
            }
        }
        if (!ending(c, strand)) {
            return false;
        }
    }
    return true;
}

static const char *layout(const struct program_header *h, size_t length) {
    if (__builtin_memcmp(h->magic, "WHERRYK1", 8) != 0 || h->version != 1) {
        return "not a kernel program of this version";
    }
    if (h->architecture != (uint32_t)PROGRAM_ARCHITECTURE) {
        return "a program for another processor";
    }
    if (h->total != length) {
        return "a program of another length than it says";
    }
    if (h->count > UINT16_MAX || h->data_at != PROGRAM_HEADER + h->count * sizeof(struct instruction) || h->data_at + 8 > h->total) {
        return "instructions and data do not fill the program";
    }
    if ((h->flags & ~(uint32_t)PROGRAM_FLAGS) != 0) {
        return "an unknown flag";
    }
    if ((h->zero[0] | h->zero[1] | h->zero[2] | h->zero_too) != 0) {
        return "a reserved field is not zero";
    }
    uint32_t next = 0;
    for (unsigned s = 0; s < STRAND_COUNT; s++) {
        if (h->strands[s].first != (h->strands[s].count == 0 ? 0 : next) || h->strands[s].count > h->count - next) {
            return "the strands do not cover the instructions in order";
        }
        next += h->strands[s].count;
    }
    return next == h->count ? NULL : "the strands do not cover the instructions in order";
}

static const char *switches(const struct program_header *h) {
    if (h->test_switch == SWITCH_NONE) {
        return (h->switch_at | h->switch_errno) == 0 ? NULL : "a reserved field is not zero";
    }
    bool fails = h->test_switch == SWITCH_FAIL;
    if ((h->flags & PROGRAM_TEST) == 0 || h->test_switch >= SWITCH_LIMIT || h->switch_at >= h->count) {
        return "a test switch that is not in force";
    }
    return fails == (h->switch_errno != 0) && h->switch_errno < ERRNO_LIMIT ? NULL : "a test switch with a wrong errno";
}

struct verdict program_check(uint8_t *bytes, size_t length, struct program *program) {
    struct verdict verdict = {.instruction = UINT32_MAX};
    const struct program_header *header = (const struct program_header *)(void *)bytes;
    if (length < PROGRAM_HEADER + 8 || length > PROGRAM_LIMIT) {
        verdict.reason = "a program that is too short or too long";
        return verdict;
    }
    verdict.reason = layout(header, length);
    if (verdict.reason == NULL) {
        verdict.reason = switches(header);
    }
    if (verdict.reason != NULL) {
        return verdict;
    }
    program->header = header;
    program->code = (const struct instruction *)(void *)(bytes + PROGRAM_HEADER);
    program->data = (char *)bytes + header->data_at;
    program->data_length = header->total - header->data_at;
    struct checker c = {.program = program, .last_nul = program->data_length - 1};
    for (unsigned k = 0; k < 8; k++) {
        if (program->data[k] != 0) {
            verdict.reason = "the first 8 bytes of the data are not zero";
            return verdict;
        }
    }
    while (program->data[c.last_nul] != 0) {
        c.last_nul--;
    }
    if (!strands(&c)) {
        verdict.reason = c.reason;
        verdict.instruction = c.at;
    }
    return verdict;
}
