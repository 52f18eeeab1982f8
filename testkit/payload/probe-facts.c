/* What the process is and sees: descriptors, identity, limits, mounts, devices, protected paths. */
#include "probe.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

extern char **environ;

/* Cuts `:[12345]` down to the kind, and replaces ids of 32 hexadecimal digits or more by `*`. */
static void normalise(char *text) {
    char *inode = strstr(text, ":[");
    if (inode != NULL) {
        *inode = 0;
    }
    char *to = text;
    for (const char *from = text; *from != 0;) {
        size_t run = strspn(from, "0123456789abcdef");
        if (run >= 32) {
            *to++ = '*';
        } else {
            run = run == 0 ? 1 : run;
            memmove(to, from, run);
            to += run;
        }
        from += run;
    }
    *to = 0;
}

void facts_descriptors(void) {
    DIR *folder = opendir("/proc/self/fd");
    if (folder == NULL) {
        fact("fd", "%s", error_name(errno));
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        int fd = atoi(entry->d_name);
        if (!isdigit((unsigned char)entry->d_name[0]) || fd == dirfd(folder)) {
            continue;
        }
        char name[32], target[PATH_MAX];
        ssize_t n = readlinkat(dirfd(folder), entry->d_name, target, sizeof target - 1);
        target[n < 0 ? 0 : n] = 0;
        normalise(target);
        static const char *const modes[] = {"read", "write", "read-write", "none"};
        snprintf(name, sizeof name, "fd.%02d", fd);
        int flags = fcntl(fd, F_GETFL);
        fact(name, "%s %s%s%s", target, modes[flags & O_ACCMODE], flags & O_PATH ? " path" : "", flags & O_NONBLOCK ? " nonblock" : "");
    }
    closedir(folder);
}

static const char *const capabilities[] = {"chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid",
    "setuid", "setpcap", "linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner",
    "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice", "sys_resource",
    "sys_time", "sys_tty_config", "mknod", "lease", "audit_write", "audit_control", "setfcap", "mac_override", "mac_admin",
    "syslog", "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore"};

static void add_set(const char *name, unsigned long long set, bool of_signals) {
    char text[1024] = "";
    size_t length = 0;
    for (unsigned bit = 0; bit < 64; bit++) {
        if (!(set >> bit & 1)) {
            continue;
        }
        const char *word = of_signals ? sigabbrev_np((int)bit + 1)
                : bit < sizeof capabilities / sizeof capabilities[0] ? capabilities[bit] : NULL;
        char number[8];
        snprintf(number, sizeof number, "%u", of_signals ? bit + 1 : bit);
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s", length ? " " : "", word != NULL ? word : number);
    }
    fact(name, "%s", length ? text : "none");
}

static void facts_status(void) {
    static const struct {
        const char *key, *name;
        enum { PLAIN, CAPABILITIES, SIGNALS } kind;
    } wanted[] = {
        {"Umask", "umask", PLAIN}, {"Uid", "uid", PLAIN}, {"Gid", "gid", PLAIN}, {"Groups", "groups", PLAIN},
        {"NoNewPrivs", "no-new-privs", PLAIN}, {"Seccomp", "seccomp.mode", PLAIN}, {"Seccomp_filters", "seccomp.filters", PLAIN},
        {"Speculation_Store_Bypass", "speculation.store-bypass", PLAIN}, {"CapInh", "caps.inheritable", CAPABILITIES},
        {"CapPrm", "caps.permitted", CAPABILITIES}, {"CapEff", "caps.effective", CAPABILITIES},
        {"CapBnd", "caps.bounding", CAPABILITIES}, {"CapAmb", "caps.ambient", CAPABILITIES}, {"SigBlk", "signals.blocked", SIGNALS},
        {"SigIgn", "signals.ignored", SIGNALS}, {"SigCgt", "signals.caught", SIGNALS}, {"SigPnd", "signals.pending", SIGNALS},
    };
    static char text[8192];
    if (read_text("/proc/self/status", text, sizeof text) < 0) {
        fact("status", "unreadable");
    }
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char *value = strchr(line, ':');
        if (value == NULL) {
            continue;
        }
        *value++ = 0;
        value += strspn(value, " \t");
        for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
            if (strcmp(line, wanted[i].key) == 0 && wanted[i].kind == PLAIN) {
                for (char *at = value; *at != 0; at++) {
                    *at = *at == '\t' ? ' ' : *at;
                }
                fact(wanted[i].name, "%s", value);
            } else if (strcmp(line, wanted[i].key) == 0) {
                add_set(wanted[i].name, strtoull(value, NULL, 16), wanted[i].kind == SIGNALS);
            }
        }
    }
}

/* A small file of /proc, white space made single, lines separated by a comma. */
static void fact_file(const char *name, const char *path) {
    char text[4096], clean[4096];
    ssize_t n = read_text(path, text, sizeof text);
    if (n < 0) {
        fact(name, "%s", error_name((int)-n));
        return;
    }
    size_t length = 0;
    for (char *at = text; *at != 0; at++) {
        if (*at == '\n' && at[1] != 0) {
            clean[length++] = ',';
        } else if (!isspace((unsigned char)*at)) {
            clean[length++] = *at;
        } else if (length > 0 && clean[length - 1] != ' ' && clean[length - 1] != ',' && at[1] != 0) {
            clean[length++] = ' ';
        }
    }
    clean[length] = 0;
    normalise(clean);
    fact(name, "%s", clean);
}

static void facts_limits(void) {
    static const char *const names[] = {"cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as", "locks",
        "sigpending", "msgqueue", "nice", "rtprio", "rttime"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct rlimit limit;
        char name[32], soft[24] = "unlimited", hard[24] = "unlimited";
        snprintf(name, sizeof name, "rlimit.%s", names[i]);
        if (getrlimit(i, &limit) != 0) {
            continue;
        }
        if (limit.rlim_cur != RLIM_INFINITY) {
            snprintf(soft, sizeof soft, "%lu", limit.rlim_cur);
        }
        if (limit.rlim_max != RLIM_INFINITY) {
            snprintf(hard, sizeof hard, "%lu", limit.rlim_max);
        }
        fact(name, "%s %s", soft, hard);
    }
}

static void facts_namespaces(void) {
    static const char *const types[] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};
    const char *host = getenv("WHERRY_HOST_NS");
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        char path[64], link[64], name[32], word[80];
        snprintf(path, sizeof path, "/proc/self/ns/%s", types[i]);
        snprintf(name, sizeof name, "namespace.%s", types[i]);
        ssize_t n = readlink(path, link, sizeof link - 1);
        link[n < 0 ? 0 : n] = 0;
        char *inode = strchr(link, '[');
        if (n < 0 || inode == NULL) {
            fact(name, "absent");
            continue;
        }
        inode[strcspn(inode, "]")] = 0;
        snprintf(word, sizeof word, "%s:%s", types[i], inode + 1);
        fact(name, "%s", host == NULL ? "present" : strstr(host, word) == NULL ? "own" : "host");
    }
}

void facts_process(void) {
    char path[PATH_MAX], text[1024];
    struct utsname names;
    facts_status();
    fact("cwd", "%s", getcwd(path, sizeof path) == NULL ? error_name(errno) : path);
    fact_file("user.uid-map", "/proc/self/uid_map");
    fact_file("user.gid-map", "/proc/self/gid_map");
    fact_file("user.setgroups", "/proc/self/setgroups");
    fact_file("oom-score-adj", "/proc/self/oom_score_adj");
    fact_file("cgroup", "/proc/self/cgroup");
    fact_file("lsm.current", "/proc/self/attr/current");
    fact_file("loginuid", "/proc/self/loginuid");
    facts_namespaces();
    facts_limits();
    uname(&names);
    normalise(names.nodename);
    fact("hostname", "%s", names.nodename);
    fact("domainname", "%s", names.domainname);
    for (char **each = environ; *each != NULL; each++) {
        char *equals = strchr(*each, '=');
        if (equals != NULL && strncmp(*each, "WHERRY_HOST_NS=", 15) != 0) {
            snprintf(text, sizeof text, "env.%.*s", (int)(equals - *each), *each);
            fact(text, "%s", equals + 1);
        }
    }
    fact("pid", "%d", getpid());
    fact("parent", "%s", getppid() == 0 ? "outside" : "inside");
    fact("session", "%s", getsid(0) == getpid() ? "leader" : getsid(0) == 0 ? "outside" : "member");
    fact("process-group", "%s", getpgrp() == getpid() ? "leader" : getpgrp() == 0 ? "outside" : "member");
    int fields[2] = {0, 0};
    if (read_text("/proc/self/stat", text, sizeof text) > 0 && strrchr(text, ')') != NULL) {
        sscanf(strrchr(text, ')') + 1, " %*c %*d %*d %*d %d %d", &fields[0], &fields[1]);
    }
    fact("terminal.controlling", "%s", fields[0] == 0 ? "none" : "present");
    fact("terminal.foreground", "%s", fields[1] == getpgrp() ? "this" : fields[1] == -1 ? "none" : "other");
    fact("terminal.stdin", "%s", isatty(0) ? "terminal" : error_name(errno));
    fact("prctl.dumpable", "%d", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
    fact("prctl.securebits", "%d", prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
    int value = 0;
    fact("prctl.child-subreaper", "%d", prctl(PR_GET_CHILD_SUBREAPER, &value, 0, 0, 0) == 0 ? value : -1);
    fact("prctl.pdeathsig", "%d", prctl(PR_GET_PDEATHSIG, &value, 0, 0, 0) == 0 ? value : -1);
    fact("priority", "%d", getpriority(PRIO_PROCESS, 0));
    fact("scheduler", "%d", sched_getscheduler(0));
}

/* Host paths and numbers in options give way to `*`. */
static void normalise_options(char *options, char *to, size_t size) {
    static const char *const hidden[] = {"lowerdir", "upperdir", "workdir", "subvolid", "subvol", "uuid", "nr_inodes"};
    size_t length = 0;
    char *state;
    to[0] = 0;
    for (char *word = strtok_r(options, ",", &state); word != NULL; word = strtok_r(NULL, ",", &state)) {
        size_t key = strcspn(word, "=");
        for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
            if (word[key] == '=' && strlen(hidden[i]) == key && strncmp(word, hidden[i], key) == 0) {
                word[key + 1] = '*';
                word[key + 2] = 0;
            }
        }
        length += (size_t)snprintf(to + length, size - length, "%s%s", length ? "," : "", word);
        if (length >= size) {
            return;
        }
    }
}

void facts_mounts(void) {
    static char text[1 << 20];
    read_text("/proc/self/mountinfo", text, sizeof text);
    char *lines;
    int order = 0;
    for (char *line = strtok_r(text, "\n", &lines); line != NULL; line = strtok_r(NULL, "\n", &lines)) {
        char root[1024], point[1024], options[512], type[64], super[2048] = "", shown[2048], name[1100];
        char *separator = strstr(line, " - ");
        if (separator == NULL || sscanf(line, "%*s %*s %*s %1023s %1023s %511s", root, point, options) != 3
                || sscanf(separator, " - %63s %*s %2047s", type, super) < 1) {
            continue;
        }
        *separator = 0;
        const char *propagation = strstr(line, " shared:") != NULL ? "shared" : strstr(line, " master:") != NULL ? "slave"
                : strstr(line, " unbindable") != NULL ? "unbindable" : "private";
        normalise_options(super, shown, sizeof shown);
        normalise(point);
        snprintf(name, sizeof name, "mount.%02d", order++);
        fact(name, "%s %s %s %s %s%s", point, type, options, shown, propagation, strcmp(root, "/") == 0 ? "" : " part");
    }
}

static void fact_device(const char *folder, const char *entry) {
    char path[PATH_MAX], name[PATH_MAX + 8], target[PATH_MAX];
    struct stat stat;
    snprintf(path, sizeof path, "%s/%s", folder, entry);
    snprintf(name, sizeof name, "dev.%s", path + strlen("/dev/"));
    if (lstat(path, &stat) != 0) {
        fact(name, "%s", error_name(errno));
        return;
    }
    unsigned mode = stat.st_mode & 07777;
    switch (stat.st_mode & S_IFMT) {
    case S_IFCHR: fact(name, "char %u:%u %04o %u:%u", major(stat.st_rdev), minor(stat.st_rdev), mode, stat.st_uid, stat.st_gid); break;
    case S_IFBLK: fact(name, "block %u:%u %04o %u:%u", major(stat.st_rdev), minor(stat.st_rdev), mode, stat.st_uid, stat.st_gid); break;
    case S_IFDIR: fact(name, "folder %04o %u:%u", mode, stat.st_uid, stat.st_gid); break;
    case S_IFLNK: {
        ssize_t n = readlink(path, target, sizeof target - 1);
        target[n < 0 ? 0 : n] = 0;
        fact(name, "link %s", target);
        break;
    }
    default: fact(name, "file %04o %u:%u", mode, stat.st_uid, stat.st_gid); break;
    }
}

void facts_devices(void) {
    static const char *const folders[] = {"/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/dev/net"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        DIR *folder = opendir(folders[i]);
        for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
            if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
                fact_device(folders[i], entry->d_name);
            }
        }
        if (folder != NULL) {
            closedir(folder);
        }
    }
}

/* Whether anything can be read: one byte of a file, one entry of a folder. */
static void fact_readable(const char *path) {
    char name[256], byte;
    snprintf(name, sizeof name, "masked.%s", path);
    struct stat stat;
    int fd = lstat(path, &stat) == 0 ? open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;
    if (fd < 0) {
        fact(name, "%s", error_name(errno));
        return;
    }
    const char *kind = S_ISDIR(stat.st_mode) ? "folder" : S_ISCHR(stat.st_mode) ? "device" : "file";
    if (S_ISDIR(stat.st_mode)) {
        DIR *folder = fdopendir(fd);
        int entries = 0;
        while (folder != NULL && readdir(folder) != NULL) {
            entries++;
        }
        fact(name, "folder %s", entries > 2 ? "readable" : "empty");
        closedir(folder);
        return;
    }
    ssize_t n = read(fd, &byte, 1);
    fact(name, "%s %s", kind, n > 0 ? "readable" : n == 0 ? "empty" : error_name(errno));
    close(fd);
}

static void fact_writable(const char *path) {
    char name[256];
    struct stat stat;
    snprintf(name, sizeof name, "writable.%s", path);
    if (lstat(path, &stat) != 0) {
        fact(name, "%s", error_name(errno));
    } else if (S_ISDIR(stat.st_mode)) {
        fact(name, "%s", faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 ? "yes" : error_name(errno));
    } else {
        int fd = open(path, O_WRONLY | O_CLOEXEC); /* opened, never written */
        fact(name, "%s", fd >= 0 ? "yes" : error_name(errno));
        close(fd);
    }
}

void facts_paths(void) {
    static const char *const masked[] = {"/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kallsyms", "/proc/kcore",
        "/proc/keys", "/proc/kmsg", "/proc/kpagecount", "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi", "/proc/timer_list",
        "/proc/timer_stats", "/proc/config.gz", "/proc/modules", "/proc/slabinfo", "/proc/vmallocinfo", "/sys/devices/virtual/powercap",
        "/sys/firmware", "/sys/kernel/debug", "/sys/kernel/security", "/sys/kernel/tracing", "/sys/devices/system/cpu/cpu0/thermal_throttle",
        "/sys/class/net", "/sys/fs/bpf"};
    static const char *const writable[] = {"/", "/proc", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
        "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sys/kernel/domainname", "/proc/sys/net/ipv4/ip_forward",
        "/proc/sys/vm/overcommit_memory", "/proc/self/oom_score_adj", "/proc/self/attr/exec", "/sys", "/sys/fs/cgroup",
        "/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/release_agent",
        "/sys/fs/cgroup/devices/devices.allow", "/sys/kernel/uevent_helper", "/dev", "/dev/shm", "/dev/mqueue", "/tmp", "/run", "/etc/hosts",
        "/etc/hostname", "/etc/resolv.conf"};
    for (size_t i = 0; i < sizeof masked / sizeof masked[0]; i++) {
        fact_readable(masked[i]);
    }
    for (size_t i = 0; i < sizeof writable / sizeof writable[0]; i++) {
        fact_writable(writable[i]);
    }
}
