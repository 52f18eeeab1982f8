/*
 * COPY of a tree stream: one folder's tree into another folder of the same root, with shared blocks where the filesystem can. Nothing is followed: each
 * folder is opened by its single name below its parent's descriptor. Names of a file with several are kept by a staging folder in the target, in
 * which each such file has its inode's number for a name until the copy is done: no table, however many there are.
 */
#include "trees.h"
#include "listing.h"
#include "pilot.h"

#define O_FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define KIND_MASK 0170000u
#define KIND_FOLDER 0040000u
#define KIND_FILE 0100000u
#define KIND_LINK 0120000u
#define AT_NOFOLLOW 0x100
#define AT_EMPTY 0x1000
#define FICLONE_ 0x40049409
#define SEEK_DATA_ 3
#define SEEK_HOLE_ 4

/* Two descriptors a level; a process has 1,024 by default. */
enum { DEPTH_LIMIT = 400, XATTR_NAMES = 65536, CHUNK = 1 << 30 };

static const char STAGING[] = ".wherry-copy";

struct copy {
    struct tree_copied *result;
    int staging; /* made when it is first needed, or -1 */
    int top;     /* of the target */
    bool overlay; /* both folders are upper parts of overlay mounts, so that what they hide stays hidden */
    char *names; /* XATTR_NAMES bytes */
    uint8_t *value; /* TREE_XATTR_LIMIT bytes */
};

static long noted(struct copy *c, long nr, long result) {
    if (result < 0) {
        c->result->call = nr;
    }
    return result;
}
#define CALL(c, name, ...) noted(c, __NR_##name, SYS(name, __VA_ARGS__))

/* ---- metadata ---- */

/* What is not supported by the target, or not allowed to this process, is left out, as at unpacking. */
static int copy_xattrs(struct copy *c, int from, int to) {
    long length = CALL(c, flistxattr, from, c->names, XATTR_NAMES);
    if (length < 0) {
        return length == -EOPNOTSUPP ? 0 : (int)length;
    }
    for (const char *name = c->names; name < c->names + length; name += text_length(name) + 1) {
        if (tree_is_overlay_note(name) && !(c->overlay && text_equal(name, "user.overlay.opaque"))) {
            continue; /* It speaks of one place only. */
        }
        long size = CALL(c, fgetxattr, from, name, c->value, TREE_XATTR_LIMIT);
        if (size >= 0) {
            size = CALL(c, fsetxattr, to, name, c->value, size);
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
    return (int)CALL(c, utimensat, dir, name, times, flags);
}

/* Owner before mode and capabilities, which it clears; times last. */
static int copy_metadata(struct copy *c, int from, int to, const struct stat *st) {
    TRY(CALL(c, fchown, to, st->st_uid, st->st_gid));
    TRY(CALL(c, fchmod, to, st->st_mode & 07777));
    TRY(copy_xattrs(c, from, to));
    return set_times(c, to, "", AT_EMPTY, st);
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
            done = CALL(c, pread64, from, c->value, length, at);
            if (done > 0) {
                done = CALL(c, pwrite64, to, c->value, done, at);
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
    if (size == 0 || SYS(ioctl, to, FICLONE_, from) == 0) {
        return 0;
    }
    int error = (int)CALL(c, ftruncate, to, size);
    for (int64_t at = 0; error == 0 && at < size;) {
        int64_t data = SYS(lseek, from, at, SEEK_DATA_);
        if (data == -ENXIO) {
            return 0;
        }
        int64_t hole = data < 0 ? size : SYS(lseek, from, data, SEEK_HOLE_);
        data = data < 0 ? at : data; /* A filesystem without SEEK_DATA: all of it is data. */
        at = hole < 0 || hole > size ? size : hole;
        error = copy_range(c, from, to, data, at);
    }
    return error;
}

static int copy_file(struct copy *c, int from, int to, const char *name, const struct stat *st) {
    /* Not blocking: what was a file may be a FIFO by now. */
    CLOSING int in = (int)TRY(CALL(c, openat, from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    CLOSING int out = (int)TRY(CALL(c, openat, to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    int error = copy_data(c, in, out, (int64_t)st->st_size);
    return error < 0 ? error : copy_metadata(c, in, out, st);
}

static int copy_other(struct copy *c, int from, int to, const char *name, const struct stat *st) {
    bool link = (st->st_mode & KIND_MASK) == KIND_LINK;
    if (link) {
        char target[TREE_LINK_LIMIT + 1];
        target[TRY(CALL(c, readlinkat, from, name, target, TREE_LINK_LIMIT))] = 0;
        TRY(CALL(c, symlinkat, target, to, name));
    } else {
        TRY(CALL(c, mknodat, to, name, st->st_mode & (KIND_MASK | 0777), st->st_rdev));
    }
    TRY(CALL(c, fchownat, to, name, st->st_uid, st->st_gid, AT_NOFOLLOW));
    if (st->st_mode & 07000 && !link) {
        TRY(CALL(c, fchmodat, to, name, st->st_mode & 07777));
    }
    return set_times(c, to, name, AT_NOFOLLOW, st);
}

/* ---- several names ---- */

/* True if the entry was made as a further name of a file that is copied already. */
static bool link_staged(struct copy *c, const char *number, int to, const char *name) {
    return c->staging >= 0 && SYS(linkat, c->staging, number, to, name) == 0;
}

static int stage(struct copy *c, const char *number, int to, const char *name) {
    if (c->staging < 0) {
        long error = CALL(c, mkdirat, c->top, STAGING, 0700);
        c->staging = error < 0 ? (int)error : (int)CALL(c, openat, c->top, STAGING, O_FOLDER);
    }
    return c->staging < 0 ? c->staging : (int)CALL(c, linkat, to, name, c->staging, number);
}

static int remove_staging(struct copy *c) {
    struct listing list;
    const struct directory_entry *entry;
    int error = 0;
    if (c->staging < 0) {
        return 0;
    }
    for (bool removed = true; removed && error == 0;) {
        removed = false;
        listing_begin(&list, c->staging);
        while ((entry = listing_next(&list, &error)) != NULL) {
            removed |= sys_unlinkat(c->staging, entry->name, 0) == 0;
        }
    }
    sys_close(c->staging);
    TRY(noted(c, __NR_getdents64, error));
    return (int)CALL(c, unlinkat, c->top, STAGING, AT_REMOVEDIR);
}

/* ---- folders ---- */

static int copy_folder(struct copy *c, int from, int to, int depth);

static int copy_below(struct copy *c, int from, int to, const char *name, int depth) {
    TRY(CALL(c, mkdirat, to, name, 0700));
    if (depth >= DEPTH_LIMIT) {
        return -ENAMETOOLONG;
    }
    CLOSING int in = (int)TRY(CALL(c, openat, from, name, O_FOLDER));
    CLOSING int out = (int)TRY(CALL(c, openat, to, name, O_FOLDER));
    return copy_folder(c, in, out, depth + 1);
}

static int copy_entry(struct copy *c, int from, int to, const char *name, int depth) {
    struct stat st;
    char number[24];
    TRY(CALL(c, newfstatat, from, name, &st, AT_NOFOLLOW));
    uint32_t kind = st.st_mode & KIND_MASK;
    if (kind == KIND_FOLDER) {
        return copy_below(c, from, to, name, depth);
    }
    text_decimal(number, st.st_ino);
    if (st.st_nlink > 1 && link_staged(c, number, to, name)) {
        return 0;
    }
    TRY(kind == KIND_FILE ? copy_file(c, from, to, name, &st) : copy_other(c, from, to, name, &st));
    return st.st_nlink > 1 ? stage(c, number, to, name) : 0;
}

static int copy_folder(struct copy *c, int from, int to, int depth) {
    struct listing list = {.fd = from};
    const struct directory_entry *entry;
    struct stat st;
    int error = 0;
    TRY(CALL(c, fstat, from, &st));
    while ((entry = listing_next(&list, &error)) != NULL) {
        c->result->entries++;
        error = copy_entry(c, from, to, entry->name, depth);
        if (error < 0) {
            if (c->result->name[0] == 0) {
                text_copy(c->result->name, sizeof c->result->name, entry->name);
            }
            return error;
        }
    }
    TRY(noted(c, __NR_getdents64, error));
    return depth == 0 ? 0 : copy_metadata(c, from, to, &st);
}

/* Opens both folders, that are registers, for reading; copies what is below if asked to, then the metadata. */
static int copy_registers(int source, int target, bool below, bool overlay, struct tree_copied *result) {
    char names[XATTR_NAMES];
    uint8_t value[TREE_XATTR_LIMIT];
    struct copy c = {.result = result, .staging = -1, .overlay = overlay, .names = names, .value = value};
    struct stat st;
    CLOSING int from = (int)TRY(CALL(&c, openat, source, ".", O_FOLDER));
    CLOSING int to = (int)TRY(CALL(&c, openat, target, ".", O_FOLDER));
    c.top = to;
    TRY(below ? copy_folder(&c, from, to, 0) : 0);
    TRY(remove_staging(&c));
    TRY(CALL(&c, fstat, from, &st));
    return copy_metadata(&c, from, to, &st);
}

int tree_copy(int source, int target, bool overlay, struct tree_copied *result) {
    return copy_registers(source, target, true, overlay, result);
}

int tree_copy_alone(int source, int target, struct tree_copied *result) { return copy_registers(source, target, false, false, result); }

/* ---- owners ---- */

struct owner {
    uint32_t uid, gid;
    uint64_t device; /* nothing that is mounted below */
};

static int own_folder(struct copy *c, int dir, const struct owner *owner, int depth);

/* By the name: whoever exchanges it for another one meanwhile can do so for a name of this folder only. */
static int own_entry(struct copy *c, int dir, const char *name, const struct owner *owner, int depth) {
    struct stat st;
    TRY(CALL(c, newfstatat, dir, name, &st, AT_NOFOLLOW));
    if (st.st_dev != owner->device) {
        return 0;
    }
    if ((st.st_mode & KIND_MASK) == KIND_FOLDER) {
        if (depth >= DEPTH_LIMIT) {
            return -ENAMETOOLONG;
        }
        CLOSING int below = (int)TRY(CALL(c, openat, dir, name, O_FOLDER));
        return own_folder(c, below, owner, depth + 1);
    }
    bool differs = st.st_uid != owner->uid || st.st_gid != owner->gid;
    return differs ? (int)CALL(c, fchownat, dir, name, owner->uid, owner->gid, AT_NOFOLLOW) : 0;
}

static int own_folder(struct copy *c, int dir, const struct owner *owner, int depth) {
    struct listing list = {.fd = dir};
    const struct directory_entry *entry;
    struct stat st;
    int error = 0;
    while ((entry = listing_next(&list, &error)) != NULL) {
        error = own_entry(c, dir, entry->name, owner, depth);
        if (error < 0 && error != -ENOENT) { /* removed meanwhile */
            if (c->result->name[0] == 0) {
                text_copy(c->result->name, sizeof c->result->name, entry->name);
            }
            return error;
        }
    }
    TRY(noted(c, __NR_getdents64, error));
    TRY(CALL(c, fstat, dir, &st));
    bool differs = st.st_uid != owner->uid || st.st_gid != owner->gid;
    return differs ? (int)CALL(c, fchown, dir, owner->uid, owner->gid) : 0;
}

int tree_own(int folder, uint32_t uid, uint32_t gid, struct tree_copied *result) {
    struct copy c = {.result = result};
    struct stat st;
    CLOSING int dir = (int)TRY(CALL(&c, openat, folder, ".", O_FOLDER));
    TRY(CALL(&c, fstat, dir, &st));
    const struct owner owner = {.uid = uid, .gid = gid, .device = st.st_dev};
    return own_folder(&c, dir, &owner, 0);
}
