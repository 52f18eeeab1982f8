/* Instructions that make, meet and become processes. */
#include "pilot.h"
#include <linux/memfd.h>
#include <linux/wait.h>

enum { SWEEPER_MS = 10000, HELPER_WORDS = 4096, F_ADD_SEALS_ = 1033, SEAL_SHRINK = 2, SEAL_GROW = 4 };

enum { SIGNAL_COUNT = 64, FAULT_COUNT = 7, INIT_GROUP = 1, INIT_VISIBLE = 2 };

/* clone */

int op_clone(struct context *ctx, const struct instruction *i) {
    int pidfd = -1;
    int cgroup = fd_at(i, 2);
    uint32_t strand = (uint32_t)i->operands[1];
    bool for_parent = (i->operands[0] & CLONE_PARENT) != 0;
    struct clone_args args = {
        .flags = i->operands[0] | CLONE_PIDFD | (cgroup >= 0 ? CLONE_INTO_CGROUP : 0),
        .pidfd = (uintptr_t)&pidfd,
        .exit_signal = for_parent ? 0 : SIGCHLD,
        .cgroup = cgroup >= 0 ? (unsigned)cgroup : 0,
    };
    long pid = TRY(SYS(clone3, &args, sizeof args));
    if (pid == 0) {
        ctx->is_child = true;
        ctx->report = fd_at(i, 4);
        ctx->executing = false;
        ctx->last_pid = 0;
        ctx->sticky = 0;
        memset(ctx->children, 0, sizeof ctx->children);
        if (ctx->watcher >= 0) {
            sys_close(ctx->watcher);
            ctx->watcher = FD_REPLIES;
        }
        if (fd_at(i, 3) >= 0) {
            sys_close(fd_at(i, 3));
        }
        if ((ctx->program.header->flags & PROGRAM_PROBE) == 0) {
            sys_close(ctx->launcher); /* or the launcher would not see the end of the pilot */
            ctx->launcher = -1;
        }
        run_child(ctx, strand);
    }
    ctx->last_pid = (int)pid;
    ctx->children[strand] = (struct child){.pid = for_parent ? 0 : (int)pid, .pidfd = i->dst, .socket = fd_at(i, 3)};
    if (fd_at(i, 4) >= 0) {
        sys_close(fd_at(i, 4));
    }
    if (ctx->watcher >= 0) {
        sys_close(FD_REPLIES);
    }
    return place_fd(pidfd, i->dst);
}

/* barriers */

long send_with(int socket, const void *bytes, size_t length, int fd, int flags) {
    struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = length};
    struct passed_fd control = {.length = 20, .level = SOL_SOCKET, .type = SCM_RIGHTS, .fd = fd};
    struct msghdr message = {.parts = &part, .part_count = 1, .control = fd < 0 ? NULL : &control, .control_length = fd < 0 ? 0 : sizeof control};
    return sys_sendmsg(socket, &message, flags);
}

/* The pid behind a process's descriptor, as our procfs counts; 0 if it has ended. */
int pid_of(int pidfd) {
    char text[512];
    char path[48];
    text_pair(path, "/proc/self/fdinfo/", (uint64_t)pidfd);
    CLOSING int fd = (int)sys_openat(AT_FDCWD, path, O_RDONLY, 0);
    long n = fd < 0 ? -1 : sys_read(fd, text, sizeof text - 1);
    text[n < 0 ? 0 : n] = 0;
    const char *pid = text_line(text, "Pid:\t");
    return pid == NULL ? 0 : (int)text_number(&pid);
}

static int send_barrier(int socket, uint32_t code, int fd) {
    uint8_t bytes[5] = {'B'};
    memcpy(bytes + 1, &code, sizeof code);
    TRY(send_with(socket, bytes, sizeof bytes, fd, 0));
    return 0;
}

/*
 * A peer that closed with unread bytes leaves ECONNRESET in
 * front of what it had sent: read on.
 */
long receive_with(int socket, uint8_t bytes[MESSAGE_LIMIT], int *fd, int flags) {
    struct iovec part = {.iov_base = bytes, .iov_len = MESSAGE_LIMIT};
    struct passed_fd control = {0};
    struct msghdr message = {.parts = &part, .part_count = 1, .control = &control, .control_length = sizeof control};
    long n = sys_recvmsg(socket, &message, flags);
    if (n == -ECONNRESET) {
        n = sys_recvmsg(socket, &message, flags);
    }
    int came = n >= 0 && control.length == 20 && control.level == SOL_SOCKET && control.type == SCM_RIGHTS ? control.fd : -1;
    if (fd != NULL) {
        *fd = came;
    } else if (came >= 0) {
        sys_close(came);
    }
    return n;
}

/* A failure that another process met becomes ours, word for word. */
static int adopt(struct context *ctx, const uint8_t *bytes, long n) {
    if (n != 1 + (long)sizeof ctx->failure || bytes[0] != 'F') {
        return -EPROTO;
    }
    memcpy(&ctx->failure, bytes + 1, sizeof ctx->failure);
    ctx->failure.text[sizeof ctx->failure.text - 1] = 0;
    ctx->failure.flags |= FAILURE_FOREIGN;
    uint32_t error = ctx->failure.error;
    return error > 0 && error < 4096 ? -(int)error : -EPROTO;
}

/* What a process that died may have left behind in the socket: `otherwise` if it said nothing. */
static int last_words(struct context *ctx, int socket, int otherwise) {
    uint8_t bytes[MESSAGE_LIMIT];
    long n;
    while (socket >= 0 && (n = receive_with(socket, bytes, NULL, MSG_DONTWAIT)) > 0) {
        if (bytes[0] == 'F') {
            return adopt(ctx, bytes, n);
        }
    }
    return otherwise;
}

int words_of_children(struct context *ctx, int otherwise) {
    for (unsigned k = 0; k < STRAND_COUNT && (ctx->failure.flags & FAILURE_FOREIGN) == 0; k++) {
        int error = ctx->children[k].pid > 0 ? last_words(ctx, ctx->children[k].socket, 0) : 0;
        if ((ctx->failure.flags & FAILURE_FOREIGN) != 0) {
            return error;
        }
    }
    return otherwise;
}

int op_send(struct context *ctx, const struct instruction *i) {
    int result = send_barrier(fd_at(i, 0), (uint32_t)i->operands[1], fd_at(i, 2));
    return result == -EPIPE || result == -ECONNRESET ? last_words(ctx, fd_at(i, 0), -EPIPE) : result;
}

int op_recv(struct context *ctx, const struct instruction *i) {
    uint8_t bytes[MESSAGE_LIMIT];
    uint32_t code = 0;
    int fd = -1;
    long n = receive_with(fd_at(i, 0), bytes, i->dst == DST_NONE ? NULL : &fd, 0);
    if (n <= 0) {
        return n == 0 ? -EPIPE : (int)n;
    }
    if (n == 5 && bytes[0] == 'B') {
        memcpy(&code, bytes + 1, sizeof code);
    }
    if (code != i->operands[1]) {
        if (fd >= 0) {
            sys_close(fd);
        }
        return adopt(ctx, bytes, n);
    }
    if (i->dst != DST_NONE) {
        TRY(fd < 0 ? -EPROTO : place_fd(fd, i->dst));
    }
    if (code == BARRIER_PROCESS && i->dst != DST_NONE) {
        ctx->last_pid = pid_of(i->dst); /* made for us by another process (CLONE_PARENT) */
    }
    if (i->operands[2] != 1) {
        return 0;
    }
    n = receive_with(fd_at(i, 0), bytes, NULL, 0);
    return n <= 0 ? (int)n : adopt(ctx, bytes, n);
}

/* As a shell counts: the exit code, or 128 and the signal. */
static uint32_t exit_code(const struct child_status *status) {
    return (uint32_t)(status->code == CLD_EXITED ? status->status : 128 + status->status);
}

int await_child(struct context *ctx, int pidfd) {
    struct child_status status = {0};
    TRY(sys_waitid(P_PIDFD_, pidfd, &status, __WALL | WEXITED));
    int socket = -1;
    for (unsigned s = 0; s < STRAND_COUNT; s++) {
        if (ctx->children[s].pid == status.pid) {
            ctx->children[s].pid = 0;
            socket = ctx->children[s].socket;
        }
    }
    ctx->failure.argument = exit_code(&status);
    return ctx->failure.argument == 0 ? 0 : last_words(ctx, socket, -EREMOTEIO);
}

int op_wait(struct context *ctx, const struct instruction *i) {
    return await_child(ctx, fd_at(i, 0));
}

/* Opened first, then looked at: who ends meanwhile and leaves the number to another is found out by the start time. */
int op_process(struct context *ctx, const struct instruction *i) {
    (void)ctx;
    int pid = (int)i->operands[0];
    long fd = TRY(SYS(pidfd_open, pid, 0));
    if (stat_field(pid, STAT_START) != i->operands[1]) {
        sys_close((int)fd);
        return -ESRCH;
    }
    return place_fd(fd, i->dst);
}

/* programs */

static void default_signals(void) {
    for (int signal = 1; signal <= SIGNAL_COUNT; signal++) {
        sys_sigaction(signal, 0);
    }
    sys_sigmask(0, NULL);
}

/* Pointers to `count` strings laid end to end, and a NULL: fresh pages, which go with the process that is about to execute. */
static const char **vector_of(const struct context *ctx, uint64_t at, uint64_t count) {
    const char **pointers = sys_pages((count + 1) * sizeof *pointers);
    if (sys_failed(pointers)) {
        return NULL;
    }
    for (uint64_t k = 0; k < count && at < ctx->program.data_length; k++) { /* PUTPID wrote over a NUL that the check had counted */
        pointers[k] = ctx->program.data + at;
        at += text_length(pointers[k]) + 1;
    }
    return pointers;
}

/* Operands: where argv is, and how many; the same of envp. Returns only if it failed. */
static int execute(const struct context *ctx, const char *path, const uint64_t operands[4]) {
    const char **argv = vector_of(ctx, operands[0], operands[1]);
    const char **envp = vector_of(ctx, operands[2], operands[3]);
    return argv == NULL || envp == NULL ? -ENOMEM : (int)SYS(execve, path, argv, envp);
}

int op_exec(struct context *ctx, const struct instruction *i) {
    if (!ctx->executing) {
        default_signals();
        if (ctx->report >= 0) {
            TRY(send_barrier(ctx->report, BARRIER_EXECUTING, -1)); /* the parent is gone, and its container goes with it */
        }
        ctx->executing = true;
    }
    failure_text(ctx, text_at(ctx, i->operands[0]));
    return execute(ctx, text_at(ctx, i->operands[0]), i->operands + 1);
}

/* spawn */

/* `pair` is close-on-exec: it carries the errno of a failed execve, and its reader's life tells that the parent lives. */
_Noreturn static void helper_main(const struct context *ctx, const uint64_t operands[4], int input, int words, const int pair[2]) {
    struct pollfd writer = {.fd = pair[1]};
    sys_close(pair[0]);
    sys_prctl(1 /* PR_SET_PDEATHSIG */, SIGKILL);
    if (sys_poll(&writer, 1, 0) != 0) {
        sys_exit(1); /* the parent died before the death signal was set */
    }
    default_signals();
    if (input >= 0) {
        SYS(dup3, input, 0, 0);
    }
    if (words >= 0) {
        SYS(dup3, words, 2, 0);
    }
    int32_t error = execute(ctx, text_at(ctx, operands[0]), operands);
    sys_write(pair[1], &error, sizeof error);
    sys_exit(127);
}

int start_helper(const struct context *ctx, const uint64_t operands[4], int input, int words, int *pidfd) {
    struct clone_args args = {.flags = CLONE_PIDFD, .pidfd = (uintptr_t)pidfd, .exit_signal = SIGCHLD};
    int pair[2];
    TRY(sys_pipe2(pair, O_CLOEXEC));
    long result = SYS(clone3, &args, sizeof args);
    if (result == 0) {
        helper_main(ctx, operands, input, words, pair);
    }
    sys_close(pair[1]);
    int32_t error = result < 0 ? (int32_t)result : 0;
    if (result > 0) {
        sys_read(pair[0], &error, sizeof error);
    }
    sys_close(pair[0]);
    return error;
}

/* What the helper wrote to stderr explains its failure: at most one page, in memory. */
static void helper_words(struct context *ctx, int words) {
    char text[sizeof ctx->failure.text + 1];
    long n = SYS(pread64, words, text, sizeof text - 1, 0);
    text[n < 0 ? 0 : n] = 0;
    for (size_t length = text_length(text); length > 0 && text[length - 1] == '\n'; length--) {
        text[length - 1] = 0;
    }
    if (text[0] != 0) {
        failure_text(ctx, text);
    }
}

/* A sweep waits for nobody for ever: what hangs there is killed. */
static int await_helper(struct context *ctx, int pidfd) {
    struct child_status status = {0};
    struct pollfd end = {.fd = pidfd, .events = POLLIN};
    if (sweeps(ctx->strand) && sys_poll(&end, 1, SWEEPER_MS) == 0) {
        sys_pidfd_signal(pidfd, SIGKILL);
    }
    TRY(sys_waitid(P_PIDFD_, pidfd, &status, __WALL | WEXITED));
    ctx->failure.argument = exit_code(&status);
    return ctx->failure.argument == 0 ? 0 : -EREMOTEIO;
}

/* A file that cannot grow, so that a helper that never stops talking costs one page and does not block. */
static int words_file(void) {
    int fd = (int)TRY(SYS(memfd_create, "stderr", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    SYS(ftruncate, fd, HELPER_WORDS);
    sys_fcntl(fd, F_ADD_SEALS_, SEAL_GROW | SEAL_SHRINK);
    return fd;
}

int op_spawn(struct context *ctx, const struct instruction *i) {
    CLOSING int input = i->operands[5] == 0 ? -1 : TRY(memory_file("stdin", text_at(ctx, i->operands[4]), i->operands[5]));
    CLOSING int words = i->dst != DST_NONE ? -1 : words_file();
    int pidfd = -1;
    failure_text(ctx, text_at(ctx, i->operands[0]));
    int result = start_helper(ctx, i->operands, input, words, &pidfd);
    if (result == 0 && i->dst != DST_NONE) {
        return place_fd(pidfd, i->dst);
    }
    if (pidfd >= 0) {
        int ended = await_helper(ctx, pidfd);
        if (result == 0 && ended == -EREMOTEIO) {
            helper_words(ctx, words);
        }
        result = result == 0 ? ended : result;
        sys_close(pidfd);
    }
    return result;
}

/* init: the duties of pid 1 (signals on, children reaped, end with the one that counts) */

static uint64_t forwarded_signals(void) {
    static const uint8_t faults[FAULT_COUNT] = {SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGABRT, SIGTRAP, SIGSYS};
    uint64_t mask = UINT64_MAX;
    for (unsigned k = 0; k < FAULT_COUNT; k++) {
        mask &= ~(UINT64_C(1) << (faults[k] - 1));
    }
    return mask;
}

static void reap(int child) {
    int status;
    long pid;
    while ((pid = sys_wait4(-1, &status, WNOHANG)) > 0) {
        if (pid == child) {
            int signal = status & 0x7f;
            sys_exit(signal != 0 ? 128 + signal : status >> 8 & 0xff);
        }
    }
}

/* Blocked signals are queued even for pid 1, which otherwise would not get those without a handler. */
_Noreturn static void init_main(int child, uint64_t flags, uint64_t signals) {
    SYS(close_range, 3, UINT32_MAX);
    if ((flags & INIT_VISIBLE) != 0) {
        sys_prctl(4 /* PR_SET_DUMPABLE */, 1); /* else its memory counts as the host's, and nobody without CAP_SYS_PTRACE there may join its namespaces */
    }
    sys_prctl(15 /* PR_SET_NAME */, (uintptr_t)"wherry-init");
    for (;;) {
        long signal = sys_raw(__NR_rt_sigtimedwait, ADDRESS(&signals), 0, 0, 8, 0, 0);
        if (signal == SIGCHLD) {
            reap(child);
        } else if (signal > 0 && signal != SIGTTIN && signal != SIGTTOU) {
            sys_kill((flags & INIT_GROUP) != 0 ? -child : child, (int)signal);
        }
    }
}

int op_init(struct context *ctx, const struct instruction *i) {
    (void)ctx;
    uint64_t signals = forwarded_signals();
    uint64_t old = 0;
    sys_sigmask(signals, &old);
    long pid = sys_fork();
    if (pid > 0) {
        init_main((int)pid, i->operands[0], signals);
    }
    if (pid == 0) {
        /* A group of its own, in front if there is a terminal; SIGTTOU is blocked here, so the call does not stop us. */
        int group = (int)sys_getpid();
        sys_raw(__NR_setpgid, 0, 0, 0, 0, 0, 0);
        sys_ioctl(0, 0x5410 /* TIOCSPGRP */, &group);
    }
    sys_sigmask(old, NULL);
    return pid < 0 ? (int)pid : 0;
}

/* the rest belongs to other files */

int op_monitor(struct context *ctx, const struct instruction *i) {
    return monitor_main(ctx, fd_at(i, 0), (const uint8_t *)ctx->program.data + i->operands[1]);
}

int op_trees(struct context *ctx, const struct instruction *i) {
    return trees_main(ctx, fd_at(i, 0), fd_at(i, 1), (uint32_t)i->operands[2], fd_at(i, 3));
}
