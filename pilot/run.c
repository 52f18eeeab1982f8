/* The interpreter: one instruction after the other, its policy, the test switches. */
#include "pilot.h"

static op_function *const op_functions[OP_LIMIT] = {
    [OP_SYS] = op_call,
    [OP_CLONE] = op_clone,
    [OP_WRITE] = op_write,
    [OP_READ] = op_read,
    [OP_CHECK] = op_check,
    [OP_NETLINK] = op_netlink,
    [OP_SEND] = op_send,
    [OP_RECV] = op_recv,
    [OP_SPAWN] = op_spawn,
    [OP_PUTPID] = op_putpid,
    [OP_EXEC] = op_exec,
    [OP_FAIL] = op_fail,
    [OP_MONITOR] = op_monitor,
    [OP_INIT] = op_init,
    [OP_KILLCG] = op_killcg,
    [OP_RMCG] = op_rmcg,
    [OP_RMTREE] = op_rmtree,
    [OP_RECORD] = op_record,
    [OP_WORKDIR] = op_workdir,
    [OP_TREES] = op_trees,
    [OP_WAIT] = op_wait,
    [OP_MAKEPATH] = op_makepath,
    [OP_DEVICES] = op_devices,
    [OP_PROCESS] = op_process,
    [OP_PASS] = op_pass,
    [OP_ADOPT] = op_adopt,
    [OP_CONSOLE] = op_console,
    [OP_KILLREC] = op_killrec,
    [OP_SHIM] = op_shim,
    [OP_ASK] = op_ask,
    [OP_FOLLOW] = op_follow,
};

void failure_text(struct context *ctx, const char *text) {
    if (text_copy(ctx->failure.text, sizeof ctx->failure.text, text)) {
        ctx->failure.flags |= FAILURE_CUT;
    }
}

/* Blocks for ever without a signal, which pid 1 of a namespace would not get: in a read of a pipe that it holds open itself. */
static void stop(void) {
    int pair[2];
    char byte;
    if (sys_pipe2(pair, O_CLOEXEC) == 0) {
        sys_read(pair[0], &byte, 1);
    }
}

/*
 * Waits until whoever watches lets this instruction run: 0 or -ECANCELED, if it is not to. The descriptor closes by itself at EXEC; a monitor has
 * none, so a later start is not watched, and no sweep ever is.
 */
static int ask(struct context *ctx, const struct instruction *i) {
    const uint32_t question[2] = {ctx->position, (uint32_t)ctx->last_error};
    uint8_t runs_on = 0;
    if (send_with(ctx->watcher, question, sizeof question, -1, 0) < 0 || sys_read(ctx->watcher, &runs_on, 1) != 1) {
        return -ECANCELED;
    }
    if (runs_on != 0 || i->op == OP_MONITOR) {
        end_watch(ctx);
    }
    return 0;
}

void end_watch(struct context *ctx) {
    if (ctx->watcher >= 0) {
        sys_close(ctx->watcher);
    }
    if (ctx->watcher == FD_STREAM) {
        sys_close(FD_REPLIES); /* the child's, if there is none yet */
    }
    ctx->watcher = -1;
}

static int step(struct context *ctx, const struct instruction *i) {
    const struct program_header *header = ctx->program.header;
    if (ctx->watcher >= 0) {
        TRY(ask(ctx, i));
    }
    if (header->test_switch != SWITCH_NONE && header->switch_at == ctx->position) {
        switch (header->test_switch) {
        case SWITCH_DIE:
            sys_exit(137);
        case SWITCH_FAIL:
            return -(int)header->switch_errno;
        default:
            stop();
        }
    }
    return op_functions[i->op](ctx, i);
}

static bool listed(const struct instruction *i, uint32_t error) {
    for (unsigned k = 0; k < POLICY_ERRNOS; k++) {
        if (i->errnos[k] == error) {
            return true;
        }
    }
    return false;
}

static void remember(struct context *ctx, int error) {
    bool says_less = error == ENOENT || error == ENOTDIR;
    if (!(ctx->sticky == EACCES && says_less)) {
        ctx->sticky = error;
    }
}

/* How many instructions to leave out, or -errno to end the strand. `error` is 0 or positive. */
static int judge(struct context *ctx, const struct instruction *i, int error) {
    if (i->policy == POLICY_NOTE) {
        return report_note(ctx, (uint32_t)error);
    }
    if (error == 0) {
        return i->policy == POLICY_ELSE ? i->skip : 0;
    }
    if (i->policy == POLICY_IGNORE) {
        return 0;
    }
    if (i->policy == POLICY_ABORT || !listed(i, (uint32_t)error)) {
        return -error;
    }
    if (i->policy == POLICY_STICKY) {
        remember(ctx, error);
    }
    return i->policy == POLICY_SKIP ? i->skip : 0;
}

static void describe(struct context *ctx, const struct instruction *i, int error) {
    struct failure *failure = &ctx->failure;
    if ((failure->flags & FAILURE_FOREIGN) != 0) {
        failure->flags &= ~(uint32_t)FAILURE_FOREIGN;
        return;
    }
    failure->strand = ctx->strand;
    failure->instruction = ctx->position;
    failure->step = i->step;
    failure->op = i->op;
    failure->call = i->op == OP_SYS ? (uint32_t)i->operands[0] : 0;
    failure->error = (uint32_t)error;
}

int run_strand(struct context *ctx, uint32_t strand) {
    const struct strand *range = &ctx->program.header->strands[strand];
    return run_part(ctx, strand, range->first, range->first + range->count);
}

int run_part(struct context *ctx, uint32_t strand, uint32_t from, uint32_t to) {
    uint32_t outer = ctx->strand;
    ctx->strand = strand;
    for (uint32_t at = from; at < to; at++) {
        const struct instruction *i = &ctx->program.code[at];
        ctx->position = at;
        ctx->failure = (struct failure){.argument = UINT32_MAX};
        int error = -step(ctx, i);
        ctx->last_error = error;
        int skipped = judge(ctx, i, error);
        if (skipped < 0) {
            skipped = words_of_children(ctx, skipped);
            describe(ctx, i, -skipped);
            ctx->strand = outer;
            return skipped;
        }
        at += (uint32_t)skipped;
    }
    ctx->strand = outer;
    return 0;
}

void run_child(struct context *ctx, uint32_t strand) {
    int result = run_strand(ctx, strand);
    if (result < 0) {
        report_failure(ctx);
    }
    sys_exit(result < 0 ? 1 : 0);
}

void end_children(struct context *ctx) {
    if (ctx->adopted > 0) { /* it may not die with the tool that made it */
        sys_pidfd_signal(ctx->adopted, SIGKILL);
        ctx->adopted = 0;
    }
    for (unsigned s = 0; s < STRAND_COUNT; s++) {
        struct child *child = &ctx->children[s];
        if (child->pid > 0) {
            sys_kill(child->pid, SIGKILL); /* ours and not reaped, so the number is still its own */
            sys_wait4(child->pid, NULL, 0);
            child->pid = 0;
        }
    }
}
