/* The role of `wherry` when a user calls it: docs/launcher.md. */
#include "launcher.h"

enum {
    KILL_AFTER_MS = 200, SFD_FLAGS = O_CLOEXEC | O_NONBLOCK, LEAVE_PAYLOAD = 4, SOCKET_LIMIT = 4096,
    CLOCK_MONOTONIC_ = 1, CLOCK_BOOTTIME_ = 7,
};

/* How a conversation with a JVM ended. */
enum outcome { GOES_ON, LEAVES, RUNS };

static const char JVM_DIED[] = "wherry: Java ended without a word; its status was ";
static const char JVM_BABBLED[] = "wherry: what Java said is not understood: launcher and modules are of different builds. Build anew with ./build.\n";
static const char NOT_STARTED[] = "wherry: the container could not be started, not even after it was compiled anew: ";

void say(const char *text) {
    write_all(2, text, text_length(text));
}

void say_number(const char *text, uint64_t number) {
    char digits[24];
    char *end = text_decimal(digits, number);
    *end = '\n';
    say(text);
    write_all(2, digits, (size_t)(end + 1 - digits));
}

/* signals */

static const uint64_t OTHERS = BIT(SIGCONT) | BIT(SIGWINCH) | BIT(SIGCHLD);

/* Those that the caller had ignored (nohup) stay so; SIGPIPE is blocked, so that writing tells. */
static int open_signals(struct launcher *l) {
    uint64_t wanted = ENDING | OTHERS;
    for (int signal = 1; signal < 32; signal++) {
        struct kernel_sigaction action = {0};
        SYS(rt_sigaction, signal, NULL, &action, 8);
        if (action.handler == 1 /* SIG_IGN */) {
            wanted &= ~BIT(signal);
        }
    }
    sys_sigaction(SIGCHLD, 0); /* ignored, children would vanish unreaped */
    wanted |= BIT(SIGCHLD);
    sys_sigmask(wanted | BIT(SIGPIPE), &l->mask);
    return (int)SYS(signalfd4, -1, &wanted, 8, SFD_FLAGS);
}

/* the JVM */

static int start_java(struct launcher *l, const char *const *words) {
    struct jvm_start start = {.home = &l->home, .process = l->process, .words = words, .mask = l->mask, .training = l->training, .boot_time = l->boot_time};
    int requests[2];
    int replies[2];
    TRY(sys_pipe2(requests, O_CLOEXEC));
    TRY(sys_pipe2(replies, O_CLOEXEC));
    start.inherited[0] = requests[1];
    start.inherited[1] = replies[0];
    for (int k = 0; k < PAIR_COUNT; k++) {
        TRY(pair_open(&l->pairs[k]));
        start.inherited[2 + 2 * k] = l->pairs[k].data_writer;
        start.inherited[3 + 2 * k] = l->pairs[k].replies_reader;
    }
    l->jvm = (struct jvm){.pid = (int)TRY(jvm_fork(&start)), .requests = requests[0], .replies = replies[1]};
    sys_close(requests[1]);
    sys_close(replies[0]);
    set_nonblocking(requests[0]);
    set_nonblocking(replies[1]);
    l->request.have = 0;
    outbox_clear(&l->replies);
    return 0;
}

static void close_pairs(struct launcher *l) {
    for (int k = 0; k < PAIR_COUNT; k++) {
        const int ends[4] = {l->pairs[k].data_writer, l->pairs[k].data_reader, l->pairs[k].replies_reader, l->pairs[k].replies_writer};
        for (unsigned e = 0; e < 4; e++) {
            sys_close(ends[e]); /* -1 is one that is handed out */
        }
    }
}

/* Pilots that still run for the JVM: a sweep comes to its end by itself, a tree whose stream has nobody any more is ended. */
static void leave_tasks(struct launcher *l) {
    for (unsigned k = 0; k < TASK_LIMIT; k++) {
        struct task *task = &l->tasks[k];
        if (task->running && task->pair != PAIR_NONE) {
            sys_pidfd_signal(task->pilot.pidfd, SIGKILL);
            sys_wait4(task->pilot.pid, NULL, 0);
        }
        if (task->running) {
            task_leave(task);
        }
    }
}

/* The wait status of the JVM, 0 if it is reaped already. */
static int reap_java(struct launcher *l) {
    int status = 0;
    if (l->jvm.pid != 0) {
        sys_wait4(l->jvm.pid, &status, 0);
        l->jvm.pid = 0;
    }
    return status;
}

/*
 * The JVM has said its last word and is killed; nothing waits for it, until reap_java. Where a cache is trained it ends by itself and writes
 * the cache then. Returns its wait status if that is known.
 */
static int end_java(struct launcher *l, bool reap) {
    if (!l->training && l->jvm.pid != 0) {
        sys_kill(l->jvm.pid, SIGKILL);
    }
    int status = reap || l->training ? reap_java(l) : 0;
    close_pairs(l);
    sys_close(l->jvm.requests);
    sys_close(l->jvm.replies);
    leave_tasks(l);
    return status;
}

static enum outcome java_died(struct launcher *l, int *code) {
    sys_kill(l->jvm.pid, SIGKILL); /* changes nothing about one that is ending; else it closed its pipe and would stay */
    uint32_t status = exit_status(reap_java(l));
    *code = l->interrupt != 0 ? EXIT_SIGNALLED + (int)l->interrupt : EXIT_OWN;
    if (l->interrupt == 0) {
        say_number(JVM_DIED, status);
    }
    return LEAVES;
}

struct pilot_start requested(const struct launcher *l, uint32_t strand) {
    const uint8_t *program = l->request.bytes + FRAME_HEADER + l->word.length;
    return (struct pilot_start){.image = l->image, .strand = strand, .program = program, .length = l->request.have - FRAME_HEADER - l->word.length,
        .stream = -1, .replies = -1, .mask = l->mask};
}

/* What the JVM asked to be started is not wanted any more: if it was to be removed at its end, that is now. */
static enum outcome call_off(struct launcher *l, int *code) {
    struct pilot_start start = requested(l, STRAND_REMOVAL);
    struct pilot pilot = {0};
    int sockets[2];
    if (pilot_socket(sockets) == 0) {
        start.socket = sockets[1];
        if (pilot_spawn(&pilot, &start) == 0) {
            sys_wait4(pilot.pid, NULL, 0);
            sys_close(pilot.pidfd);
        }
        sys_close(sockets[0]);
    }
    *code = EXIT_SIGNALLED + (int)l->interrupt;
    return LEAVES;
}

/* What is typed from here on does not show; then the question stands there. */
static bool ask(struct launcher *l, const uint8_t *question, size_t length) {
    return l->terminal.guard == 0 && terminal_quiet(&l->terminal, 0) == 0 && write_all(2, question, length) == 0;
}

/* What the JVM said now, if that is a whole frame. PROGRAM and ATTACH_TO are left in the buffer. */
static enum outcome read_requests(struct launcher *l, int *code) {
    int result = frame_read(&l->request, l->jvm.requests);
    if (result <= 0 && result != -EMSGSIZE) {
        return result == 0 ? GOES_ON : java_died(l, code);
    }
    const uint8_t *payload = l->request.bytes + FRAME_HEADER;
    size_t length = l->request.have - FRAME_HEADER;
    uint8_t type = result == 1 ? l->request.bytes[0] : FRAME_FAILED;
    if (type == FRAME_LEAVE && length == LEAVE_PAYLOAD) {
        *code = l->interrupt != 0 ? EXIT_SIGNALLED + (int)l->interrupt : (int)(get_u32(payload) & 0xff);
        return LEAVES;
    }
    if (type == FRAME_PROGRAM && last_word_read(&l->word, payload, length, ID_LIMIT)) {
        return l->interrupt != 0 ? call_off(l, code) : RUNS;
    }
    if (type == FRAME_ATTACH_TO && last_word_read(&l->word, payload, length, SOCKET_LIMIT) && l->word.length == length) {
        *code = EXIT_SIGNALLED + (int)l->interrupt;
        return l->interrupt != 0 ? LEAVES : RUNS;
    }
    if ((type == FRAME_ASK && ask(l, payload, length)) || (type == FRAME_STEPS && stepping_texts(&l->stepping, payload, length)) ||
        (type == FRAME_TASK && task_begin(l, payload, length)) || (type == FRAME_CANCEL && length == 4 && task_cancel(l, get_u32(payload)))) {
        l->request.have = 0;
        return GOES_ON;
    }
    say(JVM_BABBLED);
    *code = EXIT_OWN;
    return LEAVES;
}

/* The JVM hears of the first signal that should end the command; 200 ms later, or at the second one, it is killed. */
static void read_signals(struct launcher *l) {
    uint32_t info[32];
    while (sys_read(l->signals, info, sizeof info) == sizeof info) {
        if ((ENDING & BIT(info[0])) == 0) {
            continue;
        }
        if (l->interrupt == 0) {
            l->interrupt = info[0];
            l->deadline = sys_now_ms() + KILL_AFTER_MS;
            sys_kill(l->jvm.pid, (int)info[0]);
        } else {
            l->deadline = 0;
        }
    }
}

static void serve_tasks(struct launcher *l, const struct pollfd *fds) {
    for (unsigned k = 0; k < TASK_LIMIT; k++) {
        struct task *task = &l->tasks[k];
        bool heard = fds[2 * k].revents != 0;
        bool ended = fds[2 * k + 1].revents != 0;
        if (!task->running || outbox_waiting(&l->replies) > 0) {
            continue;
        }
        if (heard) {
            task_forward(l, task);
        } else if (ended) {
            task_end(l, task);
        }
        outbox_flush(&l->replies, l->jvm.replies);
    }
}

enum { POLL_REQUESTS, POLL_REPLIES, POLL_SIGNALS, POLL_TASKS, POLL_COUNT = POLL_TASKS + 2 * TASK_LIMIT };

static void wait_for_work(struct launcher *l, struct pollfd fds[POLL_COUNT]) {
    bool blocked = outbox_waiting(&l->replies) > 0;
    fds[POLL_REQUESTS] = (struct pollfd){.fd = blocked || !task_room(l) ? -1 : l->jvm.requests, .events = POLLIN};
    fds[POLL_REPLIES] = (struct pollfd){.fd = blocked ? l->jvm.replies : -1, .events = POLLOUT};
    fds[POLL_SIGNALS] = (struct pollfd){.fd = l->signals, .events = POLLIN};
    for (unsigned k = 0; k < TASK_LIMIT; k++) {
        const struct task *task = &l->tasks[k];
        bool wanted = task->running && !blocked;
        fds[POLL_TASKS + 2 * k] = (struct pollfd){.fd = wanted && !task->silent ? task->pilot.socket : -1, .events = POLLIN};
        fds[POLL_TASKS + 2 * k + 1] = (struct pollfd){.fd = wanted ? task->pilot.pidfd : -1, .events = POLLIN};
    }
    int64_t left = l->interrupt == 0 ? -1 : l->deadline - sys_now_ms();
    if (sys_poll(fds, POLL_COUNT, l->interrupt != 0 && left < 0 ? 0 : (int)left) <= 0) {
        for (unsigned k = 0; k < POLL_COUNT; k++) {
            fds[k].revents = 0;
        }
    }
}

/* Serves the JVM until its last word. */
static enum outcome serve(struct launcher *l, int *code) {
    struct pollfd fds[POLL_COUNT];
    enum outcome outcome = GOES_ON;
    while (outcome == GOES_ON) {
        wait_for_work(l, fds);
        if (fds[POLL_SIGNALS].revents != 0) {
            read_signals(l);
        }
        if (l->interrupt != 0 && sys_now_ms() >= l->deadline) {
            *code = EXIT_SIGNALLED + (int)l->interrupt;
            return LEAVES;
        }
        if (outbox_flush(&l->replies, l->jvm.replies) == -EPIPE) { /* its last requests may still be there */
            outbox_clear(&l->replies);
        }
        serve_tasks(l, fds + POLL_TASKS);
        if (fds[POLL_REQUESTS].revents != 0 && outbox_waiting(&l->replies) == 0) {
            outcome = read_requests(l, code);
        }
        if (outcome == GOES_ON) {
            outbox_flush(&l->replies, l->jvm.replies);
        }
    }
    return outcome;
}

/* the command */

static int not_started(const struct launcher *l) {
    say(NOT_STARTED);
    say(l->failure.text[0] != 0 ? l->failure.text : "-");
    say_number(", errno ", l->failure.error);
    return EXIT_OWN;
}

/* One JVM to its last word, then what it asked for: the exit code, or -1 with l->failure. */
static int converse(struct launcher *l, const char *const *words) {
    int code = EXIT_OWN;
    if (l->request.bytes == NULL) {
        l->request = (struct frame_reader){.bytes = sys_pages(REQUEST_LIMIT), .limit = REQUEST_LIMIT};
    }
    if (l->replies.bytes == NULL) {
        l->replies = (struct outbox){.bytes = sys_pages(REPORT_LIMIT + 64), .size = REPORT_LIMIT + 64};
    }
    int result = sys_failed(l->request.bytes) || sys_failed(l->replies.bytes) ? -ENOMEM : start_java(l, words);
    if (result == 0 && l->image < 0) {
        l->image = image_seal(); /* while the JVM starts */
        result = l->image < 0 ? l->image : 0;
    }
    if (result < 0) {
        say_number(NO_PILOT, (uint64_t)-result);
        return code;
    }
    if (l->reporting) {
        outbox_frame(&l->replies, FRAME_FAILED, &l->failure, sizeof l->failure, NULL, 0);
    }
    bool runs = serve(l, &code) == RUNS;
    end_java(l, !runs);
    terminal_restore(&l->terminal);
    if (runs) {
        code = l->request.bytes[0] == FRAME_ATTACH_TO ? join_container(l) : run_container(l);
        reap_java(l);
    }
    return code;
}

/* The second JVM: `--report ID` and the words of the command, which say where the container is. */
static int report(struct launcher *l) {
    size_t count = (size_t)l->process->argc + 3;
    const char **words = sys_pages(count * sizeof *words);
    if (sys_failed(words)) {
        return -1;
    }
    words[0] = "--report";
    words[1] = l->id;
    for (int k = 1; k < l->process->argc; k++) {
        words[k + 1] = l->process->argv[k];
    }
    l->reporting = true;
    return converse(l, words);
}

static void open_stdio(void) {
    for (long fd = 0; fd >= 0 && fd <= 2;) {
        fd = SYS(openat, AT_FDCWD, "/dev/null", O_RDWR);
        if (fd > 2) {
            sys_close((int)fd);
        }
    }
}

int launcher_main(struct process *process) {
    struct launcher l = {.process = process, .image = -1, .training = environment(process, "WHERRY_TRAINING") != NULL};
    struct __kernel_timespec boot = {0};
    sys_clock(CLOCK_BOOTTIME_, &boot);
    l.boot_time = (uint64_t)boot.tv_sec * 1000000000 + (uint64_t)boot.tv_nsec;
    open_stdio();
    const char *missing = home_find(&l.home, process);
    if (missing != NULL) {
        say(missing);
        return EXIT_OWN;
    }
    l.signals = open_signals(&l);
    int code = converse(&l, (const char *const *)process->argv + (process->argc > 0));
    if (code < 0) {
        code = report(&l);
    }
    return code < 0 ? not_started(&l) : code;
}
