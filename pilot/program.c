/*
 * The check of a kernel program: docs/program.md "What is checked". Everything the interpreter later relies on is established here
 * once, so that it can take operands as they are. It protects against truncation, version skew and encoder errors; a program never
 * has more rights than its author.
 */
#include "device_rules.h"
#include "program.h"
#include "ttrpc.h"
#include <linux/fcntl.h>
#include <linux/openat2.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/close_range.h>

enum {
    ERRNO_LIMIT = 4096, READ_LIMIT = 1 << 20, BPF_LIMIT = 4096, PATH_LIMIT = 4096, MONITOR_FLAGS = 127, RESTART_POLICIES = 3, SIGNAL_LAST = 64, SIGNAL_KILL = 9,
    PID_MOST = 1 << 22, LOG_PROGRAM = 2, ANSWER_MS_MOST = 600000, SHIM_REQUESTS = 7,
};

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

/* The first rule that does not hold is the reason. */
static bool require(struct checker *c, bool holds, const char *reason) {
    if (!holds && c->reason == NULL) {
        c->reason = reason;
    }
    return holds;
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

static const struct instruction *here(const struct checker *c) {
    return &c->program->code[c->at];
}

static bool is_call(const struct instruction *i, enum call call) {
    return i->op == OP_SYS && i->operands[0] == call;
}

static bool block(struct checker *c, uint64_t at, uint64_t length) {
    bool inside = at >= 8 && at <= c->program->data_length && length <= c->program->data_length - at;
    return require(c, inside, "a block does not lie inside the data");
}

static bool string(struct checker *c, uint64_t at) {
    return require(c, at >= 8 && at <= c->last_nul, "a string does not end inside the data");
}

/* Behind pivot_root, or in another mount namespace, only the new root itself may be named absolutely, or what openat2 resolves below a descriptor. */
static bool path_after_pivot(struct checker *c, uint64_t at, const uint64_t *arguments) {
    const struct instruction *i = here(c);
    const char *path = c->program->data + at;
    bool inside = i->op == OP_EXEC || i->op == OP_WORKDIR || i->op == OP_READ || path[0] != '/' || path[1] == 0;
    if (c->strands[c->strand].pivoted && !inside && is_call(i, CALL_OPENAT2) && as_signed(arguments[0]) >= 0) {
        struct open_how how;
        if (!block(c, arguments[2], sizeof how)) {
            return false;
        }
        __builtin_memcpy(&how, c->program->data + arguments[2], sizeof how);
        inside = (how.resolve & RESOLVE_IN_ROOT) != 0;
    }
    return require(c, inside || !c->strands[c->strand].pivoted, "an absolute path behind pivot_root");
}

static bool vector(struct checker *c, uint64_t at, uint64_t count) {
    if (!require(c, count > 0 || at == 0, "an empty block with an offset")) {
        return false;
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
    bool empty = count == 0 && at == 0 && type->kind == KIND_BUF;
    return empty || (require(c, type->kind != KIND_FILTER || (count > 0 && count <= BPF_LIMIT), "a filter of no instructions, or too many")
                     && block(c, at, count <= PROGRAM_LIMIT ? count * type->size : UINT64_MAX));
}

static bool operand(struct checker *c, const struct operand *type, uint64_t value, const uint64_t *all) {
    int64_t fd = as_signed(value);
    switch ((enum operand_kind)type->kind) {
    case KIND_FD:
        return require(c, fd == -1 || fd == AT_FDCWD || holds(&c->strands[c->strand], fd), "a descriptor that nothing was assigned to");
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
        return require(c, value == 0, "an unused operand is not zero");
    case KIND_IMM:
    case KIND_CALL:
        return true;
    case KIND_NONE:
        break;
    }
    return require(c, false, "an operand of no type");
}

static bool operands(struct checker *c, const struct signature *row, const uint64_t *values, unsigned room) {
    for (unsigned k = 0; k < room; k++) {
        if (k < row->count ? !operand(c, &row->operands[k], values[k], values) : !require(c, values[k] == 0, "an unused operand is not zero")) {
            return false;
        }
    }
    return true;
}

static bool destination(struct checker *c, enum result_kind result) {
    uint16_t dst = here(c)->dst;
    if (result == RESULT_NONE || (result == RESULT_FD_OPT && dst == DST_NONE)) {
        return require(c, dst == DST_NONE, "a result where the instruction has none");
    }
    uint32_t last = result == RESULT_PAIR ? dst + 1u : dst;
    return require(c, dst >= FD_FIRST && last <= FD_LAST, "a result outside of descriptors 8 to 250");
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

bool sweeps(uint32_t strand) {
    return strand == STRAND_SWEEP || strand == STRAND_BETWEEN;
}

static bool policy(struct checker *c) {
    const struct instruction *i = here(c);
    const struct strand *strand = &c->program->header->strands[c->strand];
    uint32_t listed = 0;
    bool is_list = true;
    for (unsigned k = 0; k < POLICY_ERRNOS; k++) {
        is_list &= i->errnos[k] < ERRNO_LIMIT && (i->errnos[k] == 0 || listed == k);
        listed += i->errnos[k] != 0;
    }
    bool lists = i->policy == POLICY_OK_IF || i->policy == POLICY_SKIP || i->policy == POLICY_STICKY;
    bool skips = i->policy == POLICY_SKIP || i->policy == POLICY_ELSE;
    bool fits = lists ? listed > 0 : listed == 0 || i->policy == POLICY_ELSE;
    bool stays = (i->skip == 0 || skips) && c->at + 1 + i->skip <= strand->first + strand->count;
    bool is_probe = (c->program->header->flags & PROGRAM_PROBE) != 0;
    return require(c, is_list, "a policy's errnos are not a list") && require(c, i->policy < POLICY_LIMIT, "an unknown policy")
        && require(c, fits, "a policy without its errnos, or errnos without a policy") && require(c, stays, "a skip that does not stay in its strand")
        && require(c, i->policy != POLICY_IGNORE || sweeps(c->strand), "policy `ignore` outside of the sweep")
        && require(c, i->policy != POLICY_NOTE || is_probe, "policy `note` outside of a probe");
}

static bool check_clone(struct checker *c, const struct instruction *i) {
    uint64_t target = i->operands[1];
    bool later = target > c->strand && target < STRAND_REMOVAL && target != STRAND_BETWEEN && c->program->header->strands[target].count > 0;
    if (!require(c, (i->operands[0] & ~CLONE_ALLOWED) == 0, "CLONE with a flag that is not a namespace")
        || !require(c, later, "CLONE of a strand that is not a later one") || !require(c, !c->strands[target].entered, "a strand that is cloned twice")) {
        return false;
    }
    c->strands[target] = c->strands[c->strand];
    forget(&c->strands[target], as_signed(i->operands[3]));
    forget(&c->strands[c->strand], as_signed(i->operands[4]));
    return true;
}

static uint32_t word_at(const uint8_t *at) {
    uint32_t word;
    __builtin_memcpy(&word, at, sizeof word);
    return word;
}

static void enter(struct checker *c, uint32_t strand) {
    struct knowledge *k = &c->strands[strand];
    for (uint64_t fd = 0; fd <= 2; fd++) {
        assign(k, fd);
    }
    if (strand == 0 && (c->program->header->flags & PROGRAM_STEPPED) == 0) { /* else they are the watcher's */
        assign(k, FD_STREAM);
        assign(k, FD_REPLIES);
    }
    k->entered = true;
}

/* The monitor runs that strand whenever a check is due, with nothing but the container and a place for the output. */
static bool check_health(struct checker *c, const struct instruction *i, const uint8_t *block) {
    uint32_t strand = word_at(block + 84);
    uint32_t output = word_at(block + 108);
    bool timed = word_at(block + 88) > 0 && word_at(block + 92) > 0 && word_at(block + 100) > 0 && word_at(block + 104) > 0;
    if (strand == 0) {
        return require(c, output == UINT32_MAX, "a health check without a strand");
    }
    bool runs = strand < STRAND_REMOVAL && strand != STRAND_BETWEEN && !c->strands[strand].entered && c->program->header->strands[strand].count > 0;
    if (!require(c, as_signed(i->operands[0]) >= 0 && runs && timed && output >= FD_FIRST && output <= FD_LAST, "a health check that cannot be run")) {
        return false;
    }
    enter(c, strand);
    assign(&c->strands[strand], word_at(block + 112) != 0 ? word_at(block + 112) : i->operands[0]);
    assign(&c->strands[strand], output);
    return true;
}

/* A request that only numbers are put into: its length, its kind, and where its service's version stands. */
static bool check_request(struct checker *c, uint64_t at, uint64_t length) {
    const uint8_t *bytes = (const uint8_t *)c->program->data + at;
    if (!block(c, at, length) || !require(c, length > TTRPC_VERSION_AT && length <= PROGRAM_LIMIT, "a request that is too short")) {
        return false;
    }
    struct ttrpc_header header = ttrpc_header(bytes);
    bool sound = header.length == length - TTRPC_HEADER && header.type == TTRPC_REQUEST && (bytes[TTRPC_VERSION_AT] == '2' || bytes[TTRPC_VERSION_AT] == '3');
    return require(c, sound, "a request that is none");
}

/* What a listening socket for a shim's events serves: three short frames, of a request and of two answers. */
static bool check_service(struct checker *c, const uint64_t *o) {
    const uint8_t *bytes = (const uint8_t *)c->program->data + o[4];
    bool sound = o[5] == (as_signed(o[3]) < 0 ? 0 : TTRPC_SERVICE);
    for (unsigned k = 0; sound && k < o[5]; k += TTRPC_PIECE) {
        struct ttrpc_header header = ttrpc_header(bytes + k);
        sound = header.length <= TTRPC_PIECE - TTRPC_HEADER && header.type == (k == 0 ? TTRPC_REQUEST : TTRPC_RESPONSE);
    }
    return require(c, sound, "a service of events that is none");
}

/* What the monitor asks a containerd shim: the connection, the log, and requests, of which any may be absent. */
static bool check_shim(struct checker *c, const uint8_t *block_bytes) {
    uint32_t at = word_at(block_bytes + 116);
    if (at == 0) {
        return true;
    }
    if (!require(c, at % 4 == 0, "a block that is not aligned") || !block(c, at, SHIM_BLOCK)) {
        return false;
    }
    const uint8_t *shim = (const uint8_t *)c->program->data + at;
    int32_t log = (int32_t)word_at(shim + 4);
    bool assigned = holds(&c->strands[0], (int32_t)word_at(shim)) && (log == -1 || holds(&c->strands[0], log));
    if (!require(c, assigned, "a descriptor that nothing was assigned to") || !require(c, word_at(block_bytes + 84) == 0, "a health check that cannot be run")) {
        return false;
    }
    for (unsigned k = 0; k < SHIM_REQUESTS; k++) {
        uint32_t request = word_at(shim + 8 + 8 * k);
        uint32_t length = word_at(shim + 12 + 8 * k);
        if ((request | length) != 0 && !check_request(c, request, length)) {
            return false;
        }
    }
    return true;
}

static bool check_monitor(struct checker *c, const struct instruction *i) {
    static const uint8_t fd_places[] = {4, 8, 12, 16, 20, 24, 28, 44, 80};
    static const uint8_t zero_places[] = {60, 120, 124};
    const struct strand *strand = &c->program->header->strands[0];
    const uint8_t *at = (const uint8_t *)c->program->data + i->operands[1];
    bool is_end = c->strand == 0 && c->at == strand->first + strand->count - 1 && i->policy == POLICY_ABORT;
    if (!require(c, is_end, "MONITOR is not the end of strand 0") || !require(c, i->operands[2] == MONITOR_BLOCK, "a monitor block has 128 bytes")) {
        return false;
    }
    bool assigned = true;
    uint32_t reserved = 0;
    for (unsigned k = 0; k < sizeof fd_places; k++) {
        int32_t fd;
        __builtin_memcpy(&fd, at + fd_places[k], sizeof fd);
        assigned &= fd == -1 || holds(&c->strands[0], fd);
    }
    for (unsigned k = 0; k < sizeof zero_places; k++) {
        reserved |= word_at(at + zero_places[k]);
    }
    uint32_t target = word_at(at + 112);
    assigned &= target == 0 || holds(&c->strands[0], (int)target);
    uint32_t policy = word_at(at + 64);
    uint32_t begin = word_at(at + 72);
    bool again = policy < RESTART_POLICIES && (begin == 0 ? policy == 0 : begin < i->step);
    uint32_t format = word_at(at + 48);
    bool program = format == LOG_PROGRAM;
    bool log = format <= LOG_PROGRAM && word_at(at + 52) <= (program ? 1u : 0u) && (program ? word_at(at + 56) < i->operands[4] : word_at(at + 56) == 0 && i->operands[4] <= 1);
    return require(c, (word_at(at) & ~(uint32_t)MONITOR_FLAGS) == 0, "an unknown flag in a monitor block")
        && require(c, log, "a log that the monitor does not know")
        && require(c, assigned, "a descriptor that nothing was assigned to")
        && require(c, reserved == 0, "a reserved byte of a monitor block is not zero")
        && require(c, again && word_at(at + 76) <= SIGNAL_LAST, "a restart that the program is not made for")
        && check_health(c, i, at) && check_shim(c, at);
}

/* The slot's first contents keep every string around it well-formed before and after PUTPID. */
static bool check_putpid(struct checker *c, const struct instruction *i) {
    static const char form[2][PID_TEXT] = {"", "           "};
    if (!block(c, i->operands[0], PID_TEXT)) {
        return false;
    }
    bool fits = __builtin_memcmp(c->program->data + i->operands[0], form[i->operands[1] != 0], PID_TEXT) == 0;
    return require(c, fits, "PUTPID without its 12 bytes") && require(c, i->operands[1] <= 1, "PUTPID in an unknown form");
}

/* A path below a folder: relative, without `..`; `single`: one name only. */
static bool check_below(struct checker *c, uint64_t at, bool single) {
    const char *path = c->program->data + at;
    uint32_t length = 0;
    bool below = true;
    for (uint32_t name = 0; length == 0 || path[length - 1] != 0; length++) {
        if (path[length] == '/' || path[length] == 0) {
            uint32_t n = length - name;
            const char *s = path + name;
            below &= n > 0 && !(s[0] == '.' && (n == 1 || (n == 2 && s[1] == '.'))) && !(single && path[length] == '/');
            name = length + 1;
        }
    }
    return require(c, below, "a name that does not lie below its folder") && require(c, length <= PATH_LIMIT, "a path that is too long");
}

/* A path that is resolved inside a root, whatever it says: relative and of bounded length. */
static bool check_inside(struct checker *c, uint64_t at) {
    const char *path = c->program->data + at;
    uint32_t n = 0;
    while (n < PATH_LIMIT && path[n] != 0) {
        n++;
    }
    return require(c, path[0] != '/', "a name that does not lie below its folder") && require(c, n < PATH_LIMIT, "a path that is too long");
}

static bool check_sys(struct checker *c, const struct instruction *i) {
    struct knowledge *k = &c->strands[c->strand];
    uint64_t to = i->operands[2];
    bool joins = i->operands[0] == CALL_SETNS && (to == 0 || (to & CLONE_NEWNS) != 0);
    if (i->operands[0] == CALL_PIVOT_ROOT || joins) {
        k->pivoted = true;
    }
    if (i->operands[0] != CALL_DUP3) {
        return true;
    }
    if (!require(c, to <= 2 || (to >= FD_FIRST && to <= FD_LAST), "dup3 to a descriptor that is not the program's")) {
        return false;
    }
    assign(k, to);
    return true;
}

/* Without a folder nothing would be limited, and nobody would notice: that is for a question only. */
static bool check_devices(struct checker *c, const struct instruction *i) {
    bool loads = as_signed(i->operands[0]) == -1 && (c->program->header->flags & PROGRAM_PROBE) != 0;
    return require(c, i->operands[2] > 0 && i->operands[2] <= BPF_LIMIT, "device rules of no instructions, or too many")
        && require(c, as_signed(i->operands[0]) >= 0 || loads, "device rules of no cgroup");
}

/* Data has no alignment of its own. */
static bool check_follow(struct checker *c, const struct instruction *i) {
    struct device_rule rule;
    uint64_t count = i->operands[3] / sizeof rule;
    bool sound = count > 0 && count <= DEVICE_RULES_MOST && i->operands[3] % sizeof rule == 0;
    for (uint64_t k = 0; k < count && sound; k++) {
        __builtin_memcpy(&rule, c->program->data + i->operands[2] + k * sizeof rule, sizeof rule);
        sound = device_rule_sound(&rule);
    }
    return require(c, c->strand == 0 && as_signed(i->operands[0]) >= 0, "devices that another strand than the pilot's follows")
        && require(c, sound, "a rule of devices that is not sound");
}

/* A helper must be one that is waited for, and may fail. */
static bool sweep_allows(const struct instruction *i) {
    uint8_t op = i->op;
    return op != OP_CLONE && op != OP_EXEC && (op != OP_SPAWN || (i->dst == DST_NONE && i->policy == POLICY_IGNORE)) && op != OP_MONITOR && op != OP_SEND && op != OP_RECV && op != OP_INIT;
}

/* What an op's types do not say. */
static bool meaning(struct checker *c, const struct instruction *i) {
    const uint64_t *o = i->operands;
    uint32_t flags = c->program->header->flags;
    bool is_child = c->strand != 0 && c->strand < STRAND_REMOVAL && c->strand != STRAND_BETWEEN;
    if (!require(c, !sweeps(c->strand) || sweep_allows(i), "an instruction that the sweep may not use")) {
        return false;
    }
    switch (i->op) {
    case OP_SYS:
        return check_sys(c, i);
    case OP_CLONE:
        return check_clone(c, i);
    case OP_WRITE:
        return require(c, (o[4] & ~(uint64_t)(O_CREAT | O_EXCL | O_TRUNC | O_APPEND | O_NONBLOCK | O_SYNC | O_CLOEXEC)) == 0, "WRITE with an unknown open flag");
    case OP_READ:
        return require(c, (flags & PROGRAM_PROBE) != 0, "READ outside of a probe")
            && require(c, o[2] > 0 && o[2] <= READ_LIMIT, "READ of nothing, or of more than 1 MiB");
    case OP_SEND:
    case OP_RECV:
        return require(c, o[1] > 0 && o[1] < BARRIER_LIMIT && (i->op == OP_SEND || o[2] <= 1), "an unknown barrier");
    case OP_SPAWN:
        return require(c, o[1] > 0 && c->program->data[o[0]] == '/', "SPAWN without an absolute path");
    case OP_PUTPID:
        return check_putpid(c, i);
    case OP_EXEC:
        return require(c, (flags & PROGRAM_STARTS) != 0 && is_child, "EXEC outside of a child's strand, or in a program that starts nothing")
            && require(c, o[2] > 0, "a program without argument 0");
    case OP_FAIL:
        return require(c, i->policy == POLICY_ABORT && o[0] < ERRNO_LIMIT, "FAIL with a policy, or with no errno");
    case OP_MONITOR:
        return check_monitor(c, i);
    case OP_INIT:
        return require(c, o[0] <= 3 && is_child, "INIT outside of a child's strand");
    case OP_KILLCG:
        return check_below(c, o[1], false) && require(c, o[2] <= 1, "an unknown kind of cgroup");
    case OP_RMCG:
        return check_below(c, o[1], false);
    case OP_RMTREE:
    case OP_KILLREC:
    case OP_RECORD:
        return check_below(c, o[1], true);
    case OP_MAKEPATH:
        return check_inside(c, o[1]) && require(c, o[2] <= 2, "an unknown kind of path");
    case OP_DEVICES:
        return check_devices(c, i);
    case OP_PROCESS:
        return require(c, o[0] > 0 && o[0] <= PID_MOST && o[1] > 0, "PROCESS without a pid, or without its start time");
    case OP_PASS:
        return require(c, !c->strands[c->strand].pivoted, "PASS into a container");
    case OP_ASK:
        return require(c, o[3] <= ANSWER_MS_MOST && c->strand == 0, "a question to a shim that may not be asked") && check_request(c, o[1], o[2]);
    case OP_FOLLOW:
        return check_follow(c, i);
    case OP_SHIM:
        return require(c, c->strand == 0, "a shim that another strand than the pilot's connects to") && check_service(c, o);
    case OP_ADOPT:
    case OP_CONSOLE:
        return require(c, c->strand == 0, "a process that another strand than the pilot's adopts");
    default:
        return true;
    }
}

static bool instruction(struct checker *c) {
    const struct instruction *i = here(c);
    bool is_sys = i->op == OP_SYS;
    if (!require(c, i->op < OP_LIMIT && op_table[i->op].known, "an unknown instruction")
        || !require(c, !is_sys || (i->operands[0] < CALL_LIMIT && call_table[i->operands[0]].known), "an unknown call")) {
        return false;
    }
    const struct signature *row = is_sys ? &call_table[i->operands[0]] : &op_table[i->op];
    enum result_kind result = (enum result_kind)row->result;
    if (!policy(c) || !destination(c, result) || !operands(c, row, i->operands + is_sys, OPERAND_COUNT - is_sys) || !meaning(c, i)) {
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

static bool sets(const struct instruction *i, uint64_t option, uint64_t value) {
    return is_call(i, CALL_PRCTL) && i->policy == POLICY_ABORT && i->operands[1] == option && i->operands[2] == value;
}

static bool is_last_closing(const struct instruction *i) {
    return is_call(i, CALL_CLOSE_RANGE) && i->policy == POLICY_ABORT && i->operands[1] == 3 && (uint32_t)i->operands[2] == UINT32_MAX
        && i->operands[3] == CLOSE_RANGE_CLOEXEC;
}

/* A strand with EXEC ends: death signal and not dumpable, …, close_range, then EXEC and FAIL only; no skip leads past any of the three. */
static bool ending(struct checker *c, const struct strand *strand) {
    const struct instruction *code = c->program->code;
    uint32_t end = strand->first + strand->count;
    uint32_t exec = strand->first;
    uint32_t death = UINT32_MAX;
    uint32_t hidden = UINT32_MAX;
    uint32_t passed = UINT32_MAX;
    for (; exec < end && code[exec].op != OP_EXEC; exec++) {
        if (code[exec].op == OP_PASS) {
            passed = exec;
        }
        if (changes_credentials(&code[exec])) {
            death = hidden = UINT32_MAX;
        } else if (sets(&code[exec], PR_SET_PDEATHSIG, SIGNAL_KILL)) {
            death = exec;
        } else if (sets(&code[exec], PR_SET_DUMPABLE, 0)) {
            hidden = exec;
        }
    }
    if (exec == end) {
        c->at = passed;
        return require(c, passed == UINT32_MAX, "PASS without an EXEC");
    }
    uint32_t closing = exec;
    while (closing > strand->first && code[closing - 1].op == OP_PASS) {
        closing--;
    }
    c->at = exec;
    bool closes = closing-- > strand->first && is_last_closing(&code[closing]);
    if (!require(c, closes, "EXEC without close_range(3, ~0, CLOSE_RANGE_CLOEXEC) right before it")
        || !require(c, death != UINT32_MAX, "EXEC without a death signal behind the last change of credentials")
        || !require(c, hidden != UINT32_MAX, "EXEC of a process that others may look into, behind the last change of credentials")) {
        return false;
    }
    for (c->at = strand->first; c->at < end; c->at++) {
        uint32_t target = c->at + 1 + code[c->at].skip;
        bool passes = code[c->at].skip > 0 && ((c->at < death && target > death) || (c->at < hidden && target > hidden) || target > closing);
        bool ends = code[c->at].op == OP_EXEC || code[c->at].op == OP_FAIL;
        bool lets_in = code[c->at].op == OP_PASS && c->at < closing;
        if (!require(c, !lets_in, "PASS in front of close_range")
            || !require(c, c->at >= exec || !passes, "a skip past the death signal, PR_SET_DUMPABLE, or close_range")
            || !require(c, c->at < exec || ends, "an instruction behind EXEC that is neither EXEC nor FAIL")) {
            return false;
        }
    }
    return true;
}

static bool strands(struct checker *c) {
    enter(c, 0);
    enter(c, STRAND_BETWEEN);
    enter(c, STRAND_REMOVAL);
    enter(c, STRAND_SWEEP);
    for (c->strand = 0; c->strand < STRAND_COUNT; c->strand++) {
        const struct strand *strand = &c->program->header->strands[c->strand];
        c->at = strand->first;
        if (!require(c, strand->count == 0 || c->strands[c->strand].entered, "a strand that nobody runs")) {
            return false;
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

static bool cover(const struct program_header *h) {
    uint32_t next = 0;
    bool fits = true;
    for (unsigned s = 0; s < STRAND_COUNT; s++) {
        fits &= h->strands[s].first == (h->strands[s].count == 0 ? 0 : next) && h->strands[s].count <= h->count - next;
        next += fits ? h->strands[s].count : 0;
    }
    return fits && next == h->count;
}

static bool header(struct checker *c, const struct program_header *h, size_t length) {
    bool fills = h->count <= UINT16_MAX && h->data_at == PROGRAM_HEADER + h->count * sizeof(struct instruction) && (uint64_t)h->data_at + 8 <= h->total;
    bool none = h->test_switch == SWITCH_NONE;
    bool reserved = (h->zero[0] | h->zero[1] | h->zero[2] | h->zero_too | (none ? h->switch_at | h->switch_errno : 0)) == 0;
    bool in_force = (h->flags & PROGRAM_TEST) != 0 && h->test_switch < SWITCH_LIMIT && h->switch_at < h->count;
    bool fails = h->test_switch == SWITCH_FAIL;
    bool starts = (h->flags & (PROGRAM_STARTS | PROGRAM_PROBE)) == PROGRAM_STARTS;
    return require(c, __builtin_memcmp(h->magic, "WHERRYK1", 8) == 0 && h->version == 1, "not a kernel program of this version")
        && require(c, h->architecture == (uint32_t)PROGRAM_ARCHITECTURE, "a program for another processor")
        && require(c, h->total == length, "a program of another length than it says")
        && require(c, fills, "instructions and data do not fill the program") && require(c, (h->flags & ~(uint32_t)PROGRAM_FLAGS) == 0, "an unknown flag")
        && require(c, reserved, "a reserved field is not zero") && require(c, cover(h), "the strands do not cover the instructions in order")
        && require(c, (h->flags & PROGRAM_STEPPED) == 0 || (starts && h->strands[2].count == 0), "a stepped program that starts no container")
        && require(c, none || in_force, "a test switch that is not in force")
        && require(c, none || (fails == (h->switch_errno != 0) && h->switch_errno < ERRNO_LIMIT), "a test switch with a wrong errno");
}

struct verdict program_check(uint8_t *bytes, size_t length, struct program *program) {
    static const char reserved[8];
    const struct program_header *h = (const struct program_header *)(void *)bytes;
    struct checker c = {.program = program, .at = UINT32_MAX};
    if (!require(&c, length >= PROGRAM_HEADER + 8 && length <= PROGRAM_LIMIT, "a program that is too short or too long") || !header(&c, h, length)) {
        return (struct verdict){c.reason, UINT32_MAX};
    }
    *program = (struct program){
        .header = h, .code = (const struct instruction *)(void *)(bytes + PROGRAM_HEADER), .data = (char *)bytes + h->data_at, .data_length = h->total - h->data_at};
    if (!require(&c, __builtin_memcmp(program->data, reserved, sizeof reserved) == 0, "the first 8 bytes of the data are not zero")) {
        return (struct verdict){c.reason, UINT32_MAX};
    }
    c.last_nul = program->data_length - 1;
    while (program->data[c.last_nul] != 0) {
        c.last_nul--;
    }
    strands(&c);
    return (struct verdict){c.reason, c.reason == NULL ? UINT32_MAX : c.at};
}
