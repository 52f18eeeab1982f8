/* What clients ask of a monitor (docs/pilot.md "The protocol"), but for input. */
#include "events.h"
#include "health.h"
#include "monitor.h"

enum { TIOCSWINSZ_ = 0x5414, FREEZE_MS = 2000, HANGUP_MS = 10000, LAST_WORD_MS = 2000, SIGNAL_MOST = 64 };

static int cgroup_write(const struct monitor *m, const char *file, const char *value) {
    return m->block.cgroup < 0 ? -EOPNOTSUPP : put_value(m->block.cgroup, file, value);
}

int monitor_ask_shim(struct monitor *m, enum shim_request which, const uint8_t *tail, size_t length) {
    if (m->shim == NULL) {
        return 0;
    }
    int result = shim_request(m->ctx, m->shim, which, tail, length);
    monitor_reap(m); /* the end may have come with the answer */
    return result;
}

/* A shim that does not end what it should is left to the sweep, which needs nobody's consent. */
static void give_up_shim(struct monitor *m) {
    m->ctx->shim->lost = true;
    cgroup_write(m, "cgroup.kill", "1");
    monitor_reap(m);
}

static int signal_by_shim(struct monitor *m, uint32_t signal) {
    const uint8_t number = (uint8_t)signal;
    int result = signal > SIGNAL_MOST ? -EINVAL : monitor_ask_shim(m, SHIM_KILL, &number, 1);
    if (signal != SIGKILL || result == 0 || m->ended) {
        return result;
    }
    if (result == -ESRCH) {
        m->kill_at = sys_now_ms() + LAST_WORD_MS; /* it has ended; if the shim does not say so by then, it never will */
    } else {
        give_up_shim(m);
    }
    return 0;
}

int monitor_signal(struct monitor *m, uint32_t signal) {
    return m->shim != NULL ? signal_by_shim(m, signal) : (int)sys_pidfd_signal(first_process(m), (int)signal);
}

/* Frozen processes see no signal; but for SIGKILL, and only in version 2. */
static int unfreeze(struct monitor *m) {
    bool shims = m->shim != NULL;
    return !shims ? cgroup_write(m, "cgroup.freeze", "0") : m->paused ? monitor_ask_shim(m, SHIM_RESUME, NULL, 0) : 0;
}

static int thaw(struct monitor *m) {
    TRY(unfreeze(m));
    m->paused = false;
    sys_unlinkat(m->block.volatile_folder, "paused", 0);
    return 0;
}

/* Who is killed while it is paused is paused until it has ended: nobody finds it running in between. */
static void let_end(struct monitor *m, bool killed) {
    if (killed) {
        unfreeze(m);
    } else {
        thaw(m);
    }
}

/* Between two starts there is nobody to signal, and nothing to wait for but the end of that. */
static int stop(struct monitor *m, uint32_t signal, uint32_t milliseconds) {
    bool alive = !m->ended;
    long result = alive ? monitor_signal(m, signal) : 0;
    result = m->shim != NULL && result == -ETIMEDOUT ? 0 : result; /* who does not listen is killed when the time is over */
    if (result == 0 && alive) {
        monitor_event_numbers(m, "kill", "signal", signal, NULL, 0);
    }
    if (result == 0) {
        m->stop_asked |= signal != SIGKILL || milliseconds > 0; /* not where it is to be removed at once */
        m->stopped = true;
        m->killed |= signal == SIGKILL;
        let_end(m, signal == SIGKILL || milliseconds == 0);
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
static int freeze(struct monitor *m) {
    int64_t until = sys_now_ms() + FREEZE_MS;
    TRY(cgroup_write(m, "cgroup.freeze", "1"));
    CLOSING int events = (int)TRY(sys_openat(m->block.cgroup, "cgroup.events", O_RDONLY, 0));
    while (!is_frozen(events)) {
        struct pollfd change = {.fd = events, .events = POLLPRI};
        int64_t left = until - sys_now_ms();
        if (left <= 0) {
            return -ETIMEDOUT;
        }
        sys_poll(&change, 1, (int)left);
    }
    return 0;
}

/* The mark comes first: what cannot be marked, on a full disk, is not frozen either. */
static int pause(struct monitor *m) {
    CLOSING int mark = (int)TRY(sys_openat(m->block.volatile_folder, "paused", O_WRONLY | O_CREAT, 0600));
    int result = m->shim != NULL ? monitor_ask_shim(m, SHIM_PAUSE, NULL, 0) : freeze(m);
    if (result < 0) {
        unfreeze(m);
        sys_unlinkat(m->block.volatile_folder, "paused", 0);
        return result;
    }
    health_interrupt(m);
    m->paused = true;
    m->kept_paused = false;
    monitor_event(m, "pause");
    return 0;
}

/* What users end a container with keeps it from being started again. */
static int signal_container(struct monitor *m, uint32_t signal) {
    bool ends = signal == SIGKILL || signal == m->block.stop_signal;
    bool alive = !m->ended;
    long result = alive ? monitor_signal(m, signal) : ends ? 0 : -ESRCH;
    if (result == 0 && alive) {
        monitor_event_numbers(m, "kill", "signal", signal, NULL, 0);
    }
    if (result == 0 && ends) {
        m->stopped = true;
        m->killed |= signal == SIGKILL;
        let_end(m, signal == SIGKILL);
    }
    return (int)result;
}

void monitor_kill_all(struct monitor *m) {
    const uint8_t number = SIGKILL;
    m->kill_at = NEVER;
    if (m->shim != NULL) {
        if (!m->ended && monitor_ask_shim(m, SHIM_KILL, &number, 1) < 0 && !m->ended) {
            give_up_shim(m);
        }
        return;
    }
    m->killed = true;
    if (cgroup_write(m, "cgroup.kill", "1") < 0) {
        sys_pidfd_signal(first_process(m), SIGKILL);
    }
}

/* A field of protobuf, as three bytes of seven bits behind its tag, whatever the number. */
static void size_field(uint8_t to[4], uint8_t field, uint16_t value) {
    to[0] = (uint8_t)(field << 3);
    to[1] = (uint8_t)(value | 0x80);
    to[2] = (uint8_t)(value >> 7 | 0x80);
    to[3] = (uint8_t)(value >> 14);
}

static int resize(struct monitor *m, const uint8_t *payload) {
    const uint16_t size[4] = {get_u16(payload), get_u16(payload + 2), 0, 0};
    if ((m->block.flags & BLOCK_TERMINAL) == 0) {
        return -ENOTTY;
    }
    uint8_t tail[8];
    size_field(tail, 3, size[1]);
    size_field(tail + 4, 4, size[0]);
    TRY(m->shim == NULL ? sys_ioctl(m->block.out, TIOCSWINSZ_, size) : monitor_ask_shim(m, SHIM_RESIZE, tail, sizeof tail));
    monitor_event_numbers(m, "resize", "height", size[0], "width", size[1]);
    return 0;
}

static int resume(struct monitor *m) {
    TRY(thaw(m));
    monitor_event(m, "unpause");
    return 0;
}

/* Who holds it finds it paused, or pauses it; who keeps it takes it over from those that hold it. */
static int set_paused(struct monitor *m, uint32_t how) {
    bool resumes = how == PAUSE_RESUME;
    bool is_so = resumes ? !m->paused : how == PAUSE_KEEP && m->paused && m->kept_paused;
    TRY(how >= PAUSE_COUNT ? -EINVAL : m->ended ? -ESRCH : is_so ? -EALREADY : resumes ? resume(m) : m->paused ? 0 : pause(m));
    m->kept_paused |= how == PAUSE_KEEP;
    return 0;
}

void monitor_let_go(struct monitor *m) {
    bool held = m->kept_paused;
    for (unsigned k = 0; k < CLIENT_LIMIT; k++) {
        held |= m->clients[k].holds;
    }
    if (m->paused && !held && !m->ended) {
        resume(m);
    }
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
        result = set_paused(m, get_u32(payload));
    } else if (type == FRAME_POLICY) {
        result = restart_policy(m, get_u32(payload), get_u32(payload + 4));
    } else if (type == FRAME_REOPEN) {
        result = log_reopen(&m->log);
    }
    return -result;
}
