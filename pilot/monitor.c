/* See docs/monitor.md. */
#include "events.h"
#include "health.h"
#include "hotplug.h"
#include "monitor.h"

enum { SUBREAPER = 36, SET_NAME = 15, SFD_FLAGS = O_CLOEXEC | O_NONBLOCK, FOREVER = -1, GREETING = 2, OWN_FDS = FD_LAST + 1 };

int first_process(const struct monitor *m) {
    return m->block.target > 0 ? m->block.target : m->pidfd;
}

int own_fd(const struct monitor *m, int fd) {
    long own = fd < 0 || m->block.again == 0 ? -1 : sys_fcntl(fd, F_DUPFD_CLOEXEC, OWN_FDS);
    if (own >= 0) {
        sys_close(fd);
    }
    return own >= 0 ? (int)own : fd;
}

/* events */

bool is_execution(const struct monitor *m) {
    return m->block.folder < 0;
}

void monitor_event(const struct monitor *m, const char *action) {
    event_append(m->block.events, m->block.folder, action, NULL);
}

void monitor_event_numbers(const struct monitor *m, const char *action, const char *key, uint64_t value, const char *key2, uint64_t value2) {
    event_numbers(m->block.events, m->block.folder, action, key, value, key2, value2);
}

enum { POLL_PIDFD, POLL_SIGNALS, POLL_LISTENER, POLL_OUT, POLL_ERR, POLL_IN, POLL_LOG, POLL_HEALTH, POLL_SHIM_LOG, POLL_DEVICES, POLL_FORWARD,
    POLL_CLIENTS = POLL_FORWARD + FORWARD_FDS, POLL_COUNT = POLL_CLIENTS + CLIENT_LIMIT };

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
    left = hotplug_due(m->ctx) == NEVER ? left : sooner(left, hotplug_due(m->ctx), now);
    bool quiet = m->quiet_until > now;
    left = quiet && !blocked ? sooner(left, m->quiet_until, now) : left;
    bool shim = m->shim != NULL && !m->ended;
    fds[POLL_PIDFD] = (struct pollfd){.fd = m->shim == NULL ? m->pidfd : shim ? m->shim->socket : -1, .events = POLLIN};
    for (unsigned k = 0; k < FORWARD_FDS; k++) {
        fds[POLL_FORWARD + k] = (struct pollfd){.fd = -1};
    }
    if (m->shim != NULL) {
        forward_fds(&m->ctx->shim->forward, fds + POLL_FORWARD);
    }
    fds[POLL_SHIM_LOG] = (struct pollfd){.fd = shim ? m->shim->log : -1, .events = POLLIN};
    fds[POLL_SIGNALS] = (struct pollfd){.fd = m->signals, .events = POLLIN};
    fds[POLL_LISTENER] = (struct pollfd){.fd = m->block.listener, .events = POLLIN};
    fds[POLL_OUT] = (struct pollfd){.fd = blocked || quiet ? -1 : m->block.out, .events = POLLIN};
    fds[POLL_ERR] = (struct pollfd){.fd = blocked ? -1 : m->block.err, .events = POLLIN};
    fds[POLL_IN] = (struct pollfd){.fd = input_waits ? m->block.in : -1, .events = POLLOUT};
    fds[POLL_HEALTH] = (struct pollfd){.fd = health_output(m), .events = POLLIN};
    fds[POLL_DEVICES] = (struct pollfd){.fd = hotplug_socket(m->ctx), .events = POLLIN};
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
        monitor_kill_all(m);
    }
    health_turn(m, n > 0 && fds[POLL_HEALTH].revents != 0);
    hotplug_turn(m->ctx, n > 0 && fds[POLL_DEVICES].revents != 0);
    if (n <= 0) {
        return;
    }
    if (fds[POLL_SIGNALS].revents != 0 || fds[POLL_PIDFD].revents != 0) {
        while (sys_read(m->signals, signal, sizeof signal) > 0) {
        }
        monitor_reap(m);
    }
    if (fds[POLL_IN].revents != 0) {
        monitor_write_input(m);
    }
    if (fds[POLL_SHIM_LOG].revents != 0) {
        sys_read(m->shim->log, m->chunk, CHUNK); /* nobody keeps it, but a shim whose log is not read stands still */
    }
    if (m->shim != NULL) {
        forward_turn(&m->ctx->shim->forward, fds + POLL_FORWARD);
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
            monitor_read_output(m, stream);
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
    if (m->paused) { /* it was killed while it was frozen */
        sys_unlinkat(m->block.volatile_folder, "paused", 0);
        m->paused = false;
    }
    m->ended = false;
    m->killed = false;
    m->again_at = NEVER;
    m->kill_at = NEVER;
    m->started_at = sys_now_ms();
    struct __kernel_timespec now = {0};
    sys_clock(0, &now);
    m->begun = (uint64_t)now.tv_sec;
    health_start(m);
    monitor_reap(m); /* it may have ended before its death was blocked for us */
}

/* From a start to its end. */
static void monitor_life(struct monitor *m) {
    while (!m->ended) {
        monitor_turn(m);
    }
    monitor_take_leave(m);
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
    if (m->block.shim != 0) {
        m->shim = (const struct shim_block *)(const void *)(ctx->program.data + m->block.shim);
    }
    monitor_event(m, "start"); /* before anybody is told, and may look */
    if (is_execution(m)) {
        event_append(m->block.events, m->block.volatile_folder, "exec_start", NULL);
    }
    if ((ctx->program.header->flags & PROGRAM_STARTS) != 0) {
        report_started(ctx);
    }
    become(m);
    open_log(m);
    monitor_reserve_exit(m->block.folder);
    monitor_watch(m);
    monitor_life(m);
    while (restart_wanted(m) && restart(m)) {
        if (!m->ending.failed) {
            monitor_life(m);
        }
    }
    monitor_finish(m);
    return 0;
}
