/* What clients ask of a monitor (docs/pilot.md "The protocol"), but for input. */
#include "events.h"
#include "health.h"
#include "monitor.h"

enum { TIOCSWINSZ_ = 0x5414, FREEZE_MS = 2000, HANGUP_MS = 10000 };

static int cgroup_write(const struct monitor *m, const char *file, const char *value) {
    return m->block.cgroup < 0 ? -EOPNOTSUPP : put_value(m->block.cgroup, file, value);
}

/* Frozen processes see no signal; but for SIGKILL, and only in version 2. */
static int thaw(struct monitor *m) {
    TRY(cgroup_write(m, "cgroup.freeze", "0"));
    m->paused = false;
    sys_unlinkat(m->block.volatile_folder, "paused", 0);
    return 0;
}

/* Between two starts there is nobody to signal, and nothing to wait for but the end of that. */
static int stop(struct monitor *m, uint32_t signal, uint32_t milliseconds) {
    long result = m->ended ? 0 : sys_pidfd_signal(first_process(m), (int)signal);
    if (result == 0 && !m->ended) {
        monitor_event_numbers(m, "kill", "signal", signal, NULL, 0);
    }
    if (result == 0) {
        m->stop_asked |= signal != SIGKILL || milliseconds > 0; /* not where it is to be removed at once */
        m->stopped = true;
        thaw(m);
        m->kill_at = milliseconds == UINT32_MAX ? NEVER : sys_now_ms() + milliseconds;
    }
    return (int)result;
}

void monitor_hang_up(struct monitor *m) {
    stop(m, SIGHUP, HANGUP_MS);
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
    long result = m->ended ? ends ? 0 : -ESRCH : sys_pidfd_signal(first_process(m), (int)signal);
    if (result == 0 && !m->ended) {
        monitor_event_numbers(m, "kill", "signal", signal, NULL, 0);
    }
    if (result == 0 && ends) {
        m->stopped = true;
        thaw(m);
    }
    return (int)result;
}

void monitor_kill_all(struct monitor *m) {
    m->kill_at = NEVER;
    if (cgroup_write(m, "cgroup.kill", "1") < 0) {
        sys_pidfd_signal(first_process(m), SIGKILL);
    }
}

static int resize(const struct monitor *m, const uint8_t *payload) {
    const uint16_t size[4] = {get_u16(payload), get_u16(payload + 2), 0, 0};
    if ((m->block.flags & BLOCK_TERMINAL) == 0) {
        return -ENOTTY;
    }
    TRY(sys_ioctl(m->block.out, TIOCSWINSZ_, size));
    monitor_event_numbers(m, "resize", "height", size[0], "width", size[1]);
    return 0;
}

static int set_paused(struct monitor *m, bool paused) {
    TRY(m->ended ? -ESRCH : paused == m->paused ? -EALREADY : paused ? pause(m) : thaw(m));
    m->paused = paused;
    monitor_event(m, paused ? "pause" : "unpause");
    return 0;
}

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
