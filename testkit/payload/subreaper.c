/*
 * subreaper PROGRAM [ARGUMENT…]: runs a program and lets nothing that descends from it escape.
 *
 * Every descendant whose parent ends becomes a child of this process and is reaped, also where pid 1 reaps nobody. After the program
 * ended, its descendants have two seconds to end by themselves. Those that remain are printed to stderr, one a line:
 * `subreaper: left PID PPID STATE COMMAND LINE`; then they are killed and the exit code is 99. Otherwise it is the program's own, or 128 + n when
 * signal n killed it. SIGTERM, SIGINT, SIGHUP and SIGQUIT go on to the program. If this process is killed, so is the program.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LEFT = 99, BROKEN = 125, GRACE_MS = 2000, MOST_PROCESSES = 65536 };

struct process {
    pid_t pid, parent;
    char state;
    bool ours;
};

static struct process processes[MOST_PROCESSES];

static long milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads a small file of /proc/PID; the length, 0 if the process is gone. */
static size_t read_proc(pid_t pid, const char *name, char *to, size_t size) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    ssize_t n = read(fd, to, size - 1);
    close(fd);
    to[n < 0 ? 0 : n] = 0;
    return n < 0 ? 0 : (size_t)n;
}

static bool parse(pid_t pid, struct process *to) {
    char stat[512];
    read_proc(pid, "stat", stat, sizeof stat);
    const char *after_name = strrchr(stat, ')'); /* the name itself may hold anything */
    *to = (struct process){.pid = pid};
    return after_name != NULL && sscanf(after_name + 1, " %c %d", &to->state, &to->parent) == 2;
}

/* Fills `processes` with all that descend from this one, and returns how many. */
static size_t descendants(void) {
    size_t count = 0;
    DIR *proc = opendir("/proc");
    if (proc == NULL) {
        return 0;
    }
    for (struct dirent *entry; (entry = readdir(proc)) != NULL && count < MOST_PROCESSES;) {
        if (isdigit((unsigned char)entry->d_name[0]) && parse(atoi(entry->d_name), &processes[count])) {
            count++;
        }
    }
    closedir(proc);
    pid_t self = getpid();
    for (bool grown = true; grown;) {
        grown = false;
        for (size_t i = 0; i < count; i++) {
            for (size_t j = 0; !processes[i].ours && j < count; j++) {
                if (processes[i].parent == self || (processes[j].ours && processes[j].pid == processes[i].parent)) {
                    processes[i].ours = grown = true;
                }
            }
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (processes[i].ours) {
            processes[kept++] = processes[i];
        }
    }
    return kept;
}

static void print_left(const struct process *left) {
    char words[1024];
    size_t n = read_proc(left->pid, "cmdline", words, sizeof words);
    for (size_t i = 0; i + 1 < n; i++) {
        if ((unsigned char)words[i] < ' ') {
            words[i] = ' ';
        }
    }
    if (n == 0) {
        n = read_proc(left->pid, "comm", words, sizeof words);
        words[strcspn(words, "\n")] = 0;
    }
    fprintf(stderr, "subreaper: left %d %d %c %s\n", left->pid, left->parent, left->state, n == 0 ? "?" : words);
}

/* Reaps what can be reaped; the program's status goes to *status. False when no child is left. */
static bool reap(pid_t program, int *status) {
    for (;;) {
        int each;
        pid_t pid = waitpid(-1, &each, WNOHANG);
        if (pid < 0 && errno != EINTR) {
            return false;
        }
        if (pid == 0) {
            return true;
        }
        if (pid == program) {
            *status = each;
        }
    }
}

/* Waits for a child to end, at most until the given time (milliseconds); forwards signals to the program while it lives. */
static void wait_signal(const sigset_t *set, long until, pid_t program, bool alive) {
    long left = until - milliseconds();
    struct timespec time = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
    siginfo_t info;
    int signal = left <= 0 ? -1 : sigtimedwait(set, &info, &time);
    /* A key on the terminal reaches the whole foreground group by itself. */
    if (signal > 0 && signal != SIGCHLD && alive && info.si_code != SI_KERNEL) {
        kill(program, signal);
    }
}

static void kill_all(const sigset_t *set, pid_t program) {
    int ignored;
    for (long until = milliseconds() + GRACE_MS; reap(program, &ignored) && milliseconds() < until;) {
        size_t count = descendants();
        for (size_t i = 0; i < count; i++) {
            kill(processes[i].pid, SIGKILL); /* cannot be reused: it is ours to reap, or its parent was just killed */
        }
        wait_signal(set, milliseconds() + 20, program, false);
    }
}

static int code_of(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fputs("usage: subreaper PROGRAM [ARGUMENT…]\n", stderr);
        return BROKEN;
    }
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) {
        perror("subreaper: prctl");
        return BROKEN;
    }
    signal(SIGCHLD, SIG_DFL); /* ignored, as it may come from the caller, the kernel would keep no exit code */
    sigset_t set, before;
    sigemptyset(&set);
    int wanted[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        sigaddset(&set, wanted[i]);
    }
    sigprocmask(SIG_BLOCK, &set, &before);
    pid_t self = getpid();
    pid_t program = fork();
    if (program < 0) {
        perror("subreaper: fork");
        return BROKEN;
    }
    if (program == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        if (getppid() != self) {
            _exit(BROKEN);
        }
        sigprocmask(SIG_SETMASK, &before, NULL);
        execvp(argv[1], argv + 1);
        fprintf(stderr, "subreaper: %s: %s\n", argv[1], strerror(errno));
        _exit(errno == ENOENT ? 127 : 126);
    }

    int status = -1;
    bool children = true;
    while (children && status == -1) {
        children = reap(program, &status);
        if (status == -1) {
            wait_signal(&set, milliseconds() + 10000, program, true);
        }
    }
    for (long until = milliseconds() + GRACE_MS; children && milliseconds() < until;) {
        children = reap(program, &status);
        if (children) {
            wait_signal(&set, until, program, false);
        }
    }
    if (!children) {
        return code_of(status);
    }
    size_t count = descendants();
    for (size_t i = 0; i < count; i++) {
        print_left(&processes[i]);
    }
    fprintf(stderr, "subreaper: %zu left by %s, which ended with %d\n", count, argv[1], code_of(status));
    kill_all(&set, program);
    return LEFT;
}
