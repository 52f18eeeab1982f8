/*
 * The child of a program that uses the library (docs/launcher.md, "For a library"): it listens, and a connection is a job, served by a process of its own. So many jobs go on
 * at once, and go on when the listener is killed.
 */
#include "launcher.h"

enum { ADDRESS_PATH = 108, BACKLOG = 4096, CALLER_LIMIT = 64, ONLY_PAIR = 0, TASK_PAIR_AT = 5 };

struct address {
    uint16_t family;
    char path[ADDRESS_PATH];
};

struct job {
    const char *path; /* of the library's socket */
    int connection;   /* blocking: who does not read waits alone */
    struct launcher launcher;
};

static int listen_at(const char *path) {
    struct address address = {.family = AF_UNIX};
    if (text_copy(address.path, sizeof address.path, path)) {
        return -ENAMETOOLONG;
    }
    int fd = (int)TRY(SYS(socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    long result = SYS(bind, fd, &address, sizeof address);
    if (result == 0) {
        result = SYS(listen, fd, BACKLOG);
    }
    if (result < 0) {
        sys_close(fd);
        return (int)result;
    }
    return fd;
}

static int accept_friend(int listener) {
    int fd = (int)TRY(SYS(accept4, listener, 0, 0, SOCK_CLOEXEC));
    if (!peer_is_friend(fd)) {
        sys_close(fd);
        return -EACCES;
    }
    return fd;
}

static int flush(struct job *job) {
    return outbox_flush(&job->launcher.replies, job->connection);
}

/* A tree's stream and its replies are one more connection, which the client makes when it is told that somebody listens. */
static int await_stream(struct job *job, uint32_t number) {
    struct launcher *l = &job->launcher;
    char path[ADDRESS_PATH + 16];
    text_copy(path, ADDRESS_PATH, job->path);
    text_pair(path + text_length(path), ".", number);
    CLOSING int listener = TRY(listen_at(path));
    outbox_frame(&l->replies, FRAME_STREAM, &number, sizeof number, NULL, 0);
    int stream = flush(job);
    if (stream == 0) {
        struct pollfd fds[2] = {{.fd = listener, .events = POLLIN}, {.fd = job->connection, .events = POLLIN}};
        while (sys_poll(fds, 2, -1) < 0) {
        }
        stream = fds[0].revents != 0 ? accept_friend(listener) : -EPIPE;
    }
    sys_unlinkat(AT_FDCWD, path, 0);
    if (stream >= 0) {
        l->pairs[ONLY_PAIR] = (struct pair){.data_writer = -1, .replies_reader = -1, .data_reader = stream, .replies_writer = (int)sys_fcntl(stream, F_DUPFD_CLOEXEC, 0)};
    }
    return stream;
}

/* What the client says while its task runs. False: it has gone. */
static bool hear(struct job *job) {
    struct launcher *l = &job->launcher;
    int result = frame_read(&l->request, job->connection);
    if (result == 1 && l->request.bytes[0] == FRAME_CANCEL && l->request.have == FRAME_HEADER + 4) {
        task_cancel(l, get_u32(l->request.bytes + FRAME_HEADER));
        l->request.have = 0;
        return true;
    }
    return result == 0;
}

/* A client that goes away takes a tree with it, whose stream has nobody any more; anything else comes to its end by itself. */
static void serve_task(struct job *job) {
    struct launcher *l = &job->launcher;
    struct task *task = &l->tasks[0];
    l->request.have = 0;
    flush(job);
    while (task->running) {
        struct pollfd fds[3] = {{.fd = job->connection, .events = POLLIN}, {.fd = task->silent ? -1 : task->pilot.socket, .events = POLLIN},
            {.fd = task->pilot.pidfd, .events = POLLIN}};
        if (sys_poll(fds, 3, -1) < 0) {
            continue;
        }
        if (fds[0].revents != 0 && !hear(job)) {
            if (task->pair != PAIR_NONE) {
                sys_pidfd_signal(task->pilot.pidfd, SIGKILL);
            }
            return;
        }
        if (fds[1].revents != 0) {
            task_forward(l, task);
        } else if (fds[2].revents != 0) {
            task_end(l, task);
        }
        flush(job);
    }
}

/*
 * The connection itself becomes the pilot's link, and then the monitor's first client. What the client says as that must be there before the pilot is, or a short-lived container's
 * output would pass unseen; it is small, so it comes in one piece.
 */
static void start_container(struct job *job, size_t length) {
    struct launcher *l = &job->launcher;
    struct pilot pilot = {0};
    struct last_word word;
    const uint8_t *payload = l->request.bytes + FRAME_HEADER;
    struct pollfd greeting = {.fd = job->connection, .events = POLLIN};
    while (sys_poll(&greeting, 1, -1) < 0) {
    }
    if (last_word_read(&word, payload, length, ID_LIMIT)) {
        struct pilot_start start = {.image = l->image, .program = payload + word.length, .length = length - word.length, .socket = job->connection, .stream = -1, .replies = -1};
        pilot_spawn(&pilot, &start);
    }
}

static void serve(struct job *job) {
    struct launcher *l = &job->launcher;
    l->request = (struct frame_reader){.bytes = sys_pages(REQUEST_LIMIT), .limit = REQUEST_LIMIT};
    l->replies = (struct outbox){.bytes = sys_pages(REPORT_LIMIT + 64), .size = REPORT_LIMIT + 64};
    int result = sys_failed(l->request.bytes) || sys_failed(l->replies.bytes) ? -ENOMEM : 0;
    while (result == 0) {
        result = frame_read(&l->request, job->connection);
    }
    if (result < 0) {
        return;
    }
    const uint8_t *payload = l->request.bytes + FRAME_HEADER;
    size_t length = l->request.have - FRAME_HEADER;
    if (l->request.bytes[0] == FRAME_PROGRAM) {
        start_container(job, length);
        return;
    }
    bool task = l->request.bytes[0] == FRAME_TASK && length > TASK_PAIR_AT && (payload[TASK_PAIR_AT] == PAIR_NONE || payload[TASK_PAIR_AT] == ONLY_PAIR);
    if (!task || (payload[TASK_PAIR_AT] == ONLY_PAIR && await_stream(job, get_u32(payload)) < 0)) {
        return;
    }
    if (task_begin(l, payload, length)) {
        serve_task(job);
    }
}

static int ready(void) {
    char line[CALLER_LIMIT + 8] = "ready ";
    char *end = caller_word(line + text_length(line));
    *end++ = '\n';
    write_all(1, line, (size_t)(end - line));
    int null = (int)TRY(sys_openat(AT_FDCWD, "/dev/null", O_RDWR, 0));
    TRY(SYS(dup3, null, 1, 0));
    TRY(SYS(dup3, null, 2, 0));
    sys_close(null);
    return 0;
}

static void begin(struct job *job, int listener) {
    job->connection = accept_friend(listener);
    if (job->connection < 0) {
        return;
    }
    if (sys_fork() == 0) {
        sys_sigaction(SIGCHLD, 0);
        sys_close(listener);
        sys_close(0);
        serve(job);
        sys_exit(0);
    }
    sys_close(job->connection);
}

/* Its program's end is the end of its input; a death signal would come with the end of whatever thread started it (prctl(2)). */
static void listen_until_end(struct job *job, int listener) {
    struct pollfd fds[2] = {{.fd = 0, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
    while (true) {
        uint8_t byte;
        if (sys_poll(fds, 2, -1) < 0) {
            continue;
        }
        if (fds[0].revents != 0 && sys_read(0, &byte, 1) <= 0) {
            return;
        }
        if (fds[1].revents != 0) {
            begin(job, listener);
        }
    }
}

static void remove_folder(const char *path) {
    char folder[ADDRESS_PATH];
    text_copy(folder, sizeof folder, path);
    size_t slash = text_length(folder);
    while (slash > 0 && folder[slash] != '/') {
        slash--;
    }
    folder[slash] = 0;
    sys_unlinkat(AT_FDCWD, path, 0);
    sys_unlinkat(AT_FDCWD, folder, AT_REMOVEDIR);
}

int library_main(const struct process *process, const char *socket) {
    struct job job = {.path = socket, .launcher = {.process = process}};
    SYS(umask, 077);
    sys_raw(__NR_setsid, 0, 0, 0, 0, 0, 0); /* what the keyboard sends is the program's */
    sys_sigmask(UINT64_C(1) << (SIGPIPE - 1), NULL);
    sys_sigaction(SIGCHLD, 1 /* SIG_IGN: jobs leave no zombies */);
    int listener = listen_at(socket);
    job.launcher.image = listener < 0 ? listener : image_seal();
    int result = job.launcher.image < 0 ? job.launcher.image : ready();
    if (result < 0) {
        char words[64];
        char *end = text_pair(words, "cannot listen: errno ", (uint64_t)-result);
        write_all(1, words, (size_t)(end - words));
        return EXIT_OWN;
    }
    listen_until_end(&job, listener);
    remove_folder(socket);
    return 0;
}
