/* Instructions that act on files, descriptors and sockets. */
#include "frame.h"
#include <linux/filter.h>
#include <linux/memfd.h>
#include <linux/netlink.h>

enum { PATH_LIMIT = 4096, REPLY_LIMIT = 8192, SOL_NETLINK = 270, F_OFD_GETLK_ = 36, F_OFD_SETLK_ = 37, F_UNLCK_ = 2, LOCK_PATIENCE_MS = 5000 };

int own_number(int fd) {
    long own = fd < 0 ? -1 : sys_fcntl(fd, F_DUPFD_CLOEXEC, FD_LAST + 1);
    if (own >= 0) {
        sys_close(fd);
    }
    return own >= 0 ? (int)own : fd;
}

int place_fd(long fd, uint16_t dst) {
    TRY(fd);
    if (fd == dst) {
        return (int)sys_fcntl((int)fd, F_SETFD, FD_CLOEXEC);
    }
    long result = SYS(dup3, (int)fd, dst, O_CLOEXEC);
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

int memory_file(const char *name, const void *bytes, size_t length) {
    int fd = (int)TRY(SYS(memfd_create, name, MFD_CLOEXEC));
    int result = write_all(fd, bytes, length);
    SYS(lseek, fd, 0, 0);
    if (result < 0) {
        sys_close(fd);
    }
    return result < 0 ? result : fd;
}

int put_value(int dir, const char *name, const char *text) {
    CLOSING int fd = (int)TRY(sys_openat(dir, name, O_WRONLY | O_NOFOLLOW, 0));
    return write_all(fd, text, text_length(text));
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

/*
 * Whoever asks whether a container is attended holds its lock for a moment, and who mends it or takes it away holds it a little longer. Those are JVMs, whose
 * locks have an owner; a monitor's has none (fcntl_locking(2), F_OFD_GETLK), and that one is not waited for.
 */
static long lock_patiently(int fd, const void *wanted) {
    int64_t until = sys_now_ms() + LOCK_PATIENCE_MS;
    long result;
    while ((result = SYS(fcntl, fd, F_OFD_SETLK_, wanted)) == -EAGAIN && sys_now_ms() < until) {
        struct {
            int16_t type;
            int16_t whence;
            int64_t start;
            int64_t length;
            int32_t pid;
        } holder;
        _Static_assert(sizeof holder == 32, "struct flock");
        memcpy(&holder, wanted, sizeof holder);
        if (SYS(fcntl, fd, F_OFD_GETLK_, &holder) == 0 && holder.type != F_UNLCK_ && holder.pid == -1) {
            break;
        }
        sys_sleep_ms(1);
    }
    return result;
}

int op_call(struct context *ctx, const struct instruction *i) {
    const struct signature *row = &call_table[i->operands[0]];
    const uint64_t *values = i->operands + 1;
    long a[CALL_ARGUMENTS];
    int pair[2];
    struct sock_fprog filter;
    for (unsigned k = 0; k < CALL_ARGUMENTS; k++) {
        const struct operand *type = &row->operands[k];
        bool points = type->kind == KIND_STR || type->kind == KIND_STR_OPT || type->kind == KIND_TEXT || type->kind == KIND_IN || type->kind == KIND_BUF;
        a[k] = points ? ADDRESS(text_at(ctx, values[k])) : (long)values[k];
        if (type->kind == KIND_FILTER) {
            filter.len = (unsigned short)values[type->length_at];
            filter.filter = (struct sock_filter *)(void *)(ctx->program.data + values[k]);
            a[k] = ADDRESS(&filter);
        } else if (type->kind == KIND_PAIR) {
            a[k] = ADDRESS(pair);
        }
    }
    if (row->number == __NR_close) {
        return (int)sys_close(fd_at(i, 1));
    }
    if (i->operands[0] == CALL_FCNTL_LOCK) {
        return (int)lock_patiently(fd_at(i, 1), (const void *)a[2]);
    }
    long result = sys_retry(row->number, a[0], a[1], a[2], a[3], a[4]);
    if (result < 0 && (i->operands[0] == CALL_FSCONFIG || i->operands[0] == CALL_FSCONFIG_FD || i->operands[0] == CALL_FSMOUNT)) {
        context_words(ctx, fd_at(i, 1));
    }
    TRY(result);
    return row->result == RESULT_PAIR ? place_pair(pair, i->dst) : row->result == RESULT_FD ? place_fd(result, i->dst) : 0;
}

/* Links on the way may not lead out of the folder (`self` of a procfs is one); the file itself is never a link. */
int op_write(struct context *ctx, const struct instruction *i) {
    uint64_t flags = i->operands[4] | O_WRONLY | O_NOFOLLOW;
    uint64_t mode = (flags & O_CREAT) != 0 ? 0600 : 0;
    uint64_t resolve = fd_at(i, 0) >= 0 ? RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS : RESOLVE_NO_SYMLINKS;
    CLOSING int fd = (int)TRY(sys_openat2(fd_at(i, 0), text_at(ctx, i->operands[1]), flags, mode, resolve));
    return TRY(sys_write(fd, text_at(ctx, i->operands[2]), i->operands[3])) == as_signed(i->operands[3]) ? 0 : -EIO;
}

/* O_NONBLOCK: a FIFO in a root that nobody trusts must not hold us up. */
int op_read(struct context *ctx, const struct instruction *i) {
    enum { HEAD = FRAME_HEADER + sizeof ctx->position };
    const uint64_t resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    size_t limit = i->operands[2];
    CLOSING int fd = (int)TRY(sys_openat2(fd_at(i, 0), text_at(ctx, i->operands[1]), O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, resolve));
    struct stat stat;
    TRY(sys_fstat(fd, &stat));
    if ((stat.st_mode & S_IFMT_) != 0100000) {
        return -EINVAL;
    }
    uint8_t *frame = sys_pages(HEAD + limit + 1);
    if (sys_failed(frame)) {
        return -ENOMEM;
    }
    memcpy(frame + FRAME_HEADER, &ctx->position, sizeof ctx->position);
    size_t length = 0;
    long result = 1;
    while (length <= limit && (result = sys_read(fd, frame + HEAD + length, limit + 1 - length)) > 0) {
        length += (size_t)result;
    }
    if (length > limit) {
        result = -EFBIG;
    } else if (result == 0) {
        result = report_frame(ctx->launcher, FRAME_DATA, frame, sizeof ctx->position + length);
    }
    sys_free_pages(frame, HEAD + limit + 1);
    return (int)result;
}

int op_check(struct context *ctx, const struct instruction *i) {
    (void)ctx;
    struct stat stat;
    struct statfs fs = {.f_type = 0};
    TRY(sys_fstat(fd_at(i, 0), &stat));
    if (i->operands[3] != 0) {
        TRY(SYS(fstatfs, fd_at(i, 0), &fs));
    }
    bool fits = (stat.st_mode & S_IFMT_) == i->operands[1] && (i->operands[2] == UINT64_MAX || stat.st_rdev == i->operands[2]);
    return fits && (uint64_t)fs.f_type == i->operands[3] ? 0 : -EPROTO;
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
    SYS(setsockopt, fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
    SYS(setsockopt, fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
    struct iovec part = {.iov_base = buffer, .iov_len = sizeof buffer};
    struct msghdr message = {.parts = &part, .part_count = 1};
    while (sys_recvmsg(fd, &message, MSG_DONTWAIT) >= 0) {
    }
    part = (struct iovec){.iov_base = ctx->program.data + i->operands[1], .iov_len = i->operands[2]};
    long result = sys_sendmsg(fd, &message, 0);
    while (result >= 0 && acks < i->operands[3]) {
        part = (struct iovec){.iov_base = buffer, .iov_len = sizeof buffer};
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
    return i->operands[0] != 0 ? -(int)i->operands[0] : ctx->sticky != 0 ? -ctx->sticky : -ENOENT;
}

/* The name in field 2 may hold anything, so count from its last parenthesis. */
uint64_t stat_field(int pid, int wanted) {
    char text[1024];
    char path[40];
    text_copy(text_pair(path, "/proc/", (uint64_t)pid), 8, "/stat");
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
    for (int field = 2; field < wanted && *at != 0; at++) {
        field += *at == ' ';
    }
    return text_number(&at);
}

int op_record(struct context *ctx, const struct instruction *i) {
    char lines[160];
    char name[PATH_LIMIT + 8] = ".";
    struct __kernel_timespec now = {0};
    sys_clock(0, &now);
    char *end = text_pair(lines, "pid ", (uint64_t)ctx->last_pid);
    end = text_pair(end, "\nstart ", ctx->last_pid > 0 ? stat_field(ctx->last_pid, STAT_START) : 0);
    end = text_pair(end, "\nmonitor ", (uint64_t)sys_getpid());
    end = text_pair(end, "\ntime ", (uint64_t)now.tv_sec);
    end = ctx->restarts > 0 ? text_pair(end, "\nrestarts ", ctx->restarts) : end;
    *end++ = '\n';
    text_copy(name + 1, PATH_LIMIT, text_at(ctx, i->operands[1]));
    text_copy(name + text_length(name), 5, ".new");
    int dir = fd_at(i, 0);
    CLOSING int fd = (int)TRY(sys_openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600));
    TRY(write_all(fd, text_at(ctx, i->operands[2]), i->operands[3]));
    TRY(write_all(fd, lines, (size_t)(end - lines)));
    return (int)sys_renameat(dir, name, dir, text_at(ctx, i->operands[1]));
}

/* A descriptor that leaked from outside could make the working folder one that the new root does not contain. */
int op_workdir(struct context *ctx, const struct instruction *i) {
    char path[PATH_LIMIT];
    const char *target = text_at(ctx, i->operands[0]);
    failure_text(ctx, target);
    TRY(SYS(chdir, target));
    TRY(SYS(getcwd, path, sizeof path));
    return path[0] == '/' ? 0 : -EXDEV;
}

/* The last component: a folder, or an empty file. What is there already is as good. */
static int make_one(int parent, const char *name, bool file) {
    long made = file ? sys_openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_NONBLOCK, 0644) : SYS(mkdirat, parent, name, 0755);
    if (file && made >= 0) {
        sys_close((int)made);
    }
    return made < 0 && made != -EEXIST ? (int)made : 0;
}

/* Whether two descriptors are of one file. */
static bool same_file(int a, int b) {
    struct stat first = {0};
    struct stat second = {0};
    return sys_fstat(a, &first) == 0 && sys_fstat(b, &second) == 0 && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/* Each prefix is resolved by the kernel as the root's inhabitants would; what is missing is made below the parent's descriptor. */
int op_makepath(struct context *ctx, const struct instruction *i) {
    const uint64_t resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    bool wants_file = i->operands[2] == 1;
    bool is_folder = true;
    char path[PATH_LIMIT];
    text_copy(path, sizeof path, text_at(ctx, i->operands[1]));
    CLOSING int parent = (int)TRY(sys_openat2(fd_at(i, 0), ".", O_PATH | O_DIRECTORY, 0, resolve));
    for (char *name = path; *name != 0;) {
        char *end = name;
        while (*end != '/' && *end != 0) {
            end++;
        }
        char after = *end;
        if (end > name) { /* not `a//b` or `a/` */
            struct stat stat;
            *end = 0;
            failure_text(ctx, path);
            long next = sys_openat2(fd_at(i, 0), path, O_PATH, 0, resolve);
            if (next == -ENOENT) {
                TRY(make_one(parent, name, wants_file && after == 0));
                next = sys_openat2(fd_at(i, 0), path, O_PATH, 0, resolve);
            }
            TRY(next);
            sys_close(parent);
            parent = (int)next;
            TRY(sys_fstat(parent, &stat));
            is_folder = (stat.st_mode & S_IFMT_) == 0040000;
            if (!is_folder && (after != 0 || !wants_file)) {
                return -ENOTDIR;
            }
            *end = after;
        }
        name = after == 0 ? end : end + 1;
    }
    return is_folder && wants_file ? -EISDIR : i->operands[2] == 2 && same_file(parent, fd_at(i, 0)) ? -EBUSY : 0;
}
