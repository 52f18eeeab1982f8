/*
 * The kernel as the pilot sees it: raw system calls that return a result or -errno, and the few types and numbers that the
 * kernel's own headers do not give to user programs. x86-64; another architecture changes sys_raw and start.c.
 */
#pragma once
#include "text.h"
#include <asm/errno.h>
#include <asm/poll.h>
#include <linux/fcntl.h>
#include <asm/signal.h>
#include <asm/stat.h>
#include <asm/statfs.h>
#include <asm/unistd.h>
#include <linux/mman.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/stat.h>
#include <linux/time_types.h>
#include <linux/uio.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* memory.c; gcc emits calls to these by itself. */
void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);

static inline long sys_raw(long nr, long a, long b, long c, long d, long e, long f) {
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
    return result;
}

/* The one place where EINTR is retried. Not for close (the descriptor is gone all the same), poll, or waits with a time. */
static inline long sys_retry(long nr, long a, long b, long c, long d, long e) {
    long result;
    do {
        result = sys_raw(nr, a, b, c, d, e, 0);
    } while (result == -EINTR);
    return result;
}

#define ADDRESS(pointer) ((long)(uintptr_t)(pointer))



#define AF_UNIX 1
#define AF_NETLINK 16
#define SOCK_STREAM 1
#define SOCK_SEQPACKET 5
#define SOCK_CLOEXEC 02000000
#define SOCK_NONBLOCK 04000
#define SOL_SOCKET 1
#define SCM_RIGHTS 1
#define MSG_DONTWAIT 0x40
#define MSG_NOSIGNAL 0x4000
#define MSG_CMSG_CLOEXEC 0x40000000
#define MSG_CTRUNC 8
#define MSG_TRUNC 0x20

#define S_IFMT_ 0170000u
#define P_PIDFD_ 3
#define CLD_EXITED 1

struct msghdr {
    void *name;
    uint32_t name_length;
    uint32_t pad0;
    struct iovec *parts;
    size_t part_count;
    void *control;
    size_t control_length;
    uint32_t flags;
    uint32_t pad1;
};

/* A control message with one descriptor: cmsghdr, the number, padding. */
struct passed_fd {
    size_t length;
    int level;
    int type;
    int fd;
    int pad;
};

/* The kernel's siginfo as waitid fills it for a child. */
struct child_status {
    int signo, error, code, pad;
    int pid;
    uint32_t uid;
    int status;
    uint8_t rest[100];
};

struct directory_entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

struct kernel_sigaction {
    uintptr_t handler;
    unsigned long flags;
    uintptr_t restorer;
    uint64_t mask;
};

/* A call by its name, its arguments turned into the kernel's words: `SYS(fchown, fd, uid, gid)`. At most five arguments, retried on EINTR. */
#define SYS(name, ...) SYS_PICK(__VA_ARGS__, SYS_5, SYS_4, SYS_3, SYS_2, SYS_1)(__NR_##name, __VA_ARGS__)
#define SYS_PICK(a, b, c, d, e, picked, ...) picked
#define SYS_1(nr, a) sys_retry(nr, (long)(a), 0, 0, 0, 0)
#define SYS_2(nr, a, b) sys_retry(nr, (long)(a), (long)(b), 0, 0, 0)
#define SYS_3(nr, a, b, c) sys_retry(nr, (long)(a), (long)(b), (long)(c), 0, 0)
#define SYS_4(nr, a, b, c, d) sys_retry(nr, (long)(a), (long)(b), (long)(c), (long)(d), 0)
#define SYS_5(nr, a, b, c, d, e) sys_retry(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))

static inline long sys_openat(int dir, const char *path, int flags, int mode) { return SYS(openat, dir, path, flags | O_CLOEXEC, mode); }
static inline long sys_openat2(int dir, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {.flags = flags | O_CLOEXEC, .mode = mode, .resolve = resolve};
    long result = -EAGAIN;
    for (int tries = 0; result == -EAGAIN && tries < 128; tries++) { /* a rename elsewhere came between: openat2(2) asks to try again */
        result = SYS(openat2, dir, path, &how, sizeof how);
    }
    return result;
}
static inline long sys_close(int fd) { return sys_raw(__NR_close, fd, 0, 0, 0, 0, 0); }
static inline long sys_read(int fd, void *to, size_t n) { return SYS(read, fd, to, n); }
static inline long sys_write(int fd, const void *from, size_t n) { return SYS(write, fd, from, n); }
static inline long sys_fcntl(int fd, int command, long argument) { return SYS(fcntl, fd, command, argument); }
static inline long sys_ioctl(int fd, unsigned long request, const void *argument) { return SYS(ioctl, fd, request, argument); }
static inline long sys_pipe2(int pair[2], int flags) { return SYS(pipe2, pair, flags); }
static inline long sys_fstat(int fd, struct stat *to) { return SYS(fstat, fd, to); }
static inline long sys_unlinkat(int dir, const char *name, int flags) { return SYS(unlinkat, dir, name, flags); }
static inline long sys_renameat(int from, const char *old, int to, const char *new) { return SYS(renameat2, from, old, to, new, 0); }
static inline long sys_poll(struct pollfd *fds, unsigned count, int milliseconds) { return sys_raw(__NR_poll, ADDRESS(fds), count, milliseconds, 0, 0, 0); }
static inline long sys_sendmsg(int fd, const struct msghdr *message, int flags) { return SYS(sendmsg, fd, message, flags | MSG_NOSIGNAL); }
static inline long sys_recvmsg(int fd, struct msghdr *message, int flags) { return SYS(recvmsg, fd, message, flags | MSG_CMSG_CLOEXEC); }
static inline long sys_getpid(void) { return sys_raw(__NR_getpid, 0, 0, 0, 0, 0, 0); }
static inline long sys_kill(int pid, int signal) { return SYS(kill, pid, signal); }
static inline long sys_pidfd_signal(int pidfd, int signal) { return SYS(pidfd_send_signal, pidfd, signal, 0, 0); }
static inline long sys_wait4(int pid, int *status, int options) { return SYS(wait4, pid, status, options, 0); }
static inline long sys_waitid(int kind, int id, struct child_status *to, int options) { return SYS(waitid, kind, id, to, options, 0); }
/* By clone, not clone3: this one also runs behind a container's seccomp filter, which cannot look into clone3's block. */
static inline long sys_fork(void) { return SYS(clone, SIGCHLD, 0, 0, 0, 0); }
static inline long sys_prctl(int option, unsigned long a) { return SYS(prctl, option, a, 0, 0, 0); }
static inline long sys_sigaction(int signal, uintptr_t handler) {
    struct kernel_sigaction action = {.handler = handler};
    return SYS(rt_sigaction, signal, &action, 0, 8);
}
/* Replaces the mask of blocked signals; bit n-1 is signal n. */
static inline long sys_sigmask(uint64_t mask, uint64_t *old) { return SYS(rt_sigprocmask, SIG_SETMASK, &mask, old, 8); }
static inline long sys_clock(int clock, struct __kernel_timespec *to) { return SYS(clock_gettime, clock, to); }
/* Milliseconds of the monotonic clock. */
static inline int64_t sys_now_ms(void) {
    struct __kernel_timespec now = {0};
    sys_clock(1, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
static inline void sys_sleep_ms(long milliseconds) {
    struct __kernel_timespec time = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};
    sys_raw(__NR_nanosleep, ADDRESS(&time), 0, 0, 0, 0, 0);
}
_Noreturn static inline void sys_exit(int code) {
    for (;;) {
        sys_raw(__NR_exit_group, code, 0, 0, 0, 0, 0);
    }
}
/* Zeroed pages, or -errno (test with sys_failed). */
static inline void *sys_pages(size_t length) {
    return (void *)(uintptr_t)sys_raw(__NR_mmap, 0, (long)length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
static inline bool sys_failed(const void *pages) { return (uintptr_t)pages > (uintptr_t)-4096; }
static inline void sys_free_pages(void *pages, size_t length) { SYS(munmap, pages, length); }

/* The value of an expression, unless it is an error: then the function returns that. For functions that return 0 or -errno; not within itself. */
#define TRY(expression) ({ __auto_type result_ = (expression); if (result_ < 0) return (int)result_; result_; })

/* For `CLOSING int fd = …`: closed when the scope is left, unless negative. */
static inline void close_scoped(int *fd) {
    if (*fd >= 0) {
        sys_close(*fd);
    }
}
#define CLOSING __attribute__((cleanup(close_scoped)))
