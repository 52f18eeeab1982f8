/* See spawn.h. */
#include "spawn.h"
#include "frame.h"

enum {
    MEMFD_CLOEXEC = 1, MEMFD_SEALS = 2, MEMFD_EXEC = 16, ADD_SEALS = 1033, ALL_SEALS = 15, SET_PIPE_SIZE = 1031, PIPE_WANTED = 1 << 20,
    FIONREAD_ = 0x541B, IMAGE_LIMIT = 1 << 20, SAFE_FD = 64,
};

int image_seal(void) {
    CLOSING int self = (int)TRY(sys_openat(AT_FDCWD, "/proc/self/exe", O_RDONLY, 0));
    long image = SYS(memfd_create, "wherry", MEMFD_CLOEXEC | MEMFD_SEALS | MEMFD_EXEC);
    if (image == -EINVAL) { /* before Linux 6.3 */
        image = SYS(memfd_create, "wherry", MEMFD_CLOEXEC | MEMFD_SEALS);
    }
    long n = image;
    while (n >= 0 && (n = SYS(sendfile, image, self, 0, IMAGE_LIMIT)) > 0) {
    }
    if (n == 0) {
        n = sys_fcntl((int)image, ADD_SEALS, ALL_SEALS);
    }
    if (n < 0 && image >= 0) {
        sys_close((int)image);
    }
    return n < 0 ? (int)n : (int)image;
}

int pilot_socket(int pair[2]) {
    long result = SYS(socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
    if (result == 0) {
        set_nonblocking(pair[0]);
    }
    return (int)result;
}

/* In the child. What the keyboard sends must not end a start halfway; EXEC sets all signals to their defaults. */
static void pilot_exec(const struct pilot_start *start, int program) {
    static const uint8_t ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE};
    const int sources[5] = {program, start->socket, start->stream, start->replies, start->image};
    const char strand[2] = {(char)('0' + start->strand), 0};
    const char *const argv[] = {"wherry-pilot", start->strand == 0 ? NULL : "strand", strand, NULL};
    const char *const envp[] = {NULL};
    int moved[5];
    for (unsigned k = 0; k < 5; k++) {
        moved[k] = sources[k] < 0 ? -1 : (int)sys_fcntl(sources[k], F_DUPFD_CLOEXEC, SAFE_FD);
    }
    for (int k = 0; k < 4; k++) {
        if (moved[k] < 0) {
            sys_close(FD_PROGRAM + k);
        } else {
            SYS(dup3, moved[k], FD_PROGRAM + k, 0);
        }
    }
    for (unsigned k = 0; k < sizeof ignored; k++) {
        sys_sigaction(ignored[k], 1 /* SIG_IGN */);
    }
    sys_sigmask(start->mask, NULL);
    SYS(execveat, moved[4], "", argv, envp, AT_EMPTY_PATH);
}

int pilot_spawn(struct pilot *pilot, const struct pilot_start *start) {
    struct clone_args args = {.flags = CLONE_PIDFD, .pidfd = (uintptr_t)&pilot->pidfd, .exit_signal = SIGCHLD};
    CLOSING int program = memory_file("program", start->program, start->length);
    long pid = program;
    if (program >= 0) {
        pid = SYS(clone3, &args, sizeof args);
        if (pid == 0) {
            pilot_exec(start, program);
            sys_exit(127);
        }
    }
    const int handed_over[3] = {start->socket, start->stream, start->replies};
    for (unsigned k = 0; k < 3; k++) {
        if (handed_over[k] >= 0) {
            sys_close(handed_over[k]);
        }
    }
    pilot->pid = (int)pid;
    return pid < 0 ? (int)pid : 0;
}

int pair_open(struct pair *pair) {
    int data[2];
    int replies[2];
    long result = sys_pipe2(data, O_CLOEXEC);
    if (result == 0) {
        result = sys_pipe2(replies, O_CLOEXEC);
    }
    if (result < 0) {
        return (int)result;
    }
    *pair = (struct pair){
        .data_reader = data[0], .data_writer = data[1], .replies_reader = replies[0], .replies_writer = replies[1]};
    return 0;
}

/* A new descriptor for the other direction of a pipe of which we hold an end. */
static int other_end(int fd, int flags) {
    char path[40] = "/proc/self/fd/";
    text_decimal(path + 14, (uint64_t)fd);
    return (int)sys_openat(AT_FDCWD, path, flags, 0);
}

/* Exactly what a stream that was broken off has left: more may follow once somebody can read. */
static void discard(int reader, int waiting) {
    uint8_t bytes[4096];
    while (waiting > 0) {
        long n = sys_read(reader, bytes, (size_t)waiting < sizeof bytes ? (size_t)waiting : sizeof bytes);
        if (n <= 0) {
            return;
        }
        waiting -= (int)n;
    }
}

/*
 * When a pilot has ended nobody holds the end that it had: the JVM sees EPIPE and end of file. For the next stream the end is made anew.
 * How much is left of the last stream is asked before: without a reader nothing can be added, and the JVM closed that stream before it sent
 * the TASK.
 */
int pair_arm(struct pair *pair) {
    if (pair->data_reader < 0) {
        int data_left = 0;
        int replies_left = 0;
        sys_ioctl(pair->data_writer, FIONREAD_, &data_left);
        sys_ioctl(pair->replies_reader, FIONREAD_, &replies_left);
        discard(pair->replies_reader, replies_left);
        pair->replies_writer = other_end(pair->replies_reader, O_WRONLY);
        pair->data_reader = other_end(pair->data_writer, O_RDONLY);
        discard(pair->data_reader, data_left);
    }
    sys_fcntl(pair->data_writer, SET_PIPE_SIZE, PIPE_WANTED);
    sys_fcntl(pair->replies_reader, SET_PIPE_SIZE, PIPE_WANTED);
    return pair->data_reader < 0 ? pair->data_reader : pair->replies_writer < 0 ? pair->replies_writer : 0;
}
