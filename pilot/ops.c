/* Instructions that act on files, descriptors and sockets. */
#include "pilot.h"
#include <linux/filter.h>
#include <linux/netlink.h>

enum { PATH_LIMIT = 4096, REPLY_LIMIT = 8192, SOL_NETLINK = 270, STARTTIME_FIELD = 22 };

int place_fd(long fd, uint16_t dst) {
    if (fd < 0) {
        return (int)fd;
    }
    if (fd == dst) {
        return (int)sys_fcntl((int)fd, F_SETFD, FD_CLOEXEC);
    }
    long result = sys_dup3((int)fd, dst, O_CLOEXEC);
    sys_close((int)fd);
    return result < 0 ? (int)result : 0;
}

int write_all(int fd, const void *bytes, size_t length) {
    for (size_t at = 0; at < length;) {
        long n = sys_write(fd, (const uint8_t *)bytes + at, length - at);
        if (n <= 0) {
            return n < 0 ? (int)n : -EIO;
        }
        at += (size_t)n;
    }
    return 0;
}

/* The second may sit on the first one's number, never the other way round: the kernel gives the lowest first. */
static int place_pair(const int pair[2], uint16_t dst) {
    int second = pair[1];
    if (second == dst) {
        second = (int)sys_fcntl(second, F_DUPFD_CLOEXEC, FD_LAST + 1);
    }
    int result = place_fd(pair[0], dst);
    int result_two = place_fd(second, (uint16_t)(dst + 1));
    return result < 0 ? result : result_two;
}

/* The kernel's own words: a filesystem context hands out one message a read, each with a letter for its level in front. */
static void context_words(struct context *ctx, int fd) {
    char message[256];
    for (int left = 8; left > 0; left--) {
        long n = sys_read(fd, message, sizeof message - 1);
        if (n <= 2) {
            return;
        }
        while (n > 0 && message[n - 1] == '\n') {
            n--;
        }
        message[n] = 0;
        failure_text(ctx, message + 2);
        if (message[0] == 'e') {
            return;
        }
    }
}

static bool has_context(uint64_t call) {
    return call == CALL_FSCONFIG || call == CALL_FSCONFIG_FD || call == CALL_FSMOUNT;
}

int op_call(struct context *ctx, const struct instruction *i) {
    const struct signature *row = &call_table[i->operands[0]];
    const uint64_t *values = i->operands + 1;
    long arguments[CALL_ARGUMENTS];
    int pair[2];
    struct sock_fprog filter;
    for (unsigned k = 0; k < CALL_ARGUMENTS; k++) {
        const struct operand *type = &row->operands[k];
        arguments[k] = (long)values[k];
        if (type->kind == KIND_STR || type->kind == KIND_STR_OPT || type->kind == KIND_TEXT || type->kind == KIND_IN
            || type->kind == KIND_BUF) {
            arguments[k] = ADDRESS(text_at(ctx, values[k]));
        } else if (type->kind == KIND_FILTER) {
            filter.len = (unsigned short)values[type->length_at];
            filter.filter = (struct sock_filter *)(void *)(ctx->program.data + values[k]);
            arguments[k] = ADDRESS(&filter);

        } else if (type->kind == KIND_PAIR) {
            arguments[k] = ADDRESS(pair);
        }
    }
    if (row->number == __NR_close) {
        return (int)sys_close(fd_at(i, 1));
    }
    long result = sys_retry(row->number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4]);
    if (result < 0) {
        if (has_context(i->operands[0])) {
            context_words(ctx, fd_at(i, 1));
        }
        return (int)result;
    }
    if (row->result == RESULT_PAIR) {
        return place_pair(pair, i->dst);
    }
    return row->result == RESULT_FD ? place_fd(result, i->dst) : 0;
}

/* Links on the way may not lead out of the folder (`self` of a procfs is one); the file itself is never a link. */
int op_write(struct context *ctx, const struct instruction *i) {
    uint64_t flags = i->operands[4] | O_WRONLY | O_NOFOLLOW;
    uint64_t mode = (flags & O_CREAT) != 0 ? 0600 : 0;
    uint64_t resolve = fd_at(i, 0) >= 0 ? RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS : RESOLVE_NO_SYMLINKS;
    long opened = sys_openat2(fd_at(i, 0), text_at(ctx, i->operands[1]), flags, mode, resolve);
    CLOSING int fd = (int)opened;
    if (fd < 0) {
        return fd;
    }
    size_t length = i->operands[3];
    long written = sys_write(fd, text_at(ctx, i->operands[2]), length);
    if (written < 0) {
        return (int)written;
    }
    return (size_t)written == length ? 0 : -EIO;
}

/* O_NONBLOCK: a FIFO in a root that nobody trusts must not hold us up. */
int op_read(struct context *ctx, const struct instruction *i) {
    size_t limit = i->operands[2];
    CLOSING int fd = (int)sys_openat2(fd_at(i, 0), text_at(ctx, i->operands[1]), O_RDONLY | O_NONBLOCK | O_NOCTTY, 0,
                                      RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
    struct stat stat;
    if (fd < 0) {
        return fd;
    }
    long result = sys_fstat(fd, &stat);
    if (result < 0) {
        return (int)result;
    }
    if ((stat.st_mode & S_IFMT_) != 0100000) {
        return -EINVAL;
    }
    uint8_t *bytes = sys_pages(limit + 1);
    if (sys_failed(bytes)) {
        return -ENOMEM;
    }
    size_t length = 0;
    while (length <= limit && (result = sys_read(fd, bytes + length, limit + 1 - length)) > 0) {
        length += (size_t)result;
    }
    if (length > limit) {
        result = -EFBIG;
    } else if (result == 0) {
        result = report_frame(ctx->launcher, FRAME_DATA, &ctx->position, sizeof ctx->position, bytes, length);
    }
    sys_free_pages(bytes, limit + 1);
    return (int)result;
}

int op_check(struct context *ctx, const struct instruction *i) {
    (void)ctx;
    struct stat stat;
    struct statfs fs;
    long result = sys_fstat(fd_at(i, 0), &stat);
    if (result < 0) {
        return (int)result;
    }
    if ((stat.st_mode & S_IFMT_) != i->operands[1] || (i->operands[2] != UINT64_MAX && stat.st_rdev != i->operands[2])) {
        return -EPROTO;
    }
    if (i->operands[3] == 0) {
        return 0;
    }
    result = sys_fstatfs(fd_at(i, 0), &fs);
    if (result < 0) {
        return (int)result;
    }
    return (uint64_t)fs.f_type == i->operands[3] ? 0 : -EPROTO;
}

/* The extended acknowledgement's text, from the attributes behind the error (no copy of the request: NETLINK_CAP_ACK). */
static void netlink_words(struct context *ctx, const uint8_t *message, size_t length) {
    size_t at = NLMSG_HDRLEN + sizeof(struct nlmsgerr);
    const struct nlmsghdr *header = (const struct nlmsghdr *)(const void *)message;
    ctx->failure.argument = header->nlmsg_seq;
    if ((header->nlmsg_flags & NLM_F_ACK_TLVS) == 0 || (header->nlmsg_flags & NLM_F_CAPPED) == 0) {
        return;
    }
    while (at + sizeof(struct nlattr) <= length) {
        struct nlattr attribute;
        memcpy(&attribute, message + at, sizeof attribute);
        if (attribute.nla_len < sizeof attribute || attribute.nla_len > length - at) {
            return;
        }
        if (attribute.nla_type == NLMSGERR_ATTR_MSG && message[at + attribute.nla_len - 1] == 0) {
            failure_text(ctx, (const char *)message + at + sizeof attribute);
            return;
        }
        at += NLMSG_ALIGN(attribute.nla_len);
    }
}

/* One datagram of replies: counts acknowledgements, stops at the first error. */
static int netlink_replies(struct context *ctx, const uint8_t *bytes, size_t length, uint64_t *acks) {
    while (length >= NLMSG_HDRLEN) {
        struct nlmsghdr header;
        memcpy(&header, bytes, sizeof header);
        if (header.nlmsg_len < NLMSG_HDRLEN || header.nlmsg_len > length) {
            return -EPROTO;
        }
        if (header.nlmsg_type == NLMSG_ERROR && header.nlmsg_len >= NLMSG_HDRLEN + sizeof(int32_t)) {
            int32_t error;
            memcpy(&error, bytes + NLMSG_HDRLEN, sizeof error);
            if (error != 0) {
                netlink_words(ctx, bytes, header.nlmsg_len);
                return error < 0 && error > -4096 ? error : -EPROTO;
            }
            *acks += 1;
        }
        size_t step = NLMSG_ALIGN(header.nlmsg_len);
        bytes += step < length ? step : length;
        length -= step < length ? step : length;
    }
    return 0;
}

/*
 * rtnetlink and nftables work inside the sender's call, so every reply is queued when it returns: nothing here waits, and what a
 * failure leaves unread is dropped before the next request.
 */
int op_netlink(struct context *ctx, const struct instruction *i) {
    uint8_t buffer[REPLY_LIMIT] __attribute__((aligned(8)));
    int fd = fd_at(i, 0);
    uint64_t acks = 0;
    int on = 1;
    sys_retry(__NR_setsockopt, fd, SOL_NETLINK, NETLINK_EXT_ACK, ADDRESS(&on), sizeof on);
    sys_retry(__NR_setsockopt, fd, SOL_NETLINK, NETLINK_CAP_ACK, ADDRESS(&on), sizeof on);
    struct iovec part = {.base = buffer, .length = sizeof buffer};
    struct msghdr message = {.parts = &part, .part_count = 1};
    while (sys_recvmsg(fd, &message, MSG_DONTWAIT) >= 0) {
    }
    part = (struct iovec){.base = ctx->program.data + i->operands[1], .length = i->operands[2]};
    long result = sys_sendmsg(fd, &message, 0);
    while (result >= 0 && acks < i->operands[3]) {
        part = (struct iovec){.base = buffer, .length = sizeof buffer};
        message = (struct msghdr){.parts = &part, .part_count = 1};
        result = sys_recvmsg(fd, &message, MSG_DONTWAIT);
        if (result == -EAGAIN) {
            return -EPROTO;
        }
        if (result > 0) {
            result = netlink_replies(ctx, buffer, (size_t)result, &acks);
        }
    }
    return result < 0 ? (int)result : 0;
}

/* The whole slot each time: a container that is started again runs the same instruction with another pid. */
int op_putpid(struct context *ctx, const struct instruction *i) {
    char digits[24];
    size_t length = (size_t)(text_decimal(digits, (uint64_t)ctx->last_pid) - digits);
    if (ctx->last_pid <= 0) {
        return -ESRCH;
    }
    bool blanks = i->operands[1] == 1;
    char *slot = ctx->program.data + i->operands[0];
    memset(slot, blanks ? ' ' : 0, PID_TEXT - 1);
    memcpy(blanks ? slot + PID_TEXT - 1 - length : slot, digits, length);
    return 0;
}

int op_fail(struct context *ctx, const struct instruction *i) {
    if (i->operands[0] != 0) {
        return -(int)i->operands[0];
    }
    return ctx->sticky != 0 ? -ctx->sticky : -ENOENT;
}

/* Field 22 of /proc/PID/stat; the name in field 2 may hold anything, so count from its last parenthesis. */
static uint64_t start_time(int pid) {
    char text[1024];
    char path[40] = "/proc/";
    text_copy(text_decimal(path + 6, (uint64_t)pid), 8, "/stat");
    CLOSING int fd = (int)sys_openat(AT_FDCWD, path, O_RDONLY, 0);
    long n = fd < 0 ? -1 : sys_read(fd, text, sizeof text - 1);
    if (n <= 0) {
        return 0;
    }
    text[n] = 0;
    const char *at = text + n;
    while (at > text && *at != ')') {
        at--;
    }
    for (int field = 2; field < STARTTIME_FIELD && *at != 0; at++) {
        field += *at == ' ';
    }
    return text_number(&at);
}

static char *line(char *to, const char *key, uint64_t value) {
    size_t n = text_length(key);
    memcpy(to, key, n);
    to = text_decimal(to + n, value);
    *to++ = '\n';
    return to;
}

int op_record(struct context *ctx, const struct instruction *i) {
    char lines[160];
    char name[PATH_LIMIT + 8] = ".";
    struct __kernel_timespec now = {0};
    sys_clock(0, &now);
    char *end = line(lines, "pid ", (uint64_t)ctx->last_pid);
    end = line(end, "start ", ctx->last_pid > 0 ? start_time(ctx->last_pid) : 0);
    end = line(end, "monitor ", (uint64_t)sys_getpid());
    end = line(end, "time ", (uint64_t)now.tv_sec);
    text_copy(name + 1, PATH_LIMIT, text_at(ctx, i->operands[1]));
    text_copy(name + text_length(name), 5, ".new");
    int dir = fd_at(i, 0);
    CLOSING int fd = (int)sys_openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return fd;
    }
    int result = write_all(fd, text_at(ctx, i->operands[2]), i->operands[3]);
    if (result == 0) {
        result = write_all(fd, lines, (size_t)(end - lines));
    }
    return result < 0 ? result : (int)sys_renameat(dir, name, dir, text_at(ctx, i->operands[1]));
}

/* A descriptor that leaked from outside could make the working folder one that the new root does not contain. */
int op_workdir(struct context *ctx, const struct instruction *i) {
    char path[PATH_LIMIT];
    const char *target = text_at(ctx, i->operands[0]);
    failure_text(ctx, target);
    long result = sys_retry(__NR_chdir, ADDRESS(target), 0, 0, 0, 0);
    if (result == 0) {
        result = sys_retry(__NR_getcwd, ADDRESS(path), sizeof path, 0, 0, 0);
    }
    if (result < 0) {
        return (int)result;
    }
    return path[0] == '/' ? 0 : -EXDEV;
}

/* The last component: a folder, or an empty file. */
static long make_one(int parent, const char *name, bool file) {
    if (!file) {
        return sys_mkdirat(parent, name, 0755);
    }
    long fd = sys_openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_NONBLOCK, 0644);
    return fd < 0 ? fd : sys_close((int)fd);
}

/* Each prefix is resolved by the kernel as the root's inhabitants would; what is missing is made below the parent's descriptor. */
/* Whether two descriptors are of one file. */
static bool same_file(int a, int b) {
    struct stat first = {0};
    struct stat second = {0};
    return sys_fstat(a, &first) == 0 && sys_fstat(b, &second) == 0 && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

int op_makepath(struct context *ctx, const struct instruction *i) {
    const uint64_t resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    char path[PATH_LIMIT];
    text_copy(path, sizeof path, text_at(ctx, i->operands[1]));
    CLOSING int parent = (int)sys_openat2(fd_at(i, 0), ".", O_PATH | O_DIRECTORY, 0, resolve);
    char *name = path;
    if (parent < 0) {
        return parent;
    }
    for (;;) {
        char *end = name;
        while (*end != '/' && *end != 0) {
            end++;
        }
        bool last = *end == 0;
        if (end == name) { /* `a//b`, `a/`, or nothing at all */
            if (last) {
                return i->operands[2] == 1 ? -EISDIR : i->operands[2] == 2 && same_file(parent, fd_at(i, 0)) ? -EBUSY : 0;
            }
            name = end + 1;
            continue;
        }
        bool file = last && i->operands[2] == 1;
        *end = 0;
        failure_text(ctx, path);
        long next = sys_openat2(fd_at(i, 0), path, O_PATH, 0, resolve);
        if (next == -ENOENT) {
            long made = make_one(parent, name, file);
            next = made < 0 && made != -EEXIST ? made : sys_openat2(fd_at(i, 0), path, O_PATH, 0, resolve);
        }
        if (next < 0) {
            return (int)next;
        }
        sys_close(parent);
        parent = (int)next;
        struct stat stat;
        long result = sys_fstat(parent, &stat);
        bool is_folder = (stat.st_mode & S_IFMT_) == 0040000;
        if (result < 0 || is_folder == file) {
            return result < 0 ? (int)result : is_folder ? -EISDIR : -ENOTDIR;
        }
        if (last) {
            return i->operands[2] == 2 && same_file(parent, fd_at(i, 0)) ? -EBUSY : 0;
        }
        *end = '/';
        name = end + 1;
    }
}
