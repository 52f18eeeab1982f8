/* The probe's subcommands: one small thing each, for tests of exit codes, streams, signals, limits. */
#include "probe.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <unistd.h>

static bool write_all(int fd, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t n = write(fd, bytes, count);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        bytes += n < 0 ? 0 : n;
        count -= n < 0 ? 0 : (size_t)n;
    }
    return true;
}

static int copy(int to) {
    char bytes[65536];
    ssize_t n;
    while ((n = read(STDIN_FILENO, bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR)) {
        if (n > 0 && !write_all(to, bytes, (size_t)n)) {
            return 1;
        }
    }
    return n < 0;
}

static int flood(long long count) {
    char line[64];
    for (long long at = 0; at < count; at += 64) {
        memset(line, 'x', sizeof line - 1);
        line[snprintf(line, sizeof line, "%lld ", at)] = 'x';
        line[sizeof line - 1] = '\n';
        if (!write_all(STDOUT_FILENO, line, (size_t)(count - at < 64 ? count - at : 64))) {
            return 1;
        }
    }
    return 0;
}

static void print_size(void) {
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
        printf("%d %d\n", size.ws_row, size.ws_col);
    } else {
        printf("%s\n", error_name(errno));
    }
    fflush(stdout);
}

static int block_all(void) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    return signalfd(-1, &all, SFD_CLOEXEC);
}

static int window_size(void) {
    sigset_t change;
    sigemptyset(&change);
    sigaddset(&change, SIGWINCH);
    sigprocmask(SIG_BLOCK, &change, NULL);
    int signals = signalfd(-1, &change, SFD_CLOEXEC);
    print_size();
    for (;;) {
        struct pollfd fds[2] = {{STDIN_FILENO, POLLIN, 0}, {signals, POLLIN, 0}};
        if (poll(fds, 2, -1) < 0) {
            return 1;
        }
        if (fds[1].revents != 0) {
            struct signalfd_siginfo info;
            if (read(signals, &info, sizeof info) == (ssize_t)sizeof info) {
                print_size();
            }
        }
        char ignored[256];
        if (fds[0].revents != 0 && read(STDIN_FILENO, ignored, sizeof ignored) <= 0) {
            return 0;
        }
    }
}

static int wait_signal(void) {
    int signals = block_all();
    puts("ready");
    fflush(stdout);
    struct signalfd_siginfo info;
    if (read(signals, &info, sizeof info) != (ssize_t)sizeof info) {
        return 1;
    }
    const char *name = sigabbrev_np((int)info.ssi_signo);
    if (name != NULL) {
        printf("SIG%s\n", name);
    } else {
        printf("SIG%u\n", info.ssi_signo);
    }
    return 0;
}

static int fork_orphan(void) {
    pid_t child = fork();
    if (child < 0) {
        return 1;
    }
    if (child == 0) {
        pid_t grandchild = fork();
        if (grandchild == 0) {
            sleep(60);
            _exit(0);
        }
        printf("%d\n", grandchild);
        fflush(stdout);
        _exit(0);
    }
    sleep(1); /* the child is not waited for: it is a zombie until this process ends or somebody else reaps it */
    return 0;
}

static int use_memory(size_t megabytes) {
    for (size_t i = 0; i < megabytes; i++) {
        char *block = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (block == MAP_FAILED) {
            printf("%s after %zu MB\n", error_name(errno), i);
            return 1;
        }
        memset(block, 1 + (int)(i % 255), 1 << 20);
    }
    puts("survived");
    return 0;
}

static int write_file(const char *path) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    int code = fd < 0 ? 1 : copy(fd);
    if (fd < 0 || code != 0 || close(fd) != 0) {
        puts(error_name(errno));
        return 1;
    }
    return 0;
}

bool act(int argc, char **argv, int *code) {
    const char *name = argv[1];
    const char *argument = argc > 2 ? argv[2] : NULL;
    if (argc > 3) {
        return false;
    }
    if (argument != NULL) {
        if (strcmp(name, "exit") == 0) {
            *code = atoi(argument);
        } else if (strcmp(name, "kill") == 0) {
            kill(getpid(), atoi(argument));
            sleep(1); /* the first process of a namespace is deaf to what it does not handle */
            *code = 1;
        } else if (strcmp(name, "sleep") == 0) {
            *code = (int)sleep((unsigned)atoi(argument));
        } else if (strcmp(name, "flood") == 0) {
            *code = flood(atoll(argument));
        } else if (strcmp(name, "oom") == 0) {
            *code = use_memory((size_t)atol(argument));
        } else if (strcmp(name, "write") == 0) {
            *code = write_file(argument);
        } else {
            return false;
        }
        return true;
    }
    if (strcmp(name, "echo") == 0) {
        *code = copy(STDOUT_FILENO);
    } else if (strcmp(name, "winsize") == 0) {
        *code = window_size();
    } else if (strcmp(name, "waitsig") == 0) {
        *code = wait_signal();
    } else if (strcmp(name, "fork-orphan") == 0) {
        *code = fork_orphan();
    } else {
        return false;
    }
    return true;
}
