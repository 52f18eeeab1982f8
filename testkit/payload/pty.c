/*
 * pty [-s ROWSxCOLUMNS] [-r MS:ROWSxCOLUMNS]… PROGRAM [ARGUMENT…]: runs a program on a terminal of its own.
 *
 * What comes on stdin is typed on the terminal, byte by byte as it is (so \003 is Ctrl-C); the end of stdin is not typed. What the program shows goes to
 * stdout. -s sets the size before the program starts (24x80); -r sets it so many milliseconds after the start, up to 16 times. The
 * terminal closes when the program ends. The exit code is the program's, or 128 + n when signal n ended it; 125 if there is no terminal. After
 * the program's end one line `pty: modes changed` goes to stderr if the terminal's modes are not what they were before.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { BROKEN = 125, MOST_RESIZES = 16 };

struct resize {
    long at;
    struct winsize size;
};

static long milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool parse_size(const char *text, struct winsize *to) {
    return sscanf(text, "%hux%hu", &to->ws_row, &to->ws_col) == 2;
}

static int usage(void) {
    fputs("usage: pty [-s ROWSxCOLUMNS] [-r MS:ROWSxCOLUMNS]… PROGRAM [ARGUMENT…]\n", stderr);
    return BROKEN;
}

static bool write_all(int fd, const char *bytes, ssize_t count) {
    while (count > 0) {
        ssize_t n = write(fd, bytes, (size_t)count);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        bytes += n < 0 ? 0 : n;
        count -= n < 0 ? 0 : n;
    }
    return true;
}

/* As a login shell would find it: whoever runs the tests may ignore or block signals. */
static void default_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int number = 1; number < NSIG; number++) {
        signal(number, SIG_DFL);
    }
}

/* Copies what is there; false at the end. Linux reports the end of a terminal's other side as EIO. */
static bool copy(int from, int to) {
    char bytes[4096];
    ssize_t n = read(from, bytes, sizeof bytes);
    return n > 0 ? write_all(to, bytes, n) : n < 0 && errno == EINTR;
}

/* Forwards both ways until the program has ended and all that it wrote has been read. */
static int forward(int terminal, pid_t program, struct resize *resizes, size_t count) {
    long begin = milliseconds();
    size_t next = 0;
    bool input = true;
    int status = 0;
    bool ended = false;
    for (;;) {
        while (next < count && milliseconds() - begin >= resizes[next].at) {
            ioctl(terminal, TIOCSWINSZ, &resizes[next++].size);
        }
        struct pollfd fds[2] = {{terminal, POLLIN, 0}, {input ? STDIN_FILENO : -1, POLLIN, 0}};
        int ready = poll(fds, 2, ended ? 0 : 10);
        if (ready > 0 && fds[0].revents != 0) {
            if (!copy(terminal, STDOUT_FILENO)) {
                break;
            }
        } else if (ended) {
            return status;
        }
        if (ready > 0 && fds[1].revents != 0) {
            input = copy(STDIN_FILENO, terminal);
        }
        if (!ended && waitpid(program, &status, WNOHANG) == program) {
            ended = true;
        }
    }
    if (!ended) {
        waitpid(program, &status, 0);
    }
    return status;
}

int main(int argc, char **argv) {
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    static struct resize resizes[MOST_RESIZES];
    size_t count = 0;
    int option;
    while ((option = getopt(argc, argv, "+s:r:")) != -1) {
        const char *colon = strchr(optarg == NULL ? "" : optarg, ':');
        if (option == 's' && parse_size(optarg, &size)) {
            continue;
        }
        if (option != 'r' || count == MOST_RESIZES || colon == NULL || !parse_size(colon + 1, &resizes[count].size)) {
            return usage();
        }
        resizes[count++].at = atol(optarg);
    }
    if (optind == argc) {
        return usage();
    }
    signal(SIGCHLD, SIG_DFL); /* ignored, as it may come from the caller, the kernel would keep no exit code */
    int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0) {
        perror("pty: posix_openpt");
        return BROKEN;
    }
    ioctl(terminal, TIOCSWINSZ, &size);
    int other = open(ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios before, after;
    if (other < 0 || tcgetattr(other, &before) != 0) {
        perror("pty: the other side");
        return BROKEN;
    }
    int started[2]; /* closed by the program's exec: what is typed before would reach nobody */
    if (pipe2(started, O_CLOEXEC) != 0) {
        perror("pty: pipe2");
        return BROKEN;
    }
    pid_t self = getpid();
    pid_t program = fork();
    if (program < 0) {
        perror("pty: fork");
        return BROKEN;
    }
    if (program == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        setsid();
        if (getppid() != self || ioctl(other, TIOCSCTTY, 0) != 0) {
            _exit(BROKEN);
        }
        for (int fd = 0; fd < 3; fd++) {
            dup2(other, fd);
        }
        default_signals();
        execvp(argv[optind], argv + optind);
        fprintf(stderr, "pty: %s: %s\n", argv[optind], strerror(errno));
        _exit(errno == ENOENT ? 127 : 126);
    }
    char ignored;
    close(started[1]);
    while (read(started[0], &ignored, 1) < 0 && errno == EINTR) {
    }
    int status = forward(terminal, program, resizes, count);
    if (tcgetattr(other, &after) != 0 || before.c_lflag != after.c_lflag || before.c_iflag != after.c_iflag
            || before.c_oflag != after.c_oflag || before.c_cflag != after.c_cflag) {
        fputs("pty: modes changed\n", stderr);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
