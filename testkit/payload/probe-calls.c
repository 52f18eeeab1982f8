/*
 * What the kernel answers: which families of sockets open, and one try of each system call that an engine closes or a defence is about.
 * Each try is made by a child of its own and harmless where it is allowed: wrong magic numbers, null targets, undone at once. A kernel checks
 * the right before the argument, so EPERM tells a closed door from EINVAL, EFAULT or EBADF behind an open one; a signal shows as `killed SYS`.
 */
#include "probe.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FAMILIES = 46 };

void facts_sockets(void) {
    static const char *const names[FAMILIES] = {"unspec", "unix", "inet", "ax25", "ipx", "appletalk", "netrom", "bridge", "atmpvc",
        "x25", "inet6", "rose", "decnet", "netbeui", "security", "key", "netlink", "packet", "ash", "econet", "atmsvc", "rds", "sna",
        "irda", "pppox", "wanpipe", "llc", "ib", "mpls", "can", "tipc", "bluetooth", "iucv", "rxrpc", "isdn", "phonet", "ieee802154",
        "caif", "alg", "nfc", "vsock", "kcm", "qipcrtr", "smc", "xdp", "mctp"};
    static const struct {
        int type;
        const char *name;
    } types[] = {{SOCK_STREAM, "stream"}, {SOCK_DGRAM, "dgram"}, {SOCK_SEQPACKET, "seqpacket"}, {SOCK_RAW, "raw"}};
    for (int family = 0; family < FAMILIES; family++) {
        char text[160] = "", name[32];
        size_t length = 0;
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
            bool raw_ip = types[i].type == SOCK_RAW && (family == AF_INET || family == AF_INET6);
            int fd = socket(family, types[i].type | SOCK_CLOEXEC, raw_ip ? IPPROTO_ICMP : 0);
            length += (size_t)snprintf(text + length, sizeof text - length, "%s%s=%s", i ? " " : "", types[i].name,
                    fd >= 0 ? "ok" : error_name(errno));
            if (fd >= 0) {
                close(fd);
            }
        }
        snprintf(name, sizeof name, "socket.%02d.%s", family, names[family]);
        fact(name, "%s", text);
    }
    int ping = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_ICMP);
    fact("socket.ping", "%s", ping >= 0 ? "ok" : error_name(errno));
    close(ping);
}

/* Runs in a child; 0 or an error number is what it exits with. */
typedef long attempt(long argument);

static void try(const char *call, attempt *attempted, long argument) {
    char name[64];
    snprintf(name, sizeof name, "call.%s", call);
    pid_t child = fork();
    if (child < 0) {
        fact(name, "fork %s", error_name(errno));
        return;
    }
    if (child == 0) {
        errno = 0;
        _exit(attempted(argument) >= 0 ? 0 : errno);
    }
    int status = 0;
    while (waitpid(child, &status, WUNTRACED) < 0 && errno == EINTR) {
    }
    if (WIFSTOPPED(status)) { /* a traced child that has nobody to go on for */
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        fact(name, "ok");
    } else if (WIFSIGNALED(status)) {
        fact(name, "killed %s", sigabbrev_np(WTERMSIG(status)));
    } else {
        fact(name, "%s", WEXITSTATUS(status) == 0 ? "ok" : error_name(WEXITSTATUS(status)));
    }
}

static long try_unshare(long flag) { return unshare((int)flag); }
static long try_setns(long unused) { (void)unused; return setns(open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC), 0); }

static long try_clone3(long flags) {
    struct clone_args args = {.flags = (uint64_t)flags, .exit_signal = SIGCHLD};
    long pid = syscall(SYS_clone3, &args, sizeof args);
    if (pid == 0) {
        _exit(0);
    }
    return pid;
}

static long try_clone(long flags) {
    long pid = syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0) {
        _exit(0);
    }
    return pid;
}

/* In a mount namespace of its own if there may be one, so that nothing stays; otherwise undone. */
static long try_mount(long flags) {
    if (unshare(CLONE_NEWNS) == 0) {
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
    }
    long result = mount("/dev", "/dev", "tmpfs", (unsigned long)flags, NULL);
    int error = errno;
    if (result == 0) {
        umount2("/dev", MNT_DETACH);
    }
    errno = error;
    return result;
}

static long try_umount(long unused) { (void)unused; return umount2("/etc", 0); }
static long try_pivot(long unused) { (void)unused; return syscall(SYS_pivot_root, "/none-such", "/none-such"); }
static long try_chroot(long unused) { (void)unused; return chroot("/"); }
static long try_fsopen(long unused) { (void)unused; return syscall(SYS_fsopen, "tmpfs", 0); }
static long try_open_tree(long unused) { (void)unused; return syscall(SYS_open_tree, AT_FDCWD, "/", 1 /* clone */); }
static long try_mount_setattr(long unused) { (void)unused; return syscall(SYS_mount_setattr, -1, "", 0, NULL, 0); }
static long try_move_mount(long unused) { (void)unused; return syscall(SYS_move_mount, -1, "", -1, "", 0); }

static long try_io_uring(long unused) {
    (void)unused;
    struct io_uring_params params = {0};
    return syscall(SYS_io_uring_setup, 1, &params);
}

static long try_keyctl(long unused) { (void)unused; return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0); }
static long try_add_key(long unused) { (void)unused; return syscall(SYS_add_key, "user", "wherry", "", 1, KEY_SPEC_PROCESS_KEYRING); }
static long try_request_key(long unused) { (void)unused; return syscall(SYS_request_key, "user", "wherry-none", NULL, 0); }
static long try_ptrace(long unused) { (void)unused; return ptrace(PTRACE_TRACEME, 0, NULL, NULL); }
static long try_ptrace_parent(long unused) { (void)unused; return ptrace(PTRACE_SEIZE, getppid(), NULL, NULL); }
static long try_vm_readv(long unused) { (void)unused; return syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0); }
static long try_pidfd_getfd(long unused) { (void)unused; return syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, getppid(), 0), 1, 0); }
static long try_kcmp(long unused) { (void)unused; return syscall(SYS_kcmp, getpid(), getppid(), 0, 0, 0); }

static long try_bpf(long unused) {
    (void)unused;
    union bpf_attr attr = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};
    return syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr);
}

static long try_perf(long unused) {
    (void)unused;
    struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE, .size = sizeof attr, .config = PERF_COUNT_SW_TASK_CLOCK, .exclude_kernel = 1};
    return syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static long try_userfaultfd(long unused) { (void)unused; return syscall(SYS_userfaultfd, O_CLOEXEC); }
static long try_fanotify(long unused) { (void)unused; return syscall(SYS_fanotify_init, 0, 0); }
static long try_landlock(long unused) { (void)unused; return syscall(SYS_landlock_create_ruleset, NULL, 0, 1 /* version */); }
static long try_memfd_secret(long unused) { (void)unused; return syscall(SYS_memfd_secret, 0); }
static long try_reboot(long unused) { (void)unused; return syscall(SYS_reboot, 0, 0, 0, NULL); }
static long try_init_module(long unused) { (void)unused; return syscall(SYS_init_module, NULL, 0, ""); }
static long try_finit_module(long unused) { (void)unused; return syscall(SYS_finit_module, -1, "", 0); }
static long try_delete_module(long unused) { (void)unused; return syscall(SYS_delete_module, "wherry_none_such", O_NONBLOCK); }
static long try_kexec(long unused) { (void)unused; return syscall(SYS_kexec_load, 0, 0, NULL, 0xffffffffUL); }
static long try_swapon(long unused) { (void)unused; return syscall(SYS_swapon, "/none-such", 0); }
static long try_swapoff(long unused) { (void)unused; return syscall(SYS_swapoff, "/none-such"); }
static long try_acct(long unused) { (void)unused; return syscall(SYS_acct, "/none-such"); }
static long try_quotactl(long unused) { (void)unused; return syscall(SYS_quotactl, 0x80000200, "/none-such", 0, NULL); }
static long try_syslog(long unused) { (void)unused; return syscall(SYS_syslog, 10 /* size of the buffer */, NULL, 0); }
static long try_iopl(long unused) { (void)unused; return syscall(SYS_iopl, 3); }
static long try_ioperm(long unused) { (void)unused; return syscall(SYS_ioperm, 0x80, 1, 1); }
static long try_vhangup(long unused) { (void)unused; setsid(); return syscall(SYS_vhangup); }
static long try_personality(long persona) { return syscall(SYS_personality, persona); }
static long try_modify_ldt(long unused) { (void)unused; return syscall(SYS_modify_ldt, 0, NULL, 0); }

/* A handle of the length and type that every filesystem has, of no file: ESTALE where the right is there. */
static long try_handle(long unused) {
    (void)unused;
    struct {
        unsigned length;
        int type;
        unsigned inode, generation;
    } handle = {8, 1, 0xffffffff, 0xffffffff};
    return syscall(SYS_open_by_handle_at, AT_FDCWD, &handle, 0);
}

static long try_name_to_handle(long unused) { (void)unused; return syscall(SYS_name_to_handle_at, -1, "", NULL, NULL, 0); }
static long try_get_mempolicy(long unused) { (void)unused; return syscall(SYS_get_mempolicy, NULL, NULL, 0, NULL, 0); }
static long try_set_mempolicy(long unused) { (void)unused; return syscall(SYS_set_mempolicy, 0, NULL, 0); }
static long try_move_pages(long unused) { (void)unused; return syscall(SYS_move_pages, 0, 0, NULL, NULL, NULL, 0); }

/* The right is asked before the value, which no clock takes. */
static long try_adjtimex(long unused) {
    (void)unused;
    struct timex change = {.modes = ADJ_TICK, .tick = 1};
    return adjtimex(&change);
}

static long try_hostname(long unused) {
    (void)unused;
    char name[65];
    gethostname(name, sizeof name);
    return sethostname(name, strlen(name));
}

static long try_mknod(long unused) {
    (void)unused;
    long result = mknod("/tmp/.probe-node", S_IFCHR | 0600, makedev(1, 3));
    int error = errno;
    int fd = result == 0 ? open("/tmp/.probe-node", O_RDONLY | O_CLOEXEC) : -1;
    if (result == 0 && fd < 0) { /* made, but the mount's nodev or the cgroup keeps it shut */
        error = errno;
        result = -1;
    }
    unlink("/tmp/.probe-node");
    errno = error;
    return result;
}

static long try_setuid(long uid) { return syscall(SYS_setuid, uid); }
static long try_setgroups(long unused) { (void)unused; return syscall(SYS_setgroups, 0, NULL); }
static long try_priority(long unused) { (void)unused; return setpriority(PRIO_PROCESS, 0, -20); }

static long try_realtime(long unused) {
    (void)unused;
    struct sched_param param = {.sched_priority = 1};
    return sched_setscheduler(0, SCHED_FIFO, &param);
}

static long try_raise_limit(long unused) {
    (void)unused;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_max += 1;
    return setrlimit(RLIMIT_NOFILE, &limit);
}

static long try_sti(long unused) { (void)unused; return ioctl(0, TIOCSTI, NULL); }
static long try_ns_ioctl(long unused) { (void)unused; return ioctl(open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC), 0xb702 /* NS_GET_PARENT */); }

void facts_calls(void) {
    static const struct {
        const char *name;
        attempt *attempt;
        long argument;
    } calls[] = {
        {"acct", try_acct, 0}, {"add_key", try_add_key, 0}, {"adjtimex", try_adjtimex, 0}, {"bpf", try_bpf, 0}, {"chroot", try_chroot, 0},
        {"clone", try_clone, 0}, {"clone.newuser", try_clone, CLONE_NEWUSER}, {"clone3", try_clone3, 0},
        {"clone3.newuser", try_clone3, CLONE_NEWUSER}, {"delete_module", try_delete_module, 0}, {"fanotify_init", try_fanotify, 0},
        {"finit_module", try_finit_module, 0}, {"fsopen", try_fsopen, 0}, {"get_mempolicy", try_get_mempolicy, 0},
        {"init_module", try_init_module, 0}, {"io_uring_setup", try_io_uring, 0}, {"ioctl.ns_get_parent", try_ns_ioctl, 0},
        {"ioctl.tiocsti", try_sti, 0}, {"ioperm", try_ioperm, 0}, {"iopl", try_iopl, 0}, {"kcmp", try_kcmp, 0}, {"kexec_load", try_kexec, 0},
        {"keyctl", try_keyctl, 0}, {"landlock", try_landlock, 0}, {"memfd_secret", try_memfd_secret, 0}, {"mknod.null", try_mknod, 0},
        {"modify_ldt", try_modify_ldt, 0}, {"mount.bind", try_mount, MS_BIND}, {"mount.tmpfs", try_mount, 0},
        {"mount_setattr", try_mount_setattr, 0}, {"move_mount", try_move_mount, 0}, {"move_pages", try_move_pages, 0},
        {"name_to_handle_at", try_name_to_handle, 0}, {"open_by_handle_at", try_handle, 0}, {"open_tree.clone", try_open_tree, 0},
        {"perf_event_open", try_perf, 0}, {"personality.linux32", try_personality, 8}, {"personality.no_randomize", try_personality, 0x40000},
        {"pidfd_getfd.parent", try_pidfd_getfd, 0}, {"pivot_root", try_pivot, 0}, {"process_vm_readv.parent", try_vm_readv, 0},
        {"ptrace.parent", try_ptrace_parent, 0}, {"ptrace.traceme", try_ptrace, 0}, {"quotactl", try_quotactl, 0},
        {"reboot", try_reboot, 0}, {"request_key", try_request_key, 0}, {"sched_setscheduler.fifo", try_realtime, 0},
        {"set_mempolicy", try_set_mempolicy, 0}, {"setgroups", try_setgroups, 0}, {"sethostname", try_hostname, 0},
        {"setns.uts", try_setns, 0}, {"setpriority.raise", try_priority, 0}, {"setrlimit.raise", try_raise_limit, 0},
        {"setuid.other", try_setuid, 1}, {"swapoff", try_swapoff, 0}, {"swapon", try_swapon, 0}, {"syslog.size", try_syslog, 0},
        {"umount", try_umount, 0}, {"unshare.cgroup", try_unshare, CLONE_NEWCGROUP}, {"unshare.ipc", try_unshare, CLONE_NEWIPC},
        {"unshare.mnt", try_unshare, CLONE_NEWNS}, {"unshare.net", try_unshare, CLONE_NEWNET}, {"unshare.pid", try_unshare, CLONE_NEWPID},
        {"unshare.time", try_unshare, CLONE_NEWTIME}, {"unshare.user", try_unshare, CLONE_NEWUSER}, {"unshare.uts", try_unshare, CLONE_NEWUTS},
        {"userfaultfd", try_userfaultfd, 0}, {"vhangup", try_vhangup, 0},
    };
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        try(calls[i].name, calls[i].attempt, calls[i].argument);
    }
}
