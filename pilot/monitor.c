/* See docs/monitor.md. */
#include "monitor.h"
#include "health.h"
#include <linux/wait.h>

enum {
    TIOCSWINSZ_ = 0x5414, SUBREAPER = 36, SET_NAME = 15, SFD_FLAGS = O_CLOEXEC | O_NONBLOCK, CLOCK_MONOTONIC_ = 1,
    QUIET_MS = 200, DRAIN_MS = 50, OBSERVERS_MS = 5000, DRAIN_MOST = 4 << 20, FOREVER = -1, BY_SIGNAL = 2, BY_SIGNAL_WITH_CORE = 3 /* CLD_KILLED, CLD_DUMPED */, EXIT_UNKNOWN = 255,
    GREETING = 2, OWN_FDS = FD_LAST + 1, FREEZE_MS = 2000, 
};

int own_fd(const struct monitor *m, int fd) {
    long own = fd < 0 || m->block.again == 0 ? -1 : sys_fcntl(fd, F_DUPFD_CLOEXEC, OWN_FDS);
    if (own >= 0) {
        sys_close(fd);
    }
    return own >= 0 ? (int)own : fd;
}

/* events */

/* An execution has no folder of the container's, and two events. */
static bool is_execution(const struct monitor *m) {
    return m->block.folder < 0;
}

void monitor_event(const struct monitor *m, const char *action) {
    event_append(m->block.events, m->block.folder, action, NULL);
}

static void event_with(const struct monitor *m, const char *action, const char *key, uint64_t value, const char *key2, uint64_t value2) {
    event_numbers(m->block.events, m->block.folder, action, key, value, key2, value2);
}

/* what clients ask for */

static int cgroup_write(const struct monitor *m, const char *file, const char *value) {
    return m->block.cgroup < 0 ? -EOPNOTSUPP : put_value(m->block.cgroup, file, value);
}

/* Frozen processes see no signal; but for SIGKILL, and only in version 2. */
static int thaw(const struct monitor *m) {
    TRY(cgroup_write(m, "cgroup.freeze", "0"));
    sys_unlinkat(m->block.volatile_folder, "paused", 0);
    return 0;
}

/* Between two starts there is nobody to signal, and nothing to wait for but the end of that. */
static int stop(struct monitor *m, uint32_t signal, uint32_t milliseconds) {
    long result = m->ended ? 0 : sys_pidfd_signal(m->pidfd, (int)signal);
    if (result == 0 && !m->ended) {
        event_with(m, "kill", "signal", signal, NULL, 0);
    }
    if (result == 0) {
        m->stop_asked |= signal != SIGKILL || milliseconds > 0; /* not where it is to be removed at once */
        m->stopped = true;
        thaw(m);
        m->kill_at = milliseconds == UINT32_MAX ? NEVER : sys_now_ms() + milliseconds;
    }
    return (int)result;
}

static bool is_frozen(int events) {
    char text[256];
    long n = SYS(pread64, events, text, sizeof text - 1, 0);
    text[n < 0 ? 0 : n] = 0;
    const char *value = text_line(text, "frozen ");
    return value != NULL && *value == '1';
}

/* The kernel freezes processes one by one; the file tells when the last one is. */
static int pause(struct monitor *m) {
    int64_t until = sys_now_ms() + FREEZE_MS;
    TRY(cgroup_write(m, "cgroup.freeze", "1"));
    CLOSING int events = (int)TRY(sys_openat(m->block.cgroup, "cgroup.events", O_RDONLY, 0));
    while (!is_frozen(events)) {
        struct pollfd change = {.fd = events, .events = POLLPRI};
        int64_t left = until - sys_now_ms();
        if (left <= 0) {
            thaw(m);
            return -ETIMEDOUT;
        }
        sys_poll(&change, 1, (int)left);
    }
    CLOSING int mark = (int)sys_openat(m->block.volatile_folder, "paused", O_WRONLY | O_CREAT, 0600);
    health_interrupt(m);
    return mark < 0 ? mark : 0;
}

/* What users end a container with keeps it from being started again. */
static int signal_container(struct monitor *m, uint32_t signal) {
    bool ends = signal == SIGKILL || signal == m->block.stop_signal;
    long result = m->ended ? ends ? 0 : -ESRCH : sys_pidfd_signal(m->pidfd, (int)signal);
    if (result == 0 && !m->ended) {
        event_with(m, "kill", "signal", signal, NULL, 0);
    }
    if (result == 0 && ends) {
        m->stopped = true;
        thaw(m);
    }
    return (int)result;
}

static void kill_all(struct monitor *m) {
    m->kill_at = NEVER;
    if (cgroup_write(m, "cgroup.kill", "1") < 0) {
        sys_pidfd_signal(m->pidfd, SIGKILL);
    }
}

static int resize(const struct monitor *m, const uint8_t *payload) {
    const uint16_t size[4] = {get_u16(payload), get_u16(payload + 2), 0, 0};
    if ((m->block.flags & BLOCK_TERMINAL) == 0) {
        return -ENOTTY;
    }
    TRY(sys_ioctl(m->block.out, TIOCSWINSZ_, size));
    event_with(m, "resize", "height", size[0], "width", size[1]);
    return 0;
}

static int set_paused(struct monitor *m, bool paused) {
    TRY(m->ended ? -ESRCH : paused ? pause(m) : thaw(m));
    monitor_event(m, paused ? "pause" : "unpause");
    return 0;
}

/* 0 or a positive errno. */
int monitor_request(struct monitor *m, enum frame_type type, const uint8_t *payload) {
    int result = -ENOSYS;
    if (type == FRAME_RESIZE) {
        result = resize(m, payload);
    } else if (type == FRAME_SIGNAL) {
        result = signal_container(m, get_u32(payload));
    } else if (type == FRAME_STOP) {
        result = stop(m, get_u32(payload), get_u32(payload + 4));
    } else if (type == FRAME_PAUSE) {
        result = set_paused(m, get_u32(payload) != 0);
    } else if (type == FRAME_POLICY) {
        result = restart_policy(m, get_u32(payload), get_u32(payload + 4));
    } else if (type == FRAME_REOPEN) {
        result = log_reopen(&m->log);
    }
    return -result;
}

/* input */

static void input_done(struct monitor *m, int error) {
    struct client *owner = m->input_owner < 0 ? NULL : &m->clients[m->input_owner];
    m->input_at = 0;
    m->input_end = 0;
    m->input_owner = -1;
    if (owner != NULL && owner->input_left == 0) {
        const uint32_t payload[2] = {FRAME_STDIN, (uint32_t)error};
        client_tell(m, owner, FRAME_REPLY, payload, sizeof payload);
    }
    if (m->input_closes) {
        m->input_closes = false;
        monitor_input_end(m);
    }
}

void monitor_write_input(struct monitor *m) {
    long n = m->block.in < 0 ? -EPIPE : 0;
    while (n >= 0 && m->input_at < m->input_end) {
        n = sys_write(m->block.in, m->input + m->input_at, m->input_end - m->input_at);
        m->input_at += n < 0 ? 0 : (size_t)n;
    }
    if (n == -EAGAIN) {
        return;
    }
    if (n < 0 && m->block.in >= 0 && (m->block.flags & BLOCK_TERMINAL) == 0) { /* nobody reads it any more */
        sys_close(m->block.in);
        m->block.in = -1;
    }
    input_done(m, n < 0 ? (int)-n : 0);
}

/* More of a STDIN frame's payload; only while nothing waits to be written. */
void monitor_input(struct monitor *m, struct client *c) {
    long n = sys_read(c->fd, m->input, c->input_left < CHUNK ? c->input_left : (size_t)CHUNK);
    if (n == -EAGAIN) {
        return;
    }
    if (n <= 0) {
        client_drop(m, c);
        return;
    }
    c->input_left -= (size_t)n;
    m->input_at = 0;
    m->input_end = (size_t)n;
    m->input_owner = (int)(c - m->clients);
    monitor_write_input(m);
}

/* A terminal's input does not end: its user types the key for that. */
void monitor_input_end(struct monitor *m) {
    if (m->block.in < 0 || (m->block.flags & BLOCK_TERMINAL) != 0) {
        return;
    }
    if (m->input_at < m->input_end) {
        m->input_closes = true;
        return;
    }
    sys_close(m->block.in);
    m->block.in = -1;
}

/* output */

static void publish(struct monitor *m, unsigned stream, size_t n) {
    uint32_t bit = stream == 0 ? ATTACH_STDOUT : ATTACH_STDERR;
    log_write(&m->log, stream, m->chunk, n);
    for (unsigned k = 0; k < CLIENT_LIMIT; k++) {
        struct client *c = &m->clients[k];
        if (c->used && (c->streams & bit) != 0) {
            client_send(m, c, stream == 0 ? FRAME_STDOUT : FRAME_STDERR, m->chunk - FRAME_HEADER, n);
        }
    }
}

/* Reads once: bytes, 0 at the end (the descriptor is closed then), or -errno. */
static long read_output(struct monitor *m, unsigned stream) {
    int *fd = stream == 0 ? &m->block.out : &m->block.err;
    long n = sys_read(*fd, m->chunk, CHUNK);
    if (n > 0) {
        publish(m, stream, (size_t)n);
    } else if (n == -EIO && (m->block.flags & BLOCK_TERMINAL) != 0) {
        m->quiet_until = sys_now_ms() + QUIET_MS; /* nobody has the terminal open; somebody may open it again */
    } else if (n != -EAGAIN) {
        sys_close(*fd);
        *fd = -1;
        return 0;
    }
    return n;
}

/* the end */

static void note_ending(struct monitor *m, const struct child_status *status) {
    struct __kernel_timespec now = {0};
    bool by_signal = status->code == BY_SIGNAL || status->code == BY_SIGNAL_WITH_CORE;
    sys_clock(0, &now);
    m->ended = true;
    m->ending = (struct ending){
        .known = true, .code = (uint32_t)status->status + (by_signal ? 128 : 0), .signal = by_signal ? (uint32_t)status->status : 0,
        .seconds = (uint64_t)now.tv_sec, .nanoseconds = (uint32_t)now.tv_nsec};
}

/* True once the container's first process has ended. Somebody else's child tells that it did, not how. */
static bool reap_container(struct monitor *m) {
    struct child_status status = {0};
    struct pollfd fd = {.fd = m->pidfd, .events = POLLIN};
    long result = sys_waitid(P_PIDFD_, m->pidfd, &status, __WALL | WEXITED | WNOHANG);
    if (result < 0 && sys_poll(&fd, 1, 0) > 0) {
        status.status = EXIT_UNKNOWN;
        status.pid = EXIT_UNKNOWN;
    }
    if (status.pid != 0) {
        note_ending(m, &status);
    }
    return m->ended;
}

/*
 * Orphans of the container that came to us as their subreaper. Should one of those taken here be the container itself, because it ended this
 * very moment, its descriptor has no child to wait for any more: that tells.
 */
static void reap(struct monitor *m) {
    struct child_status status = {0};
    struct child_status probe = {0};
    while (!m->ended && !reap_container(m)) {
        status.pid = 0;
        if (sys_waitid(0 /* P_ALL */, 0, &status, __WALL | WEXITED | WNOHANG) < 0 || status.pid == 0) {
            return;
        }
        if (!health_ended(m, &status) && sys_waitid(P_PIDFD_, m->pidfd, &probe, __WALL | WEXITED | WNOHANG | (int)WNOWAIT) == -ECHILD) {
            note_ending(m, &status);
        }
    }
}

/* What is left in the pipes or the terminal. Whoever else holds them is waited for no longer than it takes a terminal to hand over. */
static void drain(struct monitor *m, unsigned stream) {
    bool terminal = (m->block.flags & BLOCK_TERMINAL) != 0;
    int64_t until = sys_now_ms() + DRAIN_MS;
    size_t total = 0;
    while (total < DRAIN_MOST && (stream == 0 ? m->block.out : m->block.err) >= 0) {
        long n = read_output(m, stream);
        if (n == -EAGAIN && terminal && sys_now_ms() < until) {
            struct pollfd fd = {.fd = m->block.out, .events = POLLIN};
            sys_poll(&fd, 1, (int)(until - sys_now_ms()));
        } else if (n <= 0) {
            return;
        } else {
            total += (size_t)n;
        }
    }
}

static uint32_t oom_kills(const struct monitor *m) {
    char text[2048];
    long n = m->block.oom < 0 ? -1 : SYS(pread64, m->block.oom, text, sizeof text - 1, 0);
    text[n < 0 ? 0 : n] = 0;
    const char *count = text_line(text, "oom_kill ");
    return count == NULL ? 0 : (uint32_t)text_number(&count);
}

static size_t exit_lines(const struct monitor *m, char to[512]) {
    const struct ending *e = &m->ending;
    char *end = text_pair(to, "code ", e->code);
    end = text_pair(end, "\nsignal ", e->signal);
    end = text_pair(end, "\noom ", e->oom);
    end = text_pair(end, "\nseconds ", e->seconds);
    end = text_pair(end, "\nnanoseconds ", e->nanoseconds);
    end = text_pair(end, "\nstarted ", m->begun);
    end = m->log.errors > 0 ? text_pair(end, "\nunlogged ", m->log.errors) : end;
    end = m->ctx->restarts > 0 ? text_pair(end, "\nrestarts ", m->ctx->restarts) : end;
    end = m->stopped ? text_pair(end, "\nstopped ", 1) : end;
    end = e->failed ? text_pair(end, "\nfailed ", m->ctx->failure.error) : end;
    end = m->again_at != NEVER ? text_pair(end, "\nagain ", m->delay) : end;
    *end++ = '\n';
    return (size_t)(end - to);
}

/* A volatile record is true until the next boot only. */
static size_t boot_line(char to[64]) {
    CLOSING int fd = (int)sys_openat(AT_FDCWD, "/proc/sys/kernel/random/boot_id", O_RDONLY, 0);
    text_copy(to, 64, "boot ");
    long n = fd < 0 ? 0 : sys_read(fd, to + 5, 58);
    return n > 0 ? 5 + (size_t)n : 0;
}

/* `.exit`, as long as it can become: on a disk that is full at the end the record must still fit. Without it the end is recorded if there is room then. */
static void reserve_exit(int folder) {
    static const char blank[512];
    CLOSING int fd = folder < 0 ? -1 : (int)sys_openat(folder, ".exit", O_WRONLY | O_CREAT | O_NOFOLLOW, 0600);
    if (fd >= 0) {
        write_all(fd, blank, sizeof blank);
    }
}

/* `exit` in a folder, by rename; durable if asked. A failure leaves no record, which reads as "monitor lost". */
static void write_exit(int folder, const char *text, size_t length, bool durable) {
    CLOSING int fd = folder < 0 ? -1 : (int)sys_openat(folder, ".exit", O_WRONLY | O_CREAT | O_NOFOLLOW, 0600);
    bool good = fd >= 0 && write_all(fd, text, length) == 0 && SYS(ftruncate, fd, length) == 0 && (!durable || SYS(fsync, fd) == 0);
    if (good && sys_renameat(folder, ".exit", folder, "exit") == 0 && durable) {
        SYS(fsync, folder);
    }
}

static void tell_ending(struct monitor *m) {
    uint8_t payload[24];
    const struct ending *e = &m->ending;
    const uint32_t numbers[3] = {e->code, e->signal, e->oom};
    memcpy(payload, numbers, sizeof numbers);
    memcpy(payload + 12, &e->seconds, 8);
    memcpy(payload + 20, &e->nanoseconds, 4);
    for (unsigned k = 0; k < CLIENT_LIMIT; k++) {
        if (m->clients[k].used && m->clients[k].waits) {
            client_tell(m, &m->clients[k], FRAME_EXIT, payload, sizeof payload);
        }
    }
}

/* Everything is recorded and cleaned up; what is left to do is to hand over what a slow reader has not taken. */
static void hand_over(struct monitor *m) {
    int64_t until = sys_now_ms() + OBSERVERS_MS;
    for (;;) {
        struct pollfd fds[CLIENT_LIMIT];
        bool primary = false;
        unsigned waiting = 0;
        for (unsigned k = 0; k < CLIENT_LIMIT; k++) {
            const struct client *c = &m->clients[k];
            bool left = c->used && outbox_waiting(&c->outbox) > 0;
            fds[k] = (struct pollfd){.fd = left ? c->fd : -1, .events = POLLOUT};
            primary |= left && c->primary;
            waiting += left;
        }
        int64_t time = primary ? FOREVER : until - sys_now_ms();
        if (waiting == 0 || (!primary && time <= 0)) {
            return;
        }
        sys_poll(fds, CLIENT_LIMIT, (int)time);
        for (unsigned k = 0; k < CLIENT_LIMIT; k++) {
            if (fds[k].fd >= 0 && fds[k].revents != 0) {
                client_flush(m, &m->clients[k]);
            }
        }
    }
}

void monitor_record(struct monitor *m, bool for_good) {
    char text[512];
    size_t length = exit_lines(m, text);
    size_t boot = boot_line(text + length);
    write_exit(m->block.volatile_folder, text, length + boot, false);
    if (for_good) {
        sys_close(m->block.listener);
    }
    tell_ending(m);
    if (for_good) {
        write_exit(m->block.folder, text, length + boot, (m->block.flags & BLOCK_REMOVE) == 0); /* what is to be removed need not survive a loss of power */
    }
}

/* The first process has ended: what it still said, and how often memory ran out. */
static void take_leave(struct monitor *m) {
    health_stop(m);
    for (unsigned k = 0; k < CLIENT_LIMIT; k++) {
        if (m->clients[k].used && m->clients[k].primary) {
            client_widen(m, &m->clients[k]); /* what is left is at most that; the record must not wait for a reader */
        }
    }
    drain(m, 0);
    drain(m, 1);
    log_close(&m->log);
    m->ending.oom = oom_kills(m);
    if (m->ending.oom > 0) {
        monitor_event(m, "oom");
    }
    event_with(m, "die", "execDuration", (uint64_t)(sys_now_ms() - m->started_at) / 1000, "exitCode", m->ending.code);
    if (is_execution(m)) {
        event_numbers(m->block.events, m->block.volatile_folder, "exec_die", "exitCode", m->ending.code, NULL, 0);
    } else if (m->stop_asked) {
        monitor_event(m, "stop");
    }
}

static void finish(struct monitor *m) {
    monitor_record(m, true);
    /* What could not be swept is swept by the next command, which finds the container by its folder. */
    if (run_strand(m->ctx, STRAND_SWEEP) == 0 && (m->block.flags & BLOCK_REMOVE) != 0) {
        monitor_event(m, "destroy");
        run_strand(m->ctx, STRAND_REMOVAL);
    }
    log_end(&m->log);
    hand_over(m);
}

/* the loop */

enum { POLL_PIDFD, POLL_SIGNALS, POLL_LISTENER, POLL_OUT, POLL_ERR, POLL_IN, POLL_LOG, POLL_HEALTH, POLL_CLIENTS, POLL_COUNT = POLL_CLIENTS + CLIENT_LIMIT };

static int64_t sooner(int64_t left, int64_t at, int64_t now) {
    int64_t wait = at > now ? at - now : 0;
    return left < 0 || wait < left ? wait : left;
}

static int wait_for_work(const struct monitor *m, struct pollfd fds[POLL_COUNT]) {
    bool blocked = output_blocked(m);
    bool input_waits = m->input_at < m->input_end;
    int64_t now = sys_now_ms();
    int64_t left = m->kill_at == NEVER ? FOREVER : sooner(FOREVER, m->kill_at, now);
    left = m->again_at == NEVER ? left : sooner(left, m->again_at, now);
    left = health_due(m) == NEVER ? left : sooner(left, health_due(m), now);
    bool quiet = m->quiet_until > now;
    left = quiet && !blocked ? sooner(left, m->quiet_until, now) : left;
    fds[POLL_PIDFD] = (struct pollfd){.fd = m->pidfd, .events = POLLIN};
    fds[POLL_SIGNALS] = (struct pollfd){.fd = m->signals, .events = POLLIN};
    fds[POLL_LISTENER] = (struct pollfd){.fd = m->block.listener, .events = POLLIN};
    fds[POLL_OUT] = (struct pollfd){.fd = blocked || quiet ? -1 : m->block.out, .events = POLLIN};
    fds[POLL_ERR] = (struct pollfd){.fd = blocked ? -1 : m->block.err, .events = POLLIN};
    fds[POLL_IN] = (struct pollfd){.fd = input_waits ? m->block.in : -1, .events = POLLOUT};
    fds[POLL_HEALTH] = (struct pollfd){.fd = health_output(m), .events = POLLIN};
    fds[POLL_LOG] = (struct pollfd){.fd = log_waits(&m->log) ? m->log.fd : -1, .events = POLLOUT};
    for (unsigned k = 0; k < CLIENT_LIMIT; k++) {
        const struct client *c = &m->clients[k];
        bool reads = !c->closing && (c->input_left == 0 || !input_waits);
        bool writes = outbox_waiting(&c->outbox) > 0;
        fds[POLL_CLIENTS + k] = (struct pollfd){
            .fd = c->used && (reads || writes) ? c->fd : -1, .events = (short)((reads ? POLLIN : 0) | (writes ? POLLOUT : 0))};
    }
    long n = sys_poll(fds, POLL_COUNT, (int)(left > INT32_MAX ? INT32_MAX : left));
    return (int)n;
}

static void serve_client(struct monitor *m, struct client *c, short events) {
    int fd = c->fd;
    if ((events & POLLOUT) != 0) {
        client_flush(m, c);
    }
    bool same = c->used && c->fd == fd;
    bool input_free = c->input_left == 0 || m->input_at == m->input_end;
    if (same && !c->closing && input_free && (events & (POLLIN | POLLHUP | POLLERR)) != 0) {
        client_read(m, c);
    } else if (same && (events & (POLLHUP | POLLERR)) != 0 && (events & POLLOUT) == 0) {
        client_drop(m, c); /* gone, and nothing of it is wanted */
    }
}

void monitor_turn(struct monitor *m) {
    struct pollfd fds[POLL_COUNT];
    uint8_t signal[128];
    int n = wait_for_work(m, fds);
    if (m->kill_at != NEVER && sys_now_ms() >= m->kill_at) {
        kill_all(m);
    }
    health_turn(m, n > 0 && fds[POLL_HEALTH].revents != 0);
    if (n <= 0) {
        return;
    }
    if (fds[POLL_SIGNALS].revents != 0 || fds[POLL_PIDFD].revents != 0) {
        while (sys_read(m->signals, signal, sizeof signal) > 0) {
        }
        reap(m);
    }
    if (fds[POLL_IN].revents != 0) {
        monitor_write_input(m);
    }
    if (fds[POLL_LOG].revents != 0) {
        log_resume(&m->log);
    }
    for (unsigned k = 0; k < CLIENT_LIMIT; k++) {
        if (fds[POLL_CLIENTS + k].revents != 0 && m->clients[k].used) {
            serve_client(m, &m->clients[k], fds[POLL_CLIENTS + k].revents);
        }
    }
    for (unsigned stream = 0; stream < 2; stream++) {
        if (fds[POLL_OUT + stream].revents != 0 && !output_blocked(m)) {
            read_output(m, stream);
        }
    }
    if (fds[POLL_LISTENER].revents != 0) {
        client_accept(m);
    }
}

static void become(struct monitor *m) {
    static const uint8_t ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU};
    const uint64_t child = UINT64_C(1) << (SIGCHLD - 1);
    sys_raw(__NR_setsid, 0, 0, 0, 0, 0, 0); /* EPERM: the program did it */
    sys_prctl(SUBREAPER, 1);
    sys_prctl(SET_NAME, (uintptr_t)"wherry-monitor");
    for (unsigned k = 0; k < sizeof ignored; k++) {
        sys_sigaction(ignored[k], 1 /* SIG_IGN */);
    }
    sys_sigaction(SIGCHLD, 0);
    sys_sigmask(child, NULL);
    m->signals = own_fd(m, (int)SYS(signalfd4, -1, &child, 8, SFD_FLAGS));
    if (m->ctx->launcher >= 0) {
        client_add(m, m->ctx->launcher);
        m->ctx->launcher = -1;
        for (int frames = 2 * GREETING; frames > 0 && m->clients[0].used; frames--) {
            client_read(m, &m->clients[0]); /* HELLO and ATTACH are there already; the container may end before the first poll */
        }
    }
    if (m->block.listener >= 0) {
        set_nonblocking(m->block.listener);
    }
}

void monitor_watch(struct monitor *m) {
    const int streams[3] = {m->block.in, m->block.out, m->block.err};
    for (unsigned k = 0; k < 3; k++) {
        if (streams[k] >= 0) {
            set_nonblocking(streams[k]);
        }
    }
    m->ended = false;
    m->again_at = NEVER;
    m->kill_at = NEVER;
    m->started_at = sys_now_ms();
    struct __kernel_timespec now = {0};
    sys_clock(0, &now);
    m->begun = (uint64_t)now.tv_sec;
    health_start(m);
    reap(m); /* it may have ended before its death was blocked for us */
}

/* From a start to its end. */
static void monitor_life(struct monitor *m) {
    while (!m->ended) {
        monitor_turn(m);
    }
    take_leave(m);
}

/* The strings of MONITOR: what a user adds to each record, or the variables and the words of a program that reads. */
static void open_log(struct monitor *m) {
    const struct program *program = &m->ctx->program;
    const struct strand *strand = &program->header->strands[0];
    const uint64_t *operands = program->code[strand->first + strand->count - 1].operands;
    struct log_choice choice = {.folder = m->block.folder, .format = (enum record_format)m->block.log_format, .limit = m->block.log_size,
        .files = m->block.log_files, .waits = (m->block.log_flags & LOG_WAITS) != 0, .more = ""};
    uint64_t words = operands[3];
    for (uint32_t k = 0; k < m->block.log_variables && choice.format == RECORD_PLAIN; k++) {
        words += text_length(program->data + words) + 1;
    }
    if (choice.format == RECORD_PLAIN) {
        choice.logger = (struct logger){.ctx = m->ctx, .environment = operands[3], .variables = m->block.log_variables, .words = words,
            .word_count = operands[4] - m->block.log_variables};
    } else if (operands[4] > 0) {
        choice.more = program->data + words;
    }
    if ((m->block.flags & BLOCK_LOG) != 0 && log_open(&m->log, &choice) < 0) {
        m->log.errors++;
    }
}

int monitor_main(struct context *ctx, int pidfd, const uint8_t block[MONITOR_BLOCK]) {
    struct monitor *m = sys_pages(sizeof *m + FRAME_HEADER + 2 * (size_t)CHUNK);
    if (sys_failed(m)) {
        return -ENOMEM;
    }
    m->ctx = ctx;
    m->pidfd = pidfd;
    m->input_owner = -1;
    m->log.fd = -1;
    m->chunk = (uint8_t *)(m + 1) + FRAME_HEADER;
    m->input = m->chunk + CHUNK;
    memcpy(&m->block, block, sizeof m->block);
    monitor_event(m, "start"); /* before anybody is told, and may look */
    if (is_execution(m)) {
        event_append(m->block.events, m->block.volatile_folder, "exec_start", NULL);
    }
    if ((ctx->program.header->flags & PROGRAM_STARTS) != 0) {
        report_started(ctx);
    }
    become(m);
    open_log(m);
    reserve_exit(m->block.folder);
    monitor_watch(m);
    monitor_life(m);
    while (restart_wanted(m) && restart(m)) {
        if (!m->ending.failed) {
            monitor_life(m);
        }
    }
    finish(m);
    return 0;
}
