/*
 * The program of the embedded image `hello`: says from inside a container what the container is, one `name value` a line.
 *
 *   pid             of this process as it sees itself; 1 in a container of its own
 *   hostname        as uname(2) gives it
 *   rootfs          the type of the filesystem on /
 *   memory-limit    bytes, `none`, or `unknown` where no cgroup files are visible
 *   pids-limit      processes, `none` or `unknown`
 *   user-mapping    /proc/self/uid_map: first id inside, first id outside, count; lines separated by a comma
 *   namespaces-own  those that differ from $WHERRY_HOST_NS (`type:inode type:inode …`, the host's), or `none`;
 *                   without that variable every namespace as type:inode
 *   start-ms        from $WHERRY_START_NS (nanoseconds of CLOCK_BOOTTIME when the command began) to now, or `unknown`
 *
 * No libc: its only layer must work in an empty root, and its start must cost nothing that would count as the container's.
 */
#include <asm/errno.h>
#include <asm/fcntl.h>
#include <asm/statfs.h>
#include <asm/unistd.h>
#include <linux/magic.h>
#include <linux/time.h>
#include <linux/utsname.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef __x86_64__
#error "hello.c knows the system calls of x86-64 only"
#endif

#define ADDRESS(pointer) ((long)(uintptr_t)(pointer))

static long sys_call(long number, long a, long b, long c, long d) {
    register long r10 __asm__("r10") = d;
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
    return result;
}

/* What gcc may call by itself. Built with -fno-builtin, or the loops would become calls to themselves. */
void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memset(void *to, int byte, size_t n);

void *memcpy(void *restrict to, const void *restrict from, size_t n) {
    char *target = to;
    const char *source = from;
    while (n-- > 0) {
        *target++ = *source++;
    }
    return to;
}

void *memset(void *to, int byte, size_t n) {
    char *target = to;
    while (n-- > 0) {
        *target++ = (char)byte;
    }
    return to;
}

static bool starts_with(const char *text, const char *prefix) {
    while (*prefix != 0) {
        if (*text++ != *prefix++) {
            return false;
        }
    }
    return true;
}

/* Where `part` begins in `text`, or null. */
static const char *find(const char *text, const char *part) {
    for (; *text != 0; text++) {
        if (starts_with(text, part)) {
            return text;
        }
    }
    return NULL;
}

static const char *line_after(const char *text) {
    while (*text != 0 && *text != '\n') {
        text++;
    }
    return *text == '\n' ? text + 1 : text;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static uint64_t number(const char *text) {
    uint64_t value = 0;
    while (is_digit(*text)) {
        value = value * 10 + (uint64_t)(*text++ - '0');
    }
    return value;
}

/* A growing text with its NUL. What does not fit is cut; the mount of / stands near the top of mountinfo. */
struct text {
    size_t length;
    char bytes[32768];
};

static void put_char(struct text *out, char c) {
    if (out->length + 1 < sizeof out->bytes) {
        out->bytes[out->length++] = c;
        out->bytes[out->length] = 0;
    }
}

static void put(struct text *out, const char *text) {
    while (*text != 0) {
        put_char(out, *text++);
    }
}

/* Up to the first white space or end. */
static void put_word(struct text *out, const char *text) {
    while (*text != 0 && *text != ' ' && *text != '\n' && *text != '\t') {
        put_char(out, *text++);
    }
}

static void put_number(struct text *out, uint64_t value) {
    char digits[21];
    size_t at = sizeof digits - 1;
    digits[at] = 0;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    put(out, digits + at);
}

/* False, and an empty text, if the file cannot be read. */
static bool read_file(const char *path, struct text *to) {
    to->length = 0;
    to->bytes[0] = 0;
    long fd = sys_call(__NR_open, ADDRESS(path), O_RDONLY | O_CLOEXEC, 0, 0);
    if (fd < 0) {
        return false;
    }
    long n;
    do {
        n = sys_call(__NR_read, fd, ADDRESS(to->bytes + to->length), (long)(sizeof to->bytes - 1 - to->length), 0);
        if (n > 0) {
            to->length += (size_t)n;
        }
    } while (n > 0 || n == -EINTR);
    to->bytes[to->length] = 0;
    sys_call(__NR_close, fd, 0, 0, 0);
    return to->length > 0;
}

static const char *variable(char **environment, const char *name_and_equals) {
    for (; *environment != NULL; environment++) {
        if (starts_with(*environment, name_and_equals)) {
            const char *value = *environment;
            while (*name_and_equals++ != 0) {
                value++;
            }
            return value;
        }
    }
    return NULL;
}

static struct text output, file, path;

/* The last mount on / is the one that is seen. mountinfo: id parent dev root POINT options [tags] - TYPE source options. */
static void put_root_type(void) {
    const char *type = NULL;
    read_file("/proc/self/mountinfo", &file);
    for (const char *line = file.bytes; *line != 0; line = line_after(line)) {
        const char *at = line;
        for (int spaces = 0; spaces < 4 && *at != 0 && *at != '\n'; at++) {
            spaces += *at == ' ';
        }
        const char *separator = find(at, " - ");
        if (starts_with(at, "/ ") && separator != NULL && separator < line_after(line)) {
            type = separator + 3;
        }
    }
    if (type != NULL) {
        put_word(&output, type);
        return;
    }
    struct statfs root;
    if (sys_call(__NR_statfs, ADDRESS("/"), ADDRESS(&root), 0, 0) < 0) {
        put(&output, "unknown");
        return;
    }
    switch ((uint32_t)root.f_type) {
    case OVERLAYFS_SUPER_MAGIC: put(&output, "overlay"); return;
    case EXT4_SUPER_MAGIC: put(&output, "ext4"); return;
    case BTRFS_SUPER_MAGIC: put(&output, "btrfs"); return;
    case XFS_SUPER_MAGIC: put(&output, "xfs"); return;
    case TMPFS_MAGIC: put(&output, "tmpfs"); return;
    default: put(&output, "magic-"); put_number(&output, (uint32_t)root.f_type); return;
    }
}

/* Reads BASE PATH-IN-HIERARCHY FILE, or BASE FILE where the hierarchy's root is not what is mounted. */
static bool read_limit(const char *base, const char *hierarchy, const char *name) {
    struct text *to = &file;
    static struct text groups;
    read_file("/proc/self/cgroup", &groups);
    const char *own = find(groups.bytes, hierarchy);
    if (own != NULL) {
        path.length = 0;
        put(&path, base);
        own += 1;
        while (*own != '/' && *own != 0) {
            own++;
        }
        put_word(&path, own);
        put(&path, name);
        if (read_file(path.bytes, to)) {
            return true;
        }
    }
    path.length = 0;
    put(&path, base);
    put(&path, name);
    return read_file(path.bytes, to);
}

/* Version 1 writes "no limit" as the largest number of whole pages, version 2 as `max`. */
static void put_limit(const char *v1_base, const char *v1_hierarchy, const char *v1_name, const char *v2_name) {
    if (!read_limit(v1_base, v1_hierarchy, v1_name) && !read_limit("/sys/fs/cgroup", "0::/", v2_name)) {
        put(&output, "unknown");
    } else if (starts_with(file.bytes, "max") || number(file.bytes) >= (uint64_t)1 << 62) {
        put(&output, "none");
    } else {
        put_word(&output, file.bytes);
    }
}

/* Runs of white space become one blank, ends of lines a comma. */
static void put_user_mapping(void) {
    if (!read_file("/proc/self/uid_map", &file)) {
        put(&output, "unknown");
        return;
    }
    bool line_start = true;
    bool blank = false;
    for (const char *at = file.bytes; *at != 0; at++) {
        if (*at == '\n') {
            put(&output, at[1] != 0 ? ", " : "");
            line_start = true;
            blank = false;
        } else if (*at == ' ') {
            blank = !line_start;
        } else {
            put(&output, blank ? " " : "");
            put_char(&output, *at);
            line_start = false;
            blank = false;
        }
    }
}

/* Whether `type:inode` stands in the list as a whole word. */
static bool listed(const char *list, const char *word) {
    for (const char *at = find(list, word); at != NULL; at = find(at + 1, word)) {
        const char *end = at;
        while (*word != 0 && *end == *word) {
            end++;
            word++;
        }
        bool begins = at == list || at[-1] == ' ';
        if (begins && !is_digit(*end)) {
            return true;
        }
        word -= end - at;
    }
    return false;
}

static void put_namespaces(const char *host) {
    static const char types[][8] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};
    bool any = false;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        path.length = 0;
        put(&path, "/proc/self/ns/");
        put(&path, types[i]);
        char link[64];
        long n = sys_call(__NR_readlink, ADDRESS(path.bytes), ADDRESS(link), sizeof link - 1, 0);
        if (n < 0) {
            continue; /* a kernel without this kind, or no /proc */
        }
        link[n] = 0;
        const char *inode = find(link, "[");
        struct text *word = &file;
        word->length = 0;
        put(word, types[i]);
        put_char(word, ':');
        put_number(word, inode == NULL ? 0 : number(inode + 1));
        if (host == NULL || !listed(host, word->bytes)) {
            put(&output, any ? " " : "");
            put(&output, host == NULL ? word->bytes : types[i]);
            any = true;
        }
    }
    put(&output, any ? "" : "none");
}

static void put_start_time(const char *begin) {
    struct timespec now = {0};
    sys_call(__NR_clock_gettime, CLOCK_BOOTTIME, ADDRESS(&now), 0, 0);
    uint64_t nanoseconds = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
    if (begin == NULL || !is_digit(*begin) || number(begin) > nanoseconds) {
        put(&output, "unknown");
        return;
    }
    uint64_t hundredths = (nanoseconds - number(begin)) / 10000;
    put_number(&output, hundredths / 100);
    put_char(&output, '.');
    put_char(&output, (char)('0' + hundredths / 10 % 10));
    put_char(&output, (char)('0' + hundredths % 10));
}

static int hello(char **environment) {
    struct new_utsname names = {0};
    sys_call(__NR_uname, ADDRESS(&names), 0, 0, 0);
    put(&output, "pid ");
    put_number(&output, (uint64_t)sys_call(__NR_getpid, 0, 0, 0, 0));
    put(&output, "\nhostname ");
    put(&output, names.nodename);
    put(&output, "\nrootfs ");
    put_root_type();
    put(&output, "\nmemory-limit ");
    put_limit("/sys/fs/cgroup/memory", ":memory:/", "/memory.limit_in_bytes", "/memory.max");
    put(&output, "\npids-limit ");
    put_limit("/sys/fs/cgroup/pids", ":pids:/", "/pids.max", "/pids.max");
    put(&output, "\nuser-mapping ");
    put_user_mapping();
    put(&output, "\nnamespaces-own ");
    put_namespaces(variable(environment, "WHERRY_HOST_NS="));
    put(&output, "\nstart-ms ");
    put_start_time(variable(environment, "WHERRY_START_NS="));
    put(&output, "\n");
    for (size_t at = 0; at < output.length;) {
        long n = sys_call(__NR_write, 1, ADDRESS(output.bytes + at), (long)(output.length - at), 0);
        if (n < 0 && n != -EINTR) {
            return 1;
        }
        at += n < 0 ? 0 : (size_t)n;
    }
    return 0;
}

__attribute__((used, noreturn)) void hello_start(uintptr_t *stack);

__attribute__((noreturn)) void hello_start(uintptr_t *stack) {
    int code = hello((char **)(stack + 1 + stack[0] + 1));
    for (;;) {
        sys_call(__NR_exit_group, code, 0, 0, 0);
    }
}

__asm__(".globl _start\n"
        ".type _start, @function\n"
        "_start:\n"
        "    xorl %ebp, %ebp\n"
        "    movq %rsp, %rdi\n"
        "    andq $-16, %rsp\n"
        "    call hello_start\n"
        "    hlt\n");
