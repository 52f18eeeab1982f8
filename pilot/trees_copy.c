/*
 * COPY of a tree stream: one folder's tree into another folder of the same root, with shared blocks where the filesystem can. Nothing is followed: each
 * folder is opened by its single name below its parent's descriptor. Names of a file with several are kept by a staging folder in the target, in
 * which each such file has its inode's number for a name until the copy is done: no table, however many there are.
 */
#include "trees.h"
#include "pilot.h"

#define O_FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define KIND_MASK 0170000u
#define KIND_FOLDER 0040000u
#define KIND_FILE 0100000u
#define KIND_LINK 0120000u
#define AT_NOFOLLOW 0x100
#define AT_EMPTY 0x1000
#define FICLONE_ 0x40049409
#define SEEK_SET_ 0
#define SEEK_DATA_ 3
#define SEEK_HOLE_ 4

/* Two descriptors a level; a process has 1,024 by default. */
enum { DEPTH_LIMIT = 400, LISTING = 4096, XATTR_NAMES = 65536, CHUNK = 1 << 30 };

static const char STAGING[] = ".wherry-copy";

struct copy {
    struct tree_copied *result;
    int staging; /* made when it is first needed, or -1 */
    int top;     /* of the target */
    char *names; /* XATTR_NAMES bytes */
    uint8_t *value; /* TREE_XATTR_LIMIT bytes */
};

static long call(struct copy *c, long nr, long a, long b, long d, long e, long f) {
    long result = sys_retry(nr, a, b, d, e, f);
    if (result < 0) {
        c->result->call = nr;
    }
    return result;
}

/* ---- metadata ---- */

/* What is not supported by the target, or not allowed to this process, is left out, as at unpacking. */
static int copy_xattrs(struct copy *c, int from, int to) {
    long length = call(c, __NR_flistxattr, from, ADDRESS(c->names), XATTR_NAMES, 0, 0);
    if (length < 0) {
        return length == -EOPNOTSUPP ? 0 : (int)length;
    }
    for (const char *name = c->names; name < c->names + length; name += text_length(name) + 1) {
        if (tree_is_overlay_note(name)) {
            continue; /* It speaks of one place only. */
        }
        long size = call(c, __NR_fgetxattr, from, ADDRESS(name), ADDRESS(c->value), TREE_XATTR_LIMIT, 0);
        if (size >= 0) {
            size = call(c, __NR_fsetxattr, to, ADDRESS(name), ADDRESS(c->value), size, 0);
        }
        if (size < 0 && size != -EPERM && size != -EOPNOTSUPP && size != -ENODATA) {
            return (int)size;
        }
    }
    return 0;
}

static int set_times(struct copy *c, int dir, const char *name, int flags, const struct stat *st) {
    struct __kernel_timespec times[2] = {
        {.tv_sec = (int64_t)st->st_atime, .tv_nsec = (int64_t)st->st_atime_nsec},
        {.tv_sec = (int64_t)st->st_mtime, .tv_nsec = (int64_t)st->st_mtime_nsec},
    };
    return (int)call(c, __NR_utimensat, dir, ADDRESS(name), ADDRESS(times), flags, 0);
}

/* Owner before mode and capabilities, which it clears; times last. */
static int copy_metadata(struct copy *c, int from, int to, const struct stat *st) {
    long error = call(c, __NR_fchown, to, st->st_uid, st->st_gid, 0, 0);
    if (error == 0) {
        error = call(c, __NR_fchmod, to, st->st_mode & 07777, 0, 0, 0);
    }
    if (error == 0) {
        error = copy_xattrs(c, from, to);
    }
    return error < 0 ? (int)error : set_times(c, to, "", AT_EMPTY, st);
}

/* ---- files ---- */

/* The data between two offsets; 0 or -errno. A file that shrinks meanwhile leaves a hole. */
static int copy_range(struct copy *c, int from, int to, int64_t at, int64_t end) {
    while (at < end) {
        int64_t in = at, out = at;
        size_t length = end - at < CHUNK ? (size_t)(end - at) : CHUNK;
        long done = sys_raw(__NR_copy_file_range, from, ADDRESS(&in), to, ADDRESS(&out), (long)length, 0);
        if (done == -EXDEV || done == -EINVAL || done == -EOPNOTSUPP || done == -ENOSYS) {
            length = length < TREE_XATTR_LIMIT ? length : TREE_XATTR_LIMIT;
            done = call(c, __NR_pread64, from, ADDRESS(c->value), (long)length, at, 0);
            if (done > 0) {
                done = call(c, __NR_pwrite64, to, ADDRESS(c->value), done, at, 0);
            }
        }
        if (done <= 0) {
            return done == -EINTR ? 0 : (int)done;
        }
        at += done;
        c->result->bytes += (uint64_t)done;
    }
    return 0;
}

static int copy_data(struct copy *c, int from, int to, int64_t size) {
    if (size == 0 || sys_ioctl(to, FICLONE_, from) == 0) {
        return 0;
    }
    int error = (int)call(c, __NR_ftruncate, to, size, 0, 0, 0);
    for (int64_t at = 0; error == 0 && at < size;) {
        int64_t data = sys_lseek(from, at, SEEK_DATA_);
        if (data == -ENXIO) {
            return 0;
        }
        int64_t hole = data < 0 ? size : sys_lseek(from, data, SEEK_HOLE_);
        data = data < 0 ? at : data; /* A filesystem without SEEK_DATA: all of it is data. */
        at = hole < 0 || hole > size ? size : hole;
        error = copy_range(c, from, to, data, at);
    }
    return error;
}

static int copy_file(struct copy *c, int from, int to, const char *name, const struct stat *st) {
    /* Not blocking: what was a file may be a FIFO by now. */
    CLOSING int in = (int)call(c, __NR_openat, from, ADDRESS(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0, 0);
    if (in < 0) {
        return in;
    }
    CLOSING int out = (int)call(c, __NR_openat, to, ADDRESS(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600, 0);
    if (out < 0) {
        return out;
    }
    int error = copy_data(c, in, out, (int64_t)st->st_size);
    return error < 0 ? error : copy_metadata(c, in, out, st);
}

static int copy_other(struct copy *c, int from, int to, const char *name, const struct stat *st) {
    long error;
    if ((st->st_mode & KIND_MASK) == KIND_LINK) {
        char target[TREE_LINK_LIMIT + 1];
        long length = call(c, __NR_readlinkat, from, ADDRESS(name), ADDRESS(target), TREE_LINK_LIMIT, 0);
        if (length < 0) {
            return (int)length;
        }
        target[length] = 0;
        error = call(c, __NR_symlinkat, ADDRESS(target), to, ADDRESS(name), 0, 0);
    } else {
        error = call(c, __NR_mknodat, to, ADDRESS(name), st->st_mode & (KIND_MASK | 0777), (long)st->st_rdev, 0);
    }
    if (error == 0) {
        error = call(c, __NR_fchownat, to, ADDRESS(name), st->st_uid, st->st_gid, AT_NOFOLLOW);
    }
    if (error == 0 && st->st_mode & 07000 && (st->st_mode & KIND_MASK) != KIND_LINK) {
        error = call(c, __NR_fchmodat, to, ADDRESS(name), st->st_mode & 07777, 0, 0);
    }
    return error < 0 ? (int)error : set_times(c, to, name, AT_NOFOLLOW, st);
}

/* ---- several names ---- */

/* True if the entry was made as a further name of a file that is copied already. */
static bool link_staged(struct copy *c, const char *number, int to, const char *name) {
    return c->staging >= 0 && sys_retry(__NR_linkat, c->staging, ADDRESS(number), to, ADDRESS(name), 0) == 0;
}

static int stage(struct copy *c, const char *number, int to, const char *name) {
    if (c->staging < 0) {
        long error = call(c, __NR_mkdirat, c->top, ADDRESS(STAGING), 0700, 0, 0);
        c->staging = error < 0 ? (int)error : (int)call(c, __NR_openat, c->top, ADDRESS(STAGING), O_FOLDER, 0, 0);
    }
    return c->staging < 0 ? c->staging : (int)call(c, __NR_linkat, to, ADDRESS(name), c->staging, ADDRESS(number), 0);
}

static int remove_staging(struct copy *c) {
    uint8_t listing[LISTING];
    long got;
    if (c->staging < 0) {
        return 0;
    }
    do {
        sys_lseek(c->staging, 0, SEEK_SET_);
        got = call(c, __NR_getdents64, c->staging, ADDRESS(listing), LISTING, 0, 0);
        long removed = 0;
        for (long at = 0; at < got;) {
            const struct directory_entry *entry = (const void *)(listing + at);
            at += entry->length;
            removed += sys_unlinkat(c->staging, entry->name, 0) == 0;
        }
        got = got > 0 && removed == 0 ? 0 : got;
    } while (got > 0);
    sys_close(c->staging);
    return got < 0 ? (int)got : (int)call(c, __NR_unlinkat, c->top, ADDRESS(STAGING), 0x200, 0, 0);
}

/* ---- folders ---- */

static int copy_folder(struct copy *c, int from, int to, int depth);

static int copy_below(struct copy *c, int from, int to, const char *name, int depth) {
    int error = (int)call(c, __NR_mkdirat, to, ADDRESS(name), 0700, 0, 0);
    if (error < 0 || depth >= DEPTH_LIMIT) {
        return error < 0 ? error : -ENAMETOOLONG;
    }
    CLOSING int in = (int)call(c, __NR_openat, from, ADDRESS(name), O_FOLDER, 0, 0);
    if (in < 0) {
        return in;
    }
    CLOSING int out = (int)call(c, __NR_openat, to, ADDRESS(name), O_FOLDER, 0, 0);
    return out < 0 ? out : copy_folder(c, in, out, depth + 1);
}

static int copy_entry(struct copy *c, int from, int to, const char *name, int depth) {
    struct stat st;
    char number[24];
    int error = (int)call(c, __NR_newfstatat, from, ADDRESS(name), ADDRESS(&st), AT_NOFOLLOW, 0);
    if (error < 0) {
        return error;
    }
    uint32_t kind = st.st_mode & KIND_MASK;
    if (kind == KIND_FOLDER) {
        return copy_below(c, from, to, name, depth);
    }
    text_decimal(number, st.st_ino);
    if (st.st_nlink > 1 && link_staged(c, number, to, name)) {
        return 0;
    }
    error = kind == KIND_FILE ? copy_file(c, from, to, name, &st) : copy_other(c, from, to, name, &st);
    return error == 0 && st.st_nlink > 1 ? stage(c, number, to, name) : error;
}

static int copy_folder(struct copy *c, int from, int to, int depth) {
    uint8_t listing[LISTING];
    struct stat st;
    long got = call(c, __NR_fstat, from, ADDRESS(&st), 0, 0, 0);
    if (got < 0) {
        return (int)got;
    }
    while ((got = call(c, __NR_getdents64, from, ADDRESS(listing), LISTING, 0, 0)) > 0) {
        for (long at = 0; at < got;) {
            const struct directory_entry *entry = (const void *)(listing + at);
            at += entry->length;
            if (text_equal(entry->name, ".") || text_equal(entry->name, "..")) {
                continue;
            }
            c->result->entries++;
            int error = copy_entry(c, from, to, entry->name, depth);
            if (error < 0) {
                if (c->result->name[0] == 0) {
                    text_copy(c->result->name, sizeof c->result->name, entry->name);
                }
                return error;
            }
        }
    }
    return got < 0 || depth == 0 ? (int)got : copy_metadata(c, from, to, &st);
}

/* Opens both folders, that are registers, for reading; copies what is below if asked to, then the metadata. */
static int copy_registers(int source, int target, bool below, struct tree_copied *result) {
    char names[XATTR_NAMES];
    uint8_t value[TREE_XATTR_LIMIT];
    struct copy c = {.result = result, .staging = -1, .names = names, .value = value};
    struct stat st;
    CLOSING int from = (int)call(&c, __NR_openat, source, ADDRESS("."), O_FOLDER, 0, 0);
    if (from < 0) {
        return from;
    }
    CLOSING int to = (int)call(&c, __NR_openat, target, ADDRESS("."), O_FOLDER, 0, 0);
    if (to < 0) {
        return to;
    }
    c.top = to;
    int error = below ? copy_folder(&c, from, to, 0) : 0;
    if (error == 0) {
        error = remove_staging(&c);
    }
    if (error == 0) {
        error = (int)call(&c, __NR_fstat, from, ADDRESS(&st), 0, 0, 0);
    }
    return error < 0 ? error : copy_metadata(&c, from, to, &st);
}

int tree_copy(int source, int target, struct tree_copied *result) { return copy_registers(source, target, true, result); }

int tree_copy_alone(int source, int target, struct tree_copied *result) { return copy_registers(source, target, false, result); }
