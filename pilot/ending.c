/* The end of what a monitor watches: found out, recorded, told, cleaned up behind (docs/monitor.md "The end"). */
#include "events.h"
#include "health.h"
#include "monitor.h"
#include <linux/wait.h>

enum { OBSERVERS_MS = 5000, FOREVER = -1, BY_SIGNAL = 2, BY_SIGNAL_WITH_CORE = 3 /* CLD_KILLED, CLD_DUMPED */, EXIT_UNKNOWN = 255 };

static void note_ending(struct monitor *m, const struct child_status *status) {
    struct __kernel_timespec now = {0};
    bool by_signal = status->code == BY_SIGNAL || status->code == BY_SIGNAL_WITH_CORE;
    sys_clock(0, &now);
    m->ended = true;
    m->ending = (struct ending){
        .known = true, .code = (uint32_t)status->status + (by_signal ? 128 : 0), .signal = by_signal ? (uint32_t)status->status : 0,
        .seconds = (uint64_t)now.tv_sec, .nanoseconds = (uint32_t)now.tv_nsec};
    if (m->killed && m->block.target > 0) { /* the tool ends in its own way then */
        m->ending.code = 128 + SIGKILL;
        m->ending.signal = SIGKILL;
    }
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

/* A shim's children are not ours; what it left us are. */
static void reap_behind_shim(struct monitor *m) {
    struct __kernel_timespec now = {0};
    struct child_status status = {.pid = 1};
    while (status.pid != 0) {
        status.pid = 0;
        sys_waitid(0 /* P_ALL */, 0, &status, __WALL | WEXITED | WNOHANG);
    }
    if (m->ended || !shim_look(m->ctx, m->shim)) {
        return;
    }
    const struct shim *s = m->ctx->shim;
    sys_clock(0, &now);
    m->ended = true;
    m->ending = (struct ending){.known = s->ended, .lost = !s->ended, .code = s->ended ? s->code : 128 + SIGKILL, .signal = s->ended ? 0 : SIGKILL,
        .seconds = (uint64_t)now.tv_sec, .nanoseconds = (uint32_t)now.tv_nsec};
}

/*
 * Orphans of the container that came to us as their subreaper. Should one of those taken here be the container itself, because it ended this
 * very moment, its descriptor has no child to wait for any more: that tells.
 */
void monitor_reap(struct monitor *m) {
    struct child_status status = {0};
    struct child_status probe = {0};
    if (m->shim != NULL) {
        reap_behind_shim(m);
        return;
    }
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
    if (e->lost) {
        text_copy(end, 32, "\nreason shim lost");
        end += text_length(end);
    }
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
void monitor_reserve_exit(int folder) {
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

void monitor_take_leave(struct monitor *m) {
    health_stop(m);
    for (unsigned k = 0; k < CLIENT_LIMIT; k++) {
        if (m->clients[k].used && m->clients[k].primary) {
            client_widen(m, &m->clients[k]); /* what is left is at most that; the record must not wait for a reader */
        }
    }
    monitor_drain(m, 0);
    monitor_drain(m, 1);
    log_close(&m->log);
    m->ending.oom = oom_kills(m);
    if (m->ending.oom > 0) {
        monitor_event(m, "oom");
    }
    monitor_event_numbers(m, "die", "execDuration", (uint64_t)(sys_now_ms() - m->started_at) / 1000, "exitCode", m->ending.code);
    if (is_execution(m)) {
        event_numbers(m->block.events, m->block.volatile_folder, "exec_die", "exitCode", m->ending.code, NULL, 0);
    } else if (m->stop_asked) {
        monitor_event(m, "stop");
    }
}

void monitor_leave_shim(struct monitor *m) {
    if (m->shim == NULL) {
        return;
    }
    if (!m->ctx->shim->lost && !m->ending.failed) {
        monitor_ask_shim(m, SHIM_DELETE, NULL, 0);
        monitor_ask_shim(m, SHIM_SHUTDOWN, NULL, 0);
    }
    forward_end(&m->ctx->shim->forward);
}

void monitor_finish(struct monitor *m) {
    monitor_record(m, true);
    monitor_leave_shim(m);
    /* What could not be swept is swept by the next command, which finds the container by its folder. */
    if (run_strand(m->ctx, STRAND_SWEEP) == 0 && (m->block.flags & BLOCK_REMOVE) != 0) {
        monitor_event(m, "destroy");
        run_strand(m->ctx, STRAND_REMOVAL);
    }
    log_end(&m->log);
    hand_over(m);
}
