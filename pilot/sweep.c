/* The only loops of a program, all bounded: kill a cgroup, remove a cgroup, remove a tree. What is absent is removed already. */
#include "listing.h"
#include "pilot.h"
#include "remove.h"

enum { PATIENCE_MS = 5000, BATCH = 64, DEPTH_LIMIT = 512, TEXT_LIMIT = 4096, DT_DIR_ = 4 };

static const uint64_t BELOW_ANY_MOUNT = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;

static struct directory_entry *next_folder(struct listing *list, int *error) {
    struct directory_entry *entry;
    while ((entry = listing_next(list, error)) != NULL && entry->type != DT_DIR_) {
    }
    return entry;
}

/* Calls `visit` with every cgroup below `top` and with itself, children first, one descriptor at a time; cgroups do not move, so `..` leads back. */
static int each_below(int top, int (*visit)(int, unsigned *), unsigned *count) {
    int64_t resume[DEPTH_LIMIT] = {0};
    struct listing list;
    unsigned depth = 0;
    int error = 0;
    int dir = (int)sys_openat(top, ".", O_RDONLY | O_DIRECTORY, 0);
    while (dir >= 0) {
        listing_begin(&list, dir);
        SYS(lseek, dir, resume[depth], 0);
        struct directory_entry *entry = next_folder(&list, &error);
        int next;
        if (entry != NULL && depth + 1 < DEPTH_LIMIT) {
            resume[depth] = entry->offset;
            next = (int)sys_openat(dir, entry->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
            if (next == -ENOENT) {
                continue;
            }
            resume[++depth] = 0;
        } else {
            int result = visit(dir, count);
            error = result < 0 && result != -ENODEV ? result : error;
            next = depth == 0 ? -1 : (int)sys_openat(dir, "..", O_RDONLY | O_DIRECTORY, 0);
            depth -= depth > 0;
        }
        sys_close(dir);
        dir = next;
    }
    return error;
}

/* Some pids of a cgroup: how many, or -errno. */
static int read_pids(int dir, int pids[BATCH]) {
    char text[TEXT_LIMIT];
    CLOSING int fd = (int)TRY(sys_openat(dir, "cgroup.procs", O_RDONLY | O_NOFOLLOW, 0));
    int pid = 0;
    int count = 0;
    long n;
    while ((n = sys_read(fd, text, sizeof text)) > 0) {
        for (long k = 0; k < n; k++) {
            if (text[k] != '\n') {
                pid = (int)((unsigned)pid * 10u + (unsigned)(text[k] - '0'));
                continue;
            }
            if (count < BATCH && pid > 0) {
                pids[count++] = pid;
            }
            pid = 0;
        }
    }
    return n < 0 ? (int)n : count;
}

/*
 * A pid may be used anew between being read and being opened. Whoever is still in the list after the pidfd was opened is the
 * process behind it, or at least one that lives in this cgroup. Adds to *found how many there were.
 */
static int kill_listed(int dir, unsigned *found) {
    int pids[BATCH], again[BATCH], pidfds[BATCH];
    int count = TRY(read_pids(dir, pids));
    for (int k = 0; k < count; k++) {
        pidfds[k] = (int)SYS(pidfd_open, pids[k], 0);
    }
    int confirmed = read_pids(dir, again);
    int error = confirmed < 0 ? confirmed : 0;
    for (int k = 0; k < count; k++) {
        for (int j = 0; j < confirmed && pidfds[k] >= 0; j++) {
            long result = again[j] == pids[k] ? sys_pidfd_signal(pidfds[k], SIGKILL) : 0;
            error = error == 0 && result < 0 && result != -ESRCH ? (int)result : error;
        }
        if (pidfds[k] >= 0) {
            sys_close(pidfds[k]);
        }
    }
    *found += (unsigned)count;
    return error;
}

/* Version 1. Frozen processes cannot fork away from the list; they die when they are thawed. */
static int kill_by_list(int dir) {
    int64_t until = sys_now_ms() + PATIENCE_MS;
    for (long pause = 1;; pause += pause < 20) {
        unsigned found = 0;
        bool frozen = put_value(dir, "freezer.state", "FROZEN") == 0;
        int error = each_below(dir, kill_listed, &found);
        if (frozen) {
            put_value(dir, "freezer.state", "THAWED");
        }
        if (error < 0 || found == 0 || sys_now_ms() > until) {
            return error < 0 || found == 0 ? error : -EBUSY;
        }
        sys_sleep_ms(pause);
    }
}

static bool is_populated(int dir) {
    char text[256];
    CLOSING int fd = (int)sys_openat(dir, "cgroup.events", O_RDONLY, 0);
    long n = fd < 0 ? 0 : sys_read(fd, text, sizeof text - 1);
    text[n < 0 ? 0 : n] = 0;
    const char *value = text_line(text, "populated ");
    return value != NULL && *value == '1';
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
    int64_t until = sys_now_ms() + PATIENCE_MS;
    int error = put_value(dir, "cgroup.kill", "1");
    for (long pause = 1; error == 0 && is_populated(dir); pause += pause < 20) {
        error = sys_now_ms() > until ? -EBUSY : 0;
        sys_sleep_ms(pause);
    }
    return error == -ENODEV ? 0 : error;
}

/* One that is busy without children has processes that are still dying: they get time. */
static int remove_children(int dir, unsigned *count) {
    struct listing list;
    struct directory_entry *entry;
    int error = 0;
    listing_begin(&list, dir);
    while ((entry = next_folder(&list, &error)) != NULL) {
        long result = sys_unlinkat(dir, entry->name, AT_REMOVEDIR);
        if (result < 0 && result != -ENOENT && result != -EBUSY) {
            return (int)result;
        }
        *count += result == 0;
    }
    return error;
}

int op_rmcg(struct context *ctx, const struct instruction *i) {
    const char *name = text_at(ctx, i->operands[1]);
    int64_t until = sys_now_ms() + PATIENCE_MS;
    failure_text(ctx, name);
    for (long pause = 1;; pause += pause < 20) {
        unsigned removed = 0;
        long result = sys_unlinkat(fd_at(i, 0), name, AT_REMOVEDIR);
        if (result != -EBUSY) {
            return result == -ENOENT ? 0 : (int)result;
        }
        CLOSING int dir = (int)sys_openat2(fd_at(i, 0), name, O_RDONLY | O_DIRECTORY, 0, BELOW_ANY_MOUNT);
        int error = dir < 0 ? 0 : each_below(dir, remove_children, &removed);
        if (error < 0 || sys_now_ms() > until) {
            return error < 0 ? error : -EBUSY;
        }
        if (removed == 0) {
            sys_sleep_ms(pause);
        }
    }
}

int op_rmtree(struct context *ctx, const struct instruction *i) {
    const char *name = text_at(ctx, i->operands[1]);
    struct removal removal = {.grants = true};
    int result = remove_below(&removal, fd_at(i, 0), name);
    if (result == 0 || result == -ENOTDIR || result == -ELOOP) {
        result = (int)sys_unlinkat(fd_at(i, 0), name, result == 0 ? AT_REMOVEDIR : 0);
        removal.entry[0] = 0;
    }
    failure_text(ctx, removal.entry[0] != 0 ? removal.entry : name);
    return result == -ENOENT ? 0 : result;
}
