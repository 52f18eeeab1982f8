/* Containers that another program brings to life: what it is given, and the process that it leaves to us. */
#include "frame.h"

enum { SAID_LIMIT = 4096, RECORD_LIMIT = 1024, ANCESTORS = 64, CONSOLE_MS = 5000, KILLED_MS = 5000, BOOT_ID = 36, CLOCK_BOOT = 7, TICKS = 100, CLOCK_GRAIN_MS = 2000, TOOL_MS = 60000 };

int op_pass(struct context *ctx, const struct instruction *i) {
    (void)ctx;
    return (int)sys_fcntl(fd_at(i, 0), F_SETFD, 0);
}

/* The number behind a text, once all its digits are there: 0 until then. */
static int number_behind(const char *said, const char *key, bool all) {
    while (*said != 0 && !text_starts(said, key)) {
        said++;
    }
    if (*said == 0) {
        return 0;
    }
    said += text_length(key);
    while (*said == ' ') {
        said++;
    }
    uint64_t number = text_number(&said);
    return number > 1 && number < INT32_MAX && (all || *said != 0) ? (int)number : 0;
}

/* Whether there is something to read, or an end of it; not if the tool has ended and left nothing. */
static bool is_said(int fd, int tool) {
    struct pollfd fds[2] = {{.fd = fd, .events = POLLIN}, {.fd = tool, .events = POLLIN}};
    while (sys_poll(fds, 2, -1) < 0) {
    }
    return fds[0].revents != 0 || sys_poll(fds, 1, 0) > 0;
}

/* The pid that a tool wrote, 0 if it wrote none, or -errno. */
static int pid_said(int fd, const char *key, int tool) {
    char said[SAID_LIMIT];
    size_t length = 0;
    int pid = 0;
    long n = 1;
    while (pid == 0 && n > 0 && length < sizeof said - 1 && is_said(fd, tool)) {
        n = TRY(sys_read(fd, said + length, sizeof said - 1 - length));
        length += (size_t)n;
        said[length] = 0;
        pid = number_behind(said, key, n == 0);
    }
    return pid;
}

static bool descends(int pid) {
    int self = (int)sys_getpid();
    for (int steps = 0; pid > 1 && pid != self && steps < ANCESTORS; steps++) {
        pid = (int)stat_field(pid, STAT_PARENT);
    }
    return pid == self;
}

/* Nobody can make us signal a stranger: what a tool names is its child or, behind a tool that has ended, descends from us, who are the subreaper of all that it left. */
static bool is_ours(int pid, int tool) {
    return tool < 0 ? descends(pid) : (int)stat_field(pid, STAT_PARENT) == pid_of(tool);
}

/* The child of a tool which is alone in a namespace of processes with it, so that the number it tells is none of ours. */
static int child_of(int tool) {
    char path[64];
    char list[64];
    int pid = pid_of(tool);
    char *end = text_pair(path, "/proc/", (uint64_t)pid);
    text_copy(text_pair(end, "/task/", (uint64_t)pid), 10, "/children");
    CLOSING int fd = (int)sys_openat(AT_FDCWD, path, O_RDONLY, 0);
    long n = fd < 0 ? 0 : sys_read(fd, list, sizeof list - 1);
    list[n < 0 ? 0 : n] = 0;
    const char *first = list;
    return (int)text_number(&first);
}

/* What the tool had to say, from a pipe that it has closed, or may still hold. */
static void words_of_tool(struct context *ctx, int pipe) {
    char text[sizeof ctx->failure.text + 1];
    if (pipe < 0) {
        return;
    }
    set_nonblocking(pipe);
    long n = sys_read(pipe, text, sizeof text - 1);
    n = n < 0 ? 0 : n;
    while (n > 0 && text[n - 1] == '\n') {
        n--;
    }
    text[n] = 0;
    failure_text(ctx, text);
}

int op_adopt(struct context *ctx, const struct instruction *i) {
    int tool = fd_at(i, 3);
    int pid = TRY(pid_said(fd_at(i, 0), text_at(ctx, i->operands[1]), tool));
    if (pid == 0) {
        words_of_tool(ctx, fd_at(i, 2));
        return -EREMOTEIO;
    }
    pid = tool < 0 || is_ours(pid, tool) ? pid : child_of(tool);
    long pidfd = pid == 0 ? -ESRCH : SYS(pidfd_open, pid, 0);
    if (pidfd == -ESRCH && tool >= 0) { /* it has ended, and the tool has reaped it: the tool's end is its end */
        return place_fd(sys_fcntl(tool, F_DUPFD_CLOEXEC, FD_LAST + 1), i->dst);
    }
    TRY(pidfd);
    if (!is_ours(pid, tool)) {
        sys_close((int)pidfd);
        return -EPERM;
    }
    ctx->last_pid = pid;
    ctx->adopted = i->dst;
    return place_fd(pidfd, i->dst);
}

int op_console(struct context *ctx, const struct instruction *i) {
    (void)ctx;
    uint8_t bytes[MESSAGE_LIMIT];
    struct pollfd listener = {.fd = fd_at(i, 0), .events = POLLIN};
    int terminal = -1;
    if (sys_poll(&listener, 1, CONSOLE_MS) <= 0) {
        return -ETIMEDOUT;
    }
    CLOSING int peer = (int)TRY(SYS(accept4, fd_at(i, 0), 0, 0, SOCK_CLOEXEC));
    struct pollfd message = {.fd = peer, .events = POLLIN};
    if (sys_poll(&message, 1, CONSOLE_MS) <= 0) {
        return -ETIMEDOUT;
    }
    TRY(receive_with(peer, bytes, &terminal, 0));
    return terminal < 0 ? -EPROTO : place_fd(terminal, i->dst);
}

/* A record of another boot is about nobody. */
static bool of_this_boot(const char *record) {
    char id[64] = {0};
    CLOSING int fd = (int)sys_openat(AT_FDCWD, "/proc/sys/kernel/random/boot_id", O_RDONLY, 0);
    const char *recorded = text_line(record, "boot ");
    if (fd < 0 || recorded == NULL || sys_read(fd, id, sizeof id - 1) < BOOT_ID) {
        return false;
    }
    id[BOOT_ID] = 0;
    return text_starts(recorded, id);
}

static uint64_t number_of(const char *record, const char *key) {
    const char *number = text_line(record, key);
    return number == NULL ? 0 : text_number(&number);
}

/* Milliseconds since the boot at which a file was written, by what the clocks say now. */
static int64_t written_ms(const struct stat *file) {
    struct __kernel_timespec wall = {0};
    struct __kernel_timespec boot = {0};
    sys_clock(0, &wall);
    sys_clock(CLOCK_BOOT, &boot);
    int64_t age = (wall.tv_sec - (int64_t)file->st_mtime) * 1000;
    return boot.tv_sec * 1000 - age;
}

/* Whether a process is in a user namespace that is not ours. */
static bool is_walled(int pid) {
    char path[48];
    struct stat own = {0};
    struct stat other = {0};
    text_copy(text_pair(path, "/proc/", (uint64_t)pid), 10, "/ns/user");
    return SYS(stat, "/proc/self/ns/user", &own) == 0 && SYS(stat, path, &other) == 0 && own.st_ino != other.st_ino;
}

/*
 * A record says when its process started. A tool's pid file does not: the process must have started in the minute before that was written, and not since, as one that
 * has the number now would have; and should a clock have been set in between, it still must be no process of this user's own.
 */
static bool is_recorded(int pid, const char *record, const struct stat *file) {
    uint64_t start = stat_field(pid, STAT_START);
    if (record[0] < '0' || record[0] > '9') {
        return start == number_of(record, "start ") && of_this_boot(record);
    }
    int64_t before = written_ms(file) - (int64_t)start * (1000 / TICKS);
    return start > 0 && before > -CLOCK_GRAIN_MS && before < TOOL_MS && is_walled(pid);
}

int op_killrec(struct context *ctx, const struct instruction *i) {
    char record[RECORD_LIMIT];
    struct stat file = {0};
    CLOSING int fd = (int)sys_openat(fd_at(i, 0), text_at(ctx, i->operands[1]), O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
    if (fd < 0) {
        return fd == -ENOENT ? 0 : fd;
    }
    TRY(sys_fstat(fd, &file));
    long n = TRY(sys_read(fd, record, sizeof record - 1));
    record[n] = 0;
    const char *number = record;
    uint64_t pid = *number >= '0' && *number <= '9' ? text_number(&number) : number_of(record, "pid ");
    CLOSING int pidfd = pid > 1 && pid < INT32_MAX ? (int)SYS(pidfd_open, pid, 0) : -1;
    if (pidfd < 0 || !is_recorded((int)pid, record, &file)) {
        return 0;
    }
    struct pollfd end = {.fd = pidfd, .events = POLLIN};
    sys_pidfd_signal(pidfd, SIGKILL);
    return sys_poll(&end, 1, KILLED_MS) == 1 ? 0 : -EBUSY;
}
