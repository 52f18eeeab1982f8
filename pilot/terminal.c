/* See terminal.h. */
#include "terminal.h"
#include <linux/close_range.h>

enum { TCGETS_ = 0x5401, TCSETS_ = 0x5402, TIOCGWINSZ_ = 0x5413 };

bool terminal_size(int fd, uint16_t size[4]) {
    return sys_ioctl(fd, TIOCGWINSZ_, size) == 0;
}

/*
 * The guard: a process that does nothing but wait until the launcher says "all is well" (one byte) or is gone (end of file). It leaves the
 * launcher's session's foreground group alone: no signal of the keyboard reaches it, and SIGTTOU must not stop it.
 */
_Noreturn static void guard_main(const struct terminal *terminal, int pipe) {
    char byte;
    int fd = (int)sys_fcntl(terminal->fd, F_DUPFD_CLOEXEC, 64);
    int end = (int)sys_fcntl(pipe, F_DUPFD_CLOEXEC, 65);
    SYS(close_range, 0, 63);
    SYS(close_range, (fd > end ? fd : end) + 1, UINT32_MAX);
    sys_raw(__NR_setpgid, 0, 0, 0, 0, 0, 0);
    sys_sigmask(UINT64_MAX, NULL);
    sys_prctl(15 /* PR_SET_NAME */, (uintptr_t)"wherry-guard");
    if (sys_read(end, &byte, 1) == 0) {
        sys_ioctl(fd, TCSETS_, &terminal->saved);
    }
    sys_exit(0);
}

/* Changes the modes, with a guard that knows how they were. */
static int change(struct terminal *terminal, int fd, void (*how)(struct termios *)) {
    int pair[2];
    long result = sys_ioctl(fd, TCGETS_, &terminal->saved);
    if (result == 0) {
        result = sys_pipe2(pair, O_CLOEXEC);
    }
    if (result < 0) {
        return (int)result;
    }
    terminal->fd = fd;
    result = sys_fork();
    if (result == 0) {
        sys_close(pair[1]);
        guard_main(terminal, pair[0]);
    }
    sys_close(pair[0]);
    if (result < 0) {
        sys_close(pair[1]);
        return (int)result;
    }
    terminal->guard = (int)result;
    terminal->guard_pipe = pair[1];
    struct termios changed = terminal->saved;
    how(&changed);
    result = sys_ioctl(fd, TCSETS_, &changed);
    if (result < 0) {
        terminal_restore(terminal);
    }
    return (int)result;
}

static void make_raw(struct termios *raw) {
    raw->c_iflag &= ~(unsigned)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    raw->c_oflag &= ~(unsigned)OPOST;
    raw->c_lflag &= ~(unsigned)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    raw->c_cflag = (raw->c_cflag & ~(unsigned)(CSIZE | PARENB)) | CS8;
    raw->c_cc[VMIN] = 1;
    raw->c_cc[VTIME] = 0;
}

/* Only the line's end shows. */
static void make_quiet(struct termios *quiet) {
    quiet->c_lflag = (quiet->c_lflag & ~(unsigned)ECHO) | ICANON | ISIG | ECHONL;
}

int terminal_raw(struct terminal *terminal, int fd) {
    return change(terminal, fd, make_raw);
}

int terminal_quiet(struct terminal *terminal, int fd) {
    return change(terminal, fd, make_quiet);
}

void terminal_restore(struct terminal *terminal) {
    if (terminal->guard == 0) {
        return;
    }
    uint64_t mask = 0;
    sys_sigmask(UINT64_MAX, &mask); /* in the background SIGTTOU would stop us */
    sys_ioctl(terminal->fd, TCSETS_, &terminal->saved);
    sys_sigmask(mask, NULL);
    sys_write(terminal->guard_pipe, "", 1);
    sys_close(terminal->guard_pipe);
    sys_wait4(terminal->guard, NULL, 0);
    terminal->guard = 0;
}
