package io.wherry.kernel.seccomp;

import io.wherry.kernel.caps.Capability;
import io.wherry.kernel.caps.CapabilitySet;
import java.util.ArrayList;
import java.util.List;

/**
 * The filter of a container that asked for no other: a list of what is allowed, EPERM for the rest. It allows no call
 * that docker's default profile (moby/profiles 0.2.3) denies, and opens with capabilities as that one does.
 *
 * <p>Stricter than docker's, each on purpose:
 *
 * <ul>
 *   <li>{@code socket}: families by name, none above the last. The kernel takes an {@code int} and drops the upper half, so
 *       without a bound {@code socket(0x100000026, …)} is more than 40 for the filter and AF_ALG for the kernel.
 *   <li>x32 calls answer ENOSYS; docker allows them where the kernel has them.
 *   <li>{@code io_uring_*} stay closed, whatever the capabilities: its operations pass no filter.
 * </ul>
 */
public final class DefaultProfile {
    private static final int EPERM = 1;
    private static final int ENOSYS = 38;

    /** CLONE_NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET. */
    private static final long NAMESPACE_FLAGS = 0x7e020000L;

    private static final int AF_ALG = 38;
    private static final int AF_VSOCK = 40;
    /** The last family that there is. */
    private static final int AF_MCTP = 45;

    private static final String ALWAYS = """
            _llseek _newselect accept accept4 access adjtimex alarm bind brk cachestat capget capset chdir chmod \
            chown chown32 clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime \
            clock_gettime64 clock_nanosleep clock_nanosleep_time64 close close_range connect copy_file_range \
            creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 \
            epoll_wait epoll_wait_old eventfd eventfd2 execve execveat exit exit_group faccessat faccessat2 \
            fadvise64 fadvise64_64 fallocate fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchown32 \
            fchownat fcntl fcntl64 fdatasync fgetxattr flistxattr flock fork fremovexattr fsetxattr fstat \
            fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futex futex_requeue futex_time64 \
            futex_wait futex_waitv futex_wake futimesat get_robust_list get_thread_area getcpu getcwd getdents \
            getdents64 getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getitimer \
            getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid getresgid32 getresuid \
            getresuid32 getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday getuid getuid32 \
            getxattr getxattrat inotify_add_watch inotify_init inotify_init1 inotify_rm_watch io_cancel \
            io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit ioctl ioprio_get \
            ioprio_set ipc kill landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown lchown32 \
            lgetxattr link linkat listen listmount listxattr listxattrat llistxattr lremovexattr lseek lsetxattr \
            lstat lstat64 madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mkdir mkdirat \
            mknod mknodat mlock mlock2 mlockall mmap mmap2 mprotect mq_getsetattr mq_notify mq_open \
            mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink mremap mseal \
            msgctl msgget msgrcv msgsnd msync munlock munlockall munmap name_to_handle_at nanosleep newfstatat \
            open openat openat2 pause pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc pkey_free pkey_mprotect \
            poll ppoll ppoll_time64 prctl pread64 preadv preadv2 prlimit64 process_mrelease pselect6 \
            pselect6_time64 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv recv recvfrom \
            recvmmsg recvmmsg_time64 recvmsg remap_file_pages removexattr removexattrat rename renameat \
            renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo \
            rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo \
            sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam \
            sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity \
            sched_setattr sched_setparam sched_setscheduler sched_yield seccomp select semctl semget semop \
            semtimedop semtimedop_time64 send sendfile sendfile64 sendmmsg sendmsg sendto set_robust_list \
            set_thread_area set_tid_address setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups \
            setgroups32 setitimer setpgid setpriority setregid setregid32 setresgid setresgid32 setresuid \
            setresuid32 setreuid setreuid32 setrlimit setsid setsockopt setuid setuid32 setxattr setxattrat \
            shmat shmctl shmdt shmget shutdown sigaltstack signalfd signalfd4 sigprocmask sigreturn socketcall \
            socketpair splice stat stat64 statfs statfs64 statmount statx symlink symlinkat sync sync_file_range \
            syncfs sysinfo tee tgkill time timer_create timer_delete timer_getoverrun timer_gettime \
            timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 \
            timerfd_settime timerfd_settime64 times tkill truncate truncate64 ugetrlimit umask uname unlink \
            unlinkat uretprobe utime utimensat utimensat_time64 utimes vfork vmsplice wait4 waitid waitpid write \
            writev \
            process_vm_readv process_vm_writev ptrace""";

    private static final String SYS_ADMIN = """
            bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr \
            lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount open_tree perf_event_open quotactl \
            quotactl_fd setdomainname sethostname setns syslog umount umount2 unshare""";

    private DefaultProfile() {}

    /**
     * {@return the filter for a container with these capabilities in its bounding set}
     *
     * @param machine the kernel's architecture; on a 64-bit one the filter also serves its 32-bit programs
     */
    public static Filter filter(CapabilitySet capabilities, Architecture machine) {
        List<Rule> rules = new ArrayList<>(32);
        rules.add(Rule.allow(words(ALWAYS)));
        addArchitectureExtras(rules, machine);
        addPersonalities(rules);
        addSocketFamilies(rules);
        if (!capabilities.contains(Capability.SYS_ADMIN)) {
            rules.add(Rule.allow("clone", Condition.masked(0, NAMESPACE_FLAGS, 0)));
            // Its flags are in memory, which a filter cannot read; libraries fall back to clone on ENOSYS.
            rules.add(Rule.errno(ENOSYS, "clone3"));
        }
        addByCapability(rules, capabilities);
        return new Filter(Action.ERRNO, EPERM, architectures(machine), rules);
    }

    private static List<Architecture> architectures(Architecture machine) {
        if (machine == Architecture.X86_64) {
            return List.of(Architecture.X86_64, Architecture.I386);
        }
        return machine == Architecture.AARCH64 ? List.of(Architecture.AARCH64, Architecture.ARM) : List.of(machine);
    }

    private static void addArchitectureExtras(List<Rule> rules, Architecture machine) {
        if (machine == Architecture.X86_64) {
            rules.add(Rule.allow(words("arch_prctl modify_ldt")));
        } else if (machine == Architecture.I386) {
            rules.add(Rule.allow(words("modify_ldt")));
        } else {
            rules.add(Rule.allow(
                    words("arm_fadvise64_64 arm_sync_file_range breakpoint cacheflush set_tls" + " sync_file_range2")));
        }
    }

    /** Linux, 32-bit Linux, each also with UNAME26, and the question which one is set. */
    private static void addPersonalities(List<Rule> rules) {
        rules.add(Rule.allow("personality", Condition.of(0, Operator.EQ, 0)));
        rules.add(Rule.allow("personality", Condition.of(0, Operator.EQ, 0x8)));
        rules.add(Rule.allow("personality", Condition.of(0, Operator.EQ, 0x20000)));
        rules.add(Rule.allow("personality", Condition.of(0, Operator.EQ, 0x20008)));
        rules.add(Rule.allow("personality", Condition.of(0, Operator.EQ, 0xffffffffL)));
    }

    /** One condition each, since whoever compiles this by libseccomp may have no two on one argument: runc takes any of them for enough. */
    private static void addSocketFamilies(List<Rule> rules) {
        rules.add(Rule.allow("socket", Condition.of(0, Operator.LT, AF_ALG)));
        for (int family = AF_ALG + 1; family <= AF_MCTP; family++) {
            if (family != AF_VSOCK) {
                rules.add(Rule.allow("socket", Condition.of(0, Operator.EQ, family)));
            }
        }
    }

    private static void addByCapability(List<Rule> rules, CapabilitySet held) {
        add(rules, held, Capability.DAC_READ_SEARCH, "open_by_handle_at");
        add(rules, held, Capability.SYS_ADMIN, SYS_ADMIN);
        add(rules, held, Capability.SYS_BOOT, "reboot");
        add(rules, held, Capability.SYS_CHROOT, "chroot");
        add(rules, held, Capability.SYS_MODULE, "delete_module finit_module init_module");
        add(rules, held, Capability.SYS_PACCT, "acct");
        add(
                rules,
                held,
                Capability.SYS_PTRACE,
                "kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace");
        add(rules, held, Capability.SYS_RAWIO, "ioperm iopl");
        add(rules, held, Capability.SYS_TIME, "clock_settime clock_settime64 settimeofday stime");
        add(rules, held, Capability.SYS_TTY_CONFIG, "vhangup");
        add(rules, held, Capability.SYS_NICE, "get_mempolicy mbind set_mempolicy set_mempolicy_home_node");
        add(rules, held, Capability.SYSLOG, "syslog");
        add(rules, held, Capability.BPF, "bpf");
        add(rules, held, Capability.PERFMON, "perf_event_open");
    }

    private static void add(List<Rule> rules, CapabilitySet held, Capability needed, String names) {
        if (held.contains(needed)) {
            rules.add(Rule.allow(words(names)));
        }
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int space = text.indexOf(' '); space >= 0; space = text.indexOf(' ', start)) {
            words.add(text.substring(start, space));
            start = space + 1;
        }
        words.add(text.substring(start));
        return words;
    }
}
