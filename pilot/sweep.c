/* The only loops of a program, all bounded: kill a cgroup, remove a cgroup, remove a tree. What is absent is removed already. */
#include "pilot.h"

enum { PATIENCE_MS = 5000, BATCH = 64, DEPTH_LIMIT = 512, TEXT_LIMIT = 4096, DT_UNKNOWN_ = 0, DT_DIR_ = 4, FCHMODAT2 = 452 };

static const uint64_t BELOW = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
static const uint64_t BELOW_ANY_MOUNT = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;

static int64_t now_ms(void) {
    struct __kernel_timespec now = {0};
    sys_clock(1, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A folder's entries, one at a time, without `.` and `..`. */
struct listing {
    int fd;
    long at, end;
    uint8_t bytes[2048] __attribute__((aligned(8)));
};

/* The next entry or NULL; *error is set if reading failed. */
static struct directory_entry *next_entry(struct listing *list, int *error) {
    for (;;) {
        if (list->at >= list->end) {
            list->at = 0;
            list->end = sys_getdents(list->fd, list->bytes, sizeof list->bytes);
            if (list->end <= 0) {
                *error = (int)list->end;
                return NULL;
            }
        }
        struct directory_entry *entry = (struct directory_entry *)(void *)(list->bytes + list->at);
        list->at += entry->length;
        if (!text_equal(entry->name, ".") && !text_equal(entry->name, "..")) {
            return entry;
        }
    }
}

static struct directory_entry *next_folder(struct listing *list, int *error) {
    struct directory_entry *entry;
    while ((entry = next_entry(list, error)) != NULL && entry->type != DT_DIR_) {
    }
    return entry;
}

/* cgroups */

static int put(int dir, const char *name, const char *text) {
    CLOSING int fd = (int)sys_openat(dir, name, O_WRONLY | O_NOFOLLOW, 0);
    if (fd < 0) {
        return fd;
    }
    long n = sys_write(fd, text, text_length(text));
    return n < 0 ? (int)n : 0;
}

/* Calls `visit` with each pid of a cgroup; 0 or -errno of the reading. */
static int each_pid(int dir, void (*visit)(void *, int), void *with) {
    char text[TEXT_LIMIT];
    CLOSING int fd = (int)sys_openat(dir, "cgroup.procs", O_RDONLY | O_NOFOLLOW, 0);
    if (fd < 0) {
        return fd;
    }
    int pid = 0;
    long n;
    while ((n = sys_read(fd, text, sizeof text)) > 0) {
        for (long k = 0; k < n; k++) {
            if (text[k] != '\n') {
                pid = (int)((unsigned)pid * 10u + (unsigned)(text[k] - '0'));
            } else {
                visit(with, pid);
                pid = 0;
            }
        }
    }
    return (int)n;
}

struct victims {
    unsigned count;
    bool more;
    struct {
        int pid, pidfd;
        bool confirmed;
    } each[BATCH];
};

static void collect(void *with, int pid) {
    struct victims *victims = with;
    if (victims->count == BATCH) {
        victims->more = true;
    } else if (pid > 0) {
        victims->each[victims->count].pid = pid;
        victims->each[victims->count].pidfd = (int)sys_pidfd_open(pid);
        victims->each[victims->count++].confirmed = false;
    }
}

static void confirm(void *with, int pid) {
    struct victims *victims = with;
    for (unsigned k = 0; k < victims->count; k++) {
        if (victims->each[k].pid == pid) {
            victims->each[k].confirmed = true;
        }
    }
}

/*
 * A pid may be used anew between being read and being opened. Whoever is still in the list after the pidfd was opened is the
 * process behind it, or at least one that lives in this cgroup. Adds to *found how many there were.
 */
static int kill_listed(int dir, unsigned *found) {
    struct victims victims;
    int error = 0;
    do {
        victims.count = 0;
        victims.more = false;
        error = each_pid(dir, collect, &victims);
        if (error == 0) {
            error = each_pid(dir, confirm, &victims);
        }
        for (unsigned k = 0; k < victims.count; k++) {
            int pidfd = victims.each[k].pidfd;
            if (pidfd >= 0) {
                long result = victims.each[k].confirmed ? sys_pidfd_signal(pidfd, SIGKILL) : 0;
                error = error == 0 && result < 0 && result != -ESRCH ? (int)result : error;
                sys_close(pidfd);
            }
        }
        *found += victims.count;
    } while (error == 0 && victims.more && victims.count < BATCH);
    return error;
}

/* Every cgroup below `top` and itself, children first, one descriptor at a time; cgroups do not move, so `..` leads back. */
static int kill_below(int top, unsigned *found) {
    int64_t resume[DEPTH_LIMIT] = {0};
    struct listing list;
    unsigned depth = 0;
    int error = 0;
    int dir = (int)sys_openat(top, ".", O_RDONLY | O_DIRECTORY, 0);
    while (dir >= 0) {
        sys_lseek(dir, resume[depth], 0);
        list.fd = dir;
        list.at = list.end = 0;
        struct directory_entry *entry = next_folder(&list, &error);
        int next;
        if (entry != NULL && depth + 1 < DEPTH_LIMIT) {
            resume[depth++] = entry->offset;
            resume[depth] = 0;
            next = (int)sys_openat(dir, entry->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
            if (next == -ENOENT) {
                depth--;
                continue;
            }
        } else {
            int result = kill_listed(dir, found);
            error = result < 0 && result != -ENODEV ? result : error;
            next = depth == 0 ? -1 : (int)sys_openat(dir, "..", O_RDONLY | O_DIRECTORY, 0);
            depth -= depth > 0;
        }
        sys_close(dir);
        dir = next;
    }
    return error;
}

/* Version 1. Frozen processes cannot fork away from the list; they die when they are thawed. */
static int kill_by_list(int dir) {
    int64_t until = now_ms() + PATIENCE_MS;
    for (long pause = 1;; pause += pause < 20) {
        unsigned found = 0;
        bool frozen = put(dir, "freezer.state", "FROZEN") == 0;
        int error = kill_below(dir, &found);
        if (frozen) {
            put(dir, "freezer.state", "THAWED");
        }
        if (error < 0 || found == 0) {
            return error;
        }
        if (now_ms() > until) {
            return -EBUSY;
        }
        sys_sleep_ms(pause);
    }
}

static bool is_populated(int dir) {
    static const char word[] = "populated 1";
    char text[256];
    CLOSING int fd = (int)sys_openat(dir, "cgroup.events", O_RDONLY, 0);
    long n = fd < 0 ? 0 : sys_read(fd, text, sizeof text);
    for (long k = 0; k + (long)sizeof word - 1 <= n; k++) {
        if (memcmp(text + k, word, sizeof word - 1) == 0) {
            return true;
        }
    }
    return false;
}

int op_killcg(struct context *ctx, const struct instruction *i) {
    const char *name = text_at(ctx, i->operands[1]);
    CLOSING int dir = (int)sys_openat2(fd_at(i, 0), name, O_RDONLY | O_DIRECTORY, 0, BELOW_ANY_MOUNT);
    failure_text(ctx, name);
    if (dir < 0) {
        return dir == -ENOENT ? 0 : dir;
    }
    if (i->operands[2] == 0) {
        return kill_by_list(dir);
    }
    int64_t until = now_ms() + PATIENCE_MS;
    int error = put(dir, "cgroup.kill", "1");
    if (error < 0) {
        return error == -ENODEV ? 0 : error;
    }
    for (long pause = 1; is_populated(dir); pause += pause < 20) {
        if (now_ms() > until) {
            return -EBUSY;
        }
        sys_sleep_ms(pause);
    }
    return 0;
}

/*
 * Goes down to the first cgroup without children, removes it, comes back by `..`. One that is busy without children has processes
 * that are still dying: they get time.
 */
static int remove_below(int top) {
    int64_t until = now_ms() + PATIENCE_MS;
    struct listing list;
    unsigned depth = 0;
    int error = 0;
    int dir = (int)sys_openat(top, ".", O_RDONLY | O_DIRECTORY, 0);
    while (dir >= 0) {
        int next;
        sys_lseek(dir, 0, 0);
        list.fd = dir;
        list.at = list.end = 0;
        struct directory_entry *entry = next_folder(&list, &error);
        if (entry == NULL) {
            next = depth == 0 ? -1 : (int)sys_openat(dir, "..", O_RDONLY | O_DIRECTORY, 0);
            depth -= depth > 0;
        } else {
            long result = sys_unlinkat(dir, entry->name, AT_REMOVEDIR);
            if (result == 0 || result == -ENOENT) {
                continue;
            }
            if (result != -EBUSY || now_ms() > until) {
                error = (int)result;
                break;
            }
            next = (int)sys_openat(dir, entry->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
            depth++;
            sys_sleep_ms(1);
        }
        sys_close(dir);
        dir = next;
    }
    if (dir >= 0) {
        sys_close(dir);
    }
    return error;
}

int op_rmcg(struct context *ctx, const struct instruction *i) {
    const char *name = text_at(ctx, i->operands[1]);
    int64_t until = now_ms() + PATIENCE_MS;
    failure_text(ctx, name);
    for (long pause = 1;; pause += pause < 20) {
        long result = sys_unlinkat(fd_at(i, 0), name, AT_REMOVEDIR);
        if (result != -EBUSY) {
            return result == -ENOENT ? 0 : (int)result;
        }
        CLOSING int dir = (int)sys_openat2(fd_at(i, 0), name, O_RDONLY | O_DIRECTORY, 0, BELOW_ANY_MOUNT);
        int error = dir < 0 ? 0 : remove_below(dir);
        if (error < 0 || now_ms() > until) {
            return error < 0 ? error : -EBUSY;
        }
        sys_sleep_ms(pause);
    }
}

/*
 * Trees. Nobody's `..` is followed and no stack grows with the depth: a folder that is not empty is emptied of everything but its
 * non-empty folders, and those are moved up, next to it, under names of ours. At most three descriptors are open. A crash in
 * between leaves folders with such names in the top, where the next removal takes them.
 */
struct removal {
    struct context *ctx;
    int top;
    uint64_t moved;    /* for names */
    uint64_t progress; /* things removed or moved in this pass */
    int held_up;       /* why something was left where it was: no space or too many links for the move */
};

/* Makes a folder that denies its owner everything accessible, by descriptor: a name could be exchanged for a link meanwhile. */
static void grant(int dir, const char *name) {
    char path[40] = "/proc/self/fd/";
    CLOSING int fd = (int)sys_openat2(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0, BELOW);
    if (fd < 0) {
        return;
    }
    long result = sys_retry(FCHMODAT2, fd, ADDRESS(""), 0700, AT_EMPTY_PATH, 0);
    if (result == -ENOSYS) { /* before Linux 6.6 */
        text_decimal(path + 14, (uint64_t)fd);
        sys_retry(__NR_fchmodat, AT_FDCWD, ADDRESS(path), 0700, 0, 0);
    }
}

static int open_folder(int dir, const char *name) {
    const uint64_t flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK;
    long fd = sys_openat2(dir, name, flags, 0, BELOW);
    if (fd == -EACCES) {
        grant(dir, name);
        fd = sys_openat2(dir, name, flags, 0, BELOW);
    }
    struct stat stat;
    if (fd >= 0 && sys_fstat((int)fd, &stat) == 0 && (stat.st_mode & 0700) != 0700) {
        sys_retry(__NR_fchmod, fd, 0700, 0, 0, 0);
    }
    return (int)fd;
}

static int move_up(struct removal *r, int dir, const char *name) {
    char new_name[32] = ".wherry-removed-";
    for (bool granted = false;;) {
        text_decimal(new_name + 16, r->moved);
        long result = sys_renameat(dir, name, r->top, new_name);
        if (result == -EACCES && !granted) {
            grant(dir, name);
            granted = true;
        } else if (result == -EEXIST || result == -ENOTEMPTY || result == -ENOTDIR) {
            r->moved++;
        } else if (result == -ENOSPC || result == -EMLINK || result == -EDQUOT) {
            r->held_up = (int)result;
            return 0;
        } else {
            r->moved++;
            r->progress += result == 0;
            return (int)result;
        }
    }
}

/* 0 when it is gone, -ENOTEMPTY for a folder that holds something, or another -errno. */
static int remove_entry(struct removal *r, int dir, const struct directory_entry *entry) {
    long result = entry->type == DT_DIR_ ? -EISDIR : sys_unlinkat(dir, entry->name, 0);
    if (result == -EISDIR) {
        result = sys_unlinkat(dir, entry->name, AT_REMOVEDIR);
    }
    if (result == -ENOENT) {
        result = 0;
    }
    r->progress += result == 0;
    return result == -EEXIST ? -ENOTEMPTY : (int)result;
}

/* What is left in it afterwards are folders that could not be moved. */
static int empty_folder(struct removal *r, int dir) {
    struct listing list = {.fd = dir};
    struct directory_entry *entry;
    int error = 0;
    while ((entry = next_entry(&list, &error)) != NULL) {
        error = remove_entry(r, dir, entry);
        if (error == -ENOTEMPTY) {
            error = move_up(r, dir, entry->name);
        }
        if (error < 0) {
            failure_text(r->ctx, entry->name);
            return error;
        }
    }
    return error;
}

/* One pass over the top's own entries; *seen counts them. */
static int pass(struct removal *r, uint64_t *seen) {
    struct listing list = {.fd = r->top};
    struct directory_entry *entry;
    int error = 0;
    sys_lseek(r->top, 0, 0);
    while ((entry = next_entry(&list, &error)) != NULL) {
        *seen += 1;
        error = remove_entry(r, r->top, entry);
        if (error == -ENOTEMPTY) {
            CLOSING int dir = open_folder(r->top, entry->name);
            error = dir < 0 ? dir : empty_folder(r, dir);
            if (error == 0) {
                error = remove_entry(r, r->top, entry);
                error = error == -ENOTEMPTY ? 0 : error; /* the next pass */
            } else if (dir >= 0) {
                return error;
            }
        }
        if (error < 0) {
            failure_text(r->ctx, entry->name);
            return error;
        }
    }
    return error;
}

int op_rmtree(struct context *ctx, const struct instruction *i) {
    const char *name = text_at(ctx, i->operands[1]);
    int parent = fd_at(i, 0);
    failure_text(ctx, name);
    CLOSING int top = open_folder(parent, name);
    if (top == -ENOENT) {
        return 0;
    }
    if (top == -ENOTDIR || top == -ELOOP) {
        return (int)sys_unlinkat(parent, name, 0);
    }
    if (top < 0) {
        return top;
    }
    struct removal removal = {.ctx = ctx, .top = top};
    for (;;) {
        uint64_t seen = 0;
        removal.progress = 0;
        removal.held_up = 0;
        int error = pass(&removal, &seen);
        if (error < 0) {
            return error;
        }
        if (seen == 0) {
            break;
        }
        if (removal.progress == 0) {
            return removal.held_up < 0 ? removal.held_up : -EBUSY;
        }
    }
    long result = sys_unlinkat(parent, name, AT_REMOVEDIR);
    return result == -ENOENT ? 0 : (int)result;
}
