/* Health checks: docs/monitor.md "Health". A timer, a process that runs the program's strand for it, what that says, a verdict. */
#include "health.h"
#include "monitor.h"
#include <linux/wait.h>

enum {
    OUTPUT_MOST = 4096, RESULTS = 5, GRACE_MS = 2000, TEXT_MOST = 2 * RESULTS * OUTPUT_MOST + 1024, SET_NAME = 15, NOT_FOUND = 127, NOT_EXECUTABLE = 126,
    NOT_STARTED = 125, PF_EXITING = 4,
};

static const char *const statuses[] = {"starting", "healthy", "unhealthy"};
enum { STARTING, HEALTHY, UNHEALTHY };

struct result {
    struct __kernel_timespec begun; /* wall time, for people */
    struct __kernel_timespec ended;
    bool timed_out;
    uint32_t code;
    size_t length;
    uint8_t output[OUTPUT_MOST];
};

struct health {
    unsigned status;
    uint32_t streak;  /* failures since the last success */
    int pid;          /* of the check that runs, or 0 */
    int output;       /* where it is read, or -1 */
    int64_t begun_at; /* all times are of the monotonic clock, in milliseconds */
    int64_t due_at;
    int64_t kill_at;
    unsigned count; /* results so far; the next one is made behind the last five */
    struct result results[RESULTS + 1];
};

static struct result *result_of(struct health *h, unsigned number) {
    return &h->results[number % (RESULTS + 1)];
}

/* the process of a check */

static void close_all_but(int a, int b) {
    unsigned low = (unsigned)(a < b ? a : b);
    unsigned high = (unsigned)(a < b ? b : a);
    SYS(close_range, 3, low - 1);
    if (low + 1 < high) {
        SYS(close_range, low + 1, high - 1);
    }
    SYS(close_range, high + 1, UINT32_MAX);
}

/* What went wrong before the check's own program ran, told where its output goes; the exit code as a shell counts. */
static int failed(const struct context *ctx, int output) {
    char text[96];
    const struct failure *failure = &ctx->failure;
    bool command = failure->op == OP_EXEC || failure->op == OP_FAIL;
    char *end = text_pair(text, command ? "the command cannot be executed, errno " : "the check could not be started, errno ", failure->error);
    *end++ = '\n';
    write_all(output, text, (size_t)(end - text));
    return !command ? NOT_STARTED : failure->error == ENOENT || failure->error == ENOTDIR ? NOT_FOUND : NOT_EXECUTABLE;
}

/* The check leads a session of its own, whose whole group is ended when its time is over; then so are we: that tells. */
static int await_check(struct context *ctx, const struct child *child, uint32_t milliseconds, int output) {
    struct child_status status = {0};
    struct pollfd end = {.fd = child->pidfd, .events = POLLIN};
    if (sys_poll(&end, 1, milliseconds > INT32_MAX ? INT32_MAX : (int)milliseconds) == 0) {
        sys_kill(-child->pid, SIGKILL);
        sys_kill(child->pid, SIGKILL);
        sys_kill((int)sys_getpid(), SIGKILL);
    }
    sys_waitid(P_PIDFD_, child->pidfd, &status, __WALL | WEXITED);
    if (words_of_children(ctx, 0) < 0) {
        return failed(ctx, output);
    }
    return status.code == CLD_EXITED ? status.status : 128 + status.status;
}

_Noreturn static void check_main(struct monitor *m, const int pair[2]) {
    struct context *ctx = m->ctx;
    int output = m->block.health_output;
    const struct child *child = NULL;
    struct pollfd reader = {.fd = output};
    sys_close(pair[0]);
    place_fd(pair[1], (uint16_t)output);
    close_all_but(first_process(m), output);
    sys_prctl(SET_NAME, (uintptr_t)"wherry-health");
    ctx->is_child = true;
    ctx->report = -1;
    ctx->executing = false;
    ctx->last_pid = 0;
    ctx->sticky = 0;
    memset(ctx->children, 0, sizeof ctx->children);
    sys_prctl(1 /* PR_SET_PDEATHSIG */, SIGKILL);
    if (sys_poll(&reader, 1, 0) != 0) {
        sys_exit(1); /* the monitor died before the death signal was set */
    }
    int result = run_strand(ctx, m->block.health_strand);
    for (unsigned k = 0; k < STRAND_COUNT; k++) {
        child = ctx->children[k].pid > 0 ? &ctx->children[k] : child;
    }
    sys_exit(result < 0 || child == NULL ? failed(ctx, output) : await_check(ctx, child, m->block.health_timeout, output));
}

/* the record */

static char *put_time(char *to, const struct __kernel_timespec *time) {
    to = text_pair(to, " ", (uint64_t)time->tv_sec);
    return text_pair(to, " ", (uint64_t)time->tv_nsec);
}

static char *put_result(char *to, const struct result *result) {
    static const char digits[] = "0123456789abcdef";
    to = put_time(put_time(to, &result->begun), &result->ended);
    if (result->timed_out) {
        text_copy(to, 4, " -1");
        to += 3;
    } else {
        to = text_pair(to, " ", result->code);
    }
    *to++ = ' ';
    for (size_t k = 0; k < result->length; k++) {
        *to++ = digits[result->output[k] >> 4];
        *to++ = digits[result->output[k] & 15];
    }
    return to;
}

/* `health` in the volatile folder, by rename: the state, then the last results, the oldest first, their output in hexadecimal digits. */
static void record(const struct monitor *m) {
    struct health *h = m->health;
    char *text = sys_pages(TEXT_MOST);
    if (sys_failed(text)) {
        return;
    }
    text_copy(text, 32, "status ");
    text_copy(text + text_length(text), 16, statuses[h->status]);
    char *end = text_pair(text + text_length(text), "\nstreak ", h->streak);
    for (unsigned k = h->count < RESULTS ? 0 : h->count - RESULTS, n = 0; k < h->count; k++, n++) {
        end = put_result(text_pair(end, "\nlog", n), result_of(h, k));
    }
    *end++ = '\n';
    CLOSING int fd = (int)sys_openat(m->block.volatile_folder, ".health", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
    if (fd >= 0 && write_all(fd, text, (size_t)(end - text)) == 0) {
        sys_renameat(m->block.volatile_folder, ".health", m->block.volatile_folder, "health");
    }
    sys_free_pages(text, TEXT_MOST);
}

/* the life of a check */

static bool in_start_period(const struct monitor *m, int64_t at) {
    return at - m->started_at < (int64_t)m->block.health_start_period;
}

static void plan_next(const struct monitor *m) {
    int64_t now = sys_now_ms();
    bool starting = m->health->status == STARTING && in_start_period(m, now);
    m->health->due_at = now + (starting ? m->block.health_start_interval : m->block.health_interval);
}

static void tell(const struct monitor *m) {
    char action[48];
    text_copy(action, 24, "health_status: ");
    text_copy(action + text_length(action), 16, statuses[m->health->status]);
    monitor_event(m, action);
}

/* More than is kept is read all the same, so that nobody waits for room. False at the end. */
static bool read_output(struct health *h) {
    struct result *result = result_of(h, h->count);
    uint8_t rest[512];
    bool fits = result->length < OUTPUT_MOST;
    long n = sys_read(h->output, fits ? result->output + result->length : rest, fits ? OUTPUT_MOST - result->length : sizeof rest);
    result->length += fits && n > 0 ? (size_t)n : 0;
    return n > 0;
}

/* Whoever still holds the other end meets a broken pipe. */
static void leave(struct health *h) {
    if (h->output >= 0) {
        sys_close(h->output);
    }
    h->output = -1;
    h->pid = 0;
}

/* As docker counts: failures in the start period do not, until the first success. */
static void judge(const struct monitor *m, const struct result *result) {
    struct health *h = m->health;
    if (!result->timed_out && result->code == 0) {
        h->streak = 0;
        h->status = HEALTHY;
    } else if (h->status != STARTING || !in_start_period(m, h->begun_at)) {
        h->streak++;
        h->status = h->streak >= m->block.health_retries ? UNHEALTHY : h->status;
    }
}

/* The kernel ends all that is in the container, its checks too, before it tells that the first process has ended. */
static bool container_ends(const struct monitor *m) {
    return (stat_field(m->ctx->last_pid, STAT_FLAGS) & PF_EXITING) != 0;
}

static void conclude(struct monitor *m, const struct child_status *status) {
    enum { MOST_READS = 64 };
    struct health *h = m->health;
    if ((status->code != CLD_EXITED || status->status != 0) && container_ends(m)) {
        leave(h);
        plan_next(m);
        return;
    }
    struct result *result = result_of(h, h->count);
    for (unsigned k = 0; k < MOST_READS && h->output >= 0 && read_output(h); k++) {
    }
    sys_clock(0, &result->ended);
    result->timed_out = status->code != CLD_EXITED && sys_now_ms() - h->begun_at >= (int64_t)m->block.health_timeout;
    result->code = (uint32_t)(status->code == CLD_EXITED ? status->status : 128 + status->status);
    leave(h);
    h->count++;
    unsigned before = h->status;
    judge(m, result);
    plan_next(m);
    record(m);
    if (h->status != before) { /* who hears of it finds the record */
        tell(m);
    }
}

/* In the container's group from its birth: behind the change of the control group namespace the kernel would not let it in. */
static void begin(struct monitor *m) {
    struct health *h = m->health;
    bool group = m->block.cgroup >= 0;
    struct clone_args args = {.flags = group ? CLONE_INTO_CGROUP : 0, .exit_signal = SIGCHLD, .cgroup = group ? (unsigned)m->block.cgroup : 0};
    struct result *result = result_of(h, h->count);
    int pair[2] = {-1, -1};
    *result = (struct result){0};
    sys_clock(0, &result->begun);
    h->begun_at = sys_now_ms();
    h->kill_at = h->begun_at + m->block.health_timeout + GRACE_MS;
    long pid = sys_pipe2(pair, O_CLOEXEC);
    pid = pid < 0 ? pid : SYS(clone3, &args, sizeof args);
    if (pid == 0) {
        check_main(m, pair);
    }
    sys_close(pair[1]);
    if (pid < 0) {
        const struct child_status status = {.code = CLD_EXITED, .status = NOT_STARTED};
        sys_close(pair[0]);
        conclude(m, &status);
        return;
    }
    h->pid = (int)pid;
    set_nonblocking(pair[0]);
    h->output = own_number(pair[0]);
}

static bool paused(const struct monitor *m) {
    CLOSING int mark = (int)sys_openat(m->block.volatile_folder, "paused", O_PATH | O_NOFOLLOW, 0);
    return mark >= 0;
}

/* what the monitor calls */

void health_start(struct monitor *m) {
    if (m->block.health_strand == 0) {
        return;
    }
    if (m->health == NULL) {
        struct health *h = sys_pages(sizeof *h);
        if (sys_failed(h)) {
            return; /* no room for a state: it stays unknown */
        }
        m->health = h;
    }
    m->health->status = STARTING;
    m->health->streak = 0;
    m->health->count = 0;
    m->health->pid = 0;
    m->health->output = -1;
    plan_next(m);
    record(m);
}

void health_stop(struct monitor *m) {
    if (m->health != NULL) {
        health_interrupt(m);
        m->health->due_at = NEVER;
    }
}

void health_interrupt(struct monitor *m) {
    struct health *h = m->health;
    if (h != NULL && h->pid > 0) {
        sys_kill(h->pid, SIGKILL); /* ours and not reaped, so the number is still its own */
        leave(h);
        plan_next(m);
    }
}

int64_t health_due(const struct monitor *m) {
    const struct health *h = m->health;
    return h == NULL ? NEVER : h->pid > 0 ? h->kill_at : h->due_at;
}

int health_output(const struct monitor *m) {
    return m->health == NULL ? -1 : m->health->output;
}

void health_turn(struct monitor *m, bool readable) {
    struct health *h = m->health;
    if (h == NULL || m->ended) {
        return;
    }
    if (readable && !read_output(h)) {
        sys_close(h->output); /* its end; or nothing there after all, which a check that has just ended cannot leave */
        h->output = -1;
    }
    int64_t now = sys_now_ms();
    if (h->pid > 0 && now >= h->kill_at) {
        sys_kill(h->pid, SIGKILL);
        h->kill_at = now + GRACE_MS;
    } else if (h->pid == 0 && h->due_at != NEVER && now >= h->due_at) {
        if (paused(m)) {
            plan_next(m);
        } else {
            begin(m);
        }
    }
}

bool health_ended(struct monitor *m, const struct child_status *status) {
    bool ours = m->health != NULL && m->health->pid > 0 && m->health->pid == status->pid;
    if (ours) {
        conclude(m, status);
    }
    return ours;
}
