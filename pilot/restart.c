/* Unattended restarts: the same program again, in the same process, without a JVM. See docs/pilot.md. */
#include "hotplug.h"
#include "monitor.h"

enum { DELAY_FIRST = 100, DELAY_MOST = 60000, SOUND_MS = 10000, FDS = FD_LAST + 1, NOT_FOUND = 127, NOT_EXECUTABLE = 126, OTHER_FAILURE = 125 };

bool restart_wanted(const struct monitor *m) {
    const struct monitor_block *block = &m->block;
    bool more = block->restarts_most == 0 || m->ctx->restarts < block->restarts_most;
    return !m->stopped && more && (block->policy == RESTART_ALWAYS || (block->policy == RESTART_ON_FAILURE && m->ending.code != 0));
}

int restart_policy(struct monitor *m, uint32_t policy, uint32_t most) {
    if (policy >= RESTART_LIMIT) {
        return -EINVAL;
    }
    if (m->block.again == 0) {
        return -EOPNOTSUPP;
    }
    m->block.policy = policy;
    m->block.restarts_most = most;
    return 0;
}

/* The instruction at which a repeated start begins; what those before it opened is kept. */
static uint32_t repeated_start(const struct monitor *m) {
    const struct program *program = &m->ctx->program;
    const struct strand *strand = &program->header->strands[0];
    uint32_t at = strand->first;
    while (at < strand->first + strand->count && program->code[at].step < m->block.again) {
        at++;
    }
    return at;
}

/* Whatever the start made: pipes, the root, counters of the control group. The monitor's own descriptors are above. */
static void close_old(struct monitor *m, uint32_t begin) {
    const struct program *program = &m->ctx->program;
    bool kept[FDS + 1] = {false};
    for (uint32_t at = program->header->strands[0].first; at < begin; at++) {
        uint16_t dst = program->code[at].dst;
        if (dst < FDS) {
            kept[dst] = kept[dst + 1] = true; /* a pair fills two */
        }
    }
    for (int fd = FD_FIRST; fd < FDS; fd++) {
        if (!kept[fd]) {
            sys_close(fd);
        }
    }
    m->pidfd = m->block.in = m->block.out = m->block.err = m->block.oom = m->block.cgroup = -1;
    m->block.target = 0;
}

/* Whoever was attached has been told the end: what waits for them is handed over, and nobody waits for them. */
static void part_with_clients(struct monitor *m) {
    for (unsigned k = 0; k < CLIENT_LIMIT; k++) {
        struct client *c = &m->clients[k];
        if (c->used && c->waits) {
            c->primary = false;
            c->streams = 0;
            c->closing = true;
            client_flush(m, c);
        }
    }
    m->input_at = m->input_end = 0;
    m->input_owner = -1;
    m->input_closes = false;
}

/* Twice as long as before; from the beginning behind a start that went well for a while. */
static void lengthen_delay(struct monitor *m) {
    bool sound = !m->ending.failed && sys_now_ms() - m->started_at >= SOUND_MS;
    uint32_t longer = 2 * m->delay;
    m->delay = sound || m->delay == 0 ? DELAY_FIRST : longer < DELAY_MOST ? longer : DELAY_MOST;
}

/* A start that failed is an end of its own, as a shell would count it. */
static void note_failure(struct monitor *m) {
    const struct failure *failure = &m->ctx->failure;
    struct __kernel_timespec now = {0};
    bool command = failure->op == OP_EXEC || failure->op == OP_FAIL;
    bool absent = failure->error == ENOENT || failure->error == ENOTDIR;
    sys_clock(0, &now);
    end_children(m->ctx);
    m->ending = (struct ending){.known = true, .failed = true, .code = !command ? OTHER_FAILURE : absent ? NOT_FOUND : NOT_EXECUTABLE,
        .seconds = (uint64_t)now.tv_sec, .nanoseconds = (uint32_t)now.tv_nsec};
}

static void start(struct monitor *m, uint32_t begin) {
    struct context *ctx = m->ctx;
    const struct strand *strand = &ctx->program.header->strands[0];
    const struct instruction *last = &ctx->program.code[strand->first + strand->count - 1];
    struct monitor_block fresh;
    ctx->restarts++;
    ctx->sticky = 0;
    ctx->last_pid = 0;
    ctx->adopted = 0;
    memset(ctx->children, 0, sizeof ctx->children);
    if (run_part(ctx, 0, begin, strand->first + strand->count - 1) < 0) {
        note_failure(m);
        return;
    }
    memcpy(&fresh, ctx->program.data + last->operands[1], sizeof fresh);
    m->pidfd = (int)as_signed(last->operands[0]);
    m->block.in = fresh.in;
    m->block.out = fresh.out;
    m->block.err = fresh.err;
    m->block.oom = fresh.oom;
    m->block.cgroup = fresh.cgroup;
    m->block.target = fresh.target;
    m->ending = (struct ending){0};
    sys_unlinkat(m->block.volatile_folder, "exit", 0);
    monitor_event(m, "start");
    monitor_watch(m);
}

bool restart(struct monitor *m) {
    uint32_t begin = repeated_start(m);
    lengthen_delay(m);
    m->kill_at = NEVER;
    m->again_at = sys_now_ms() + m->delay;
    monitor_record(m, false);
    part_with_clients(m);
    monitor_leave_shim(m);
    hotplug_stop(m->ctx);
    close_old(m, begin);
    run_strand(m->ctx, STRAND_BETWEEN);
    while (!m->stopped && sys_now_ms() < m->again_at) {
        monitor_turn(m);
    }
    m->again_at = NEVER;
    if (m->stopped) {
        return false;
    }
    start(m, begin);
    return true;
}
