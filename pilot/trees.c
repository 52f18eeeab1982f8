/*
 * Serves a tree stream (docs/trees.md) on the process's root: reads a record, checks it whole, carries it out, until EOF or the first
 * error. No path is followed but by the kernel inside the root (WALK); all else is a register and a single name.
 */
#include "trees.h"
#include "pilot.h"
#include "remove.h"
#include "subvolume.h"

#define O_FOLDER (O_DIRECTORY | O_NOFOLLOW)
#define O_REGISTER (O_PATH | O_FOLDER)
#define RESOLVE_WALK (RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS)
#define KIND_MASK 0170000u
#define KIND_FOLDER 0040000u
#define KIND_CHR 0020000u
#define KIND_FIFO 0010000u
#define SEEK_CURRENT 1
#define AT_NOFOLLOW 0x100
#define AT_RMDIR 0x200
#define AT_EMPTY 0x1000
#define BAD_RECORD UINT32_MAX
#define NOTHING (-1) /* the descriptor of a folder that is absent: every call on it is EBADF */

enum { BUFFER = 256 << 10, NOTES_LIMIT = 64 };

static const char OPAQUE_NAME[] = "user.overlay.opaque";

struct folder {
    int fd;
    bool touched; /* an entry was made or removed: its time is to be put back */
    struct __kernel_timespec time;
    uint64_t device, inode;
};

struct tree {
    int stream;
    int replies;
    bool overlay;
    uint16_t durable; /* register of the folder whose filesystem is written: the one beside, if there is one */
    struct tree_state state;
    struct folder folders[TREE_REGISTERS];
    struct tree_record record; /* being carried out */
    uint64_t index;            /* of it */
    long call;                 /* the last call that failed */
    uint64_t entries, bytes, counted, notes;
    struct tree_reader reader;
    int file; /* the FILE that is open, or -1 */
    bool file_settled, file_ends_in_hole;
    uint32_t file_mode, file_uid, file_gid;
    struct __kernel_timespec file_time;
    size_t start, end; /* unread bytes in buffer */
    uint8_t buffer[BUFFER];
};

/* A call whose number goes into the reply if it fails. */
static long noted(struct tree *t, long nr, long result) {
    if (result < 0) {
        t->call = nr;
    }
    return result;
}
#define CALL(t, name, ...) noted(t, __NR_##name, SYS(name, __VA_ARGS__))

static long status_of(struct tree *t, int dir, const char *name, struct stat *to) {
    return CALL(t, newfstatat, dir, name, to, AT_NOFOLLOW);
}

static int open_folder(struct tree *t, int dir, const char *name) {
    return (int)CALL(t, openat, dir, name, O_RDONLY | O_FOLDER | O_CLOEXEC);
}

static bool is_folder(const struct stat *st) { return (st->st_mode & KIND_MASK) == KIND_FOLDER; }
static bool is_whiteout(const struct stat *st) { return (st->st_mode & KIND_MASK) == KIND_CHR && st->st_rdev == 0; }

/* ---- input and output ---- */

/* Makes `n` unread bytes contiguous; 0 or -errno. End of file is an error: only EOF ends a stream. */
static int fill(struct tree *t, size_t n) {
    if (t->end - t->start >= n) {
        return 0;
    }
    memmove(t->buffer, t->buffer + t->start, t->end - t->start);
    t->end -= t->start;
    t->start = 0;
    while (t->end < n) {
        long got = CALL(t, read, t->stream, t->buffer + t->end, (long)(BUFFER - t->end));
        if (got <= 0) {
            return got < 0 ? (int)got : -EPIPE;
        }
        t->end += (size_t)got;
    }
    return 0;
}

/* Moves `size` bytes of the stream to the open file, in as large pieces as have come. */
static int move_data(struct tree *t, int fd, uint64_t size) {
    while (size > 0) {
        TRY(fill(t, 1));
        size_t chunk = t->end - t->start < size ? t->end - t->start : (size_t)size;
        long done = TRY(CALL(t, write, fd, t->buffer + t->start, chunk));
        t->start += (size_t)done;
        size -= (uint64_t)done;
        t->bytes += (uint64_t)done;
    }
    return 0;
}

static void reply_with(struct tree *t, enum tree_reply_kind kind, long error, uint64_t entries, uint64_t bytes, uint64_t counted) {
    struct tree_reply reply = {
        .kind = kind,
        .op = t->record.op,
        .index = t->index,
        .error = (uint32_t)-error,
        .call = error ? (uint32_t)t->call : 0,
        .id = kind == TREE_REPLY_SYNC || kind == TREE_REPLY_USAGE ? t->record.aux : 0,
        .entries = entries,
        .bytes = bytes,
        .counted = counted,
        .text_length = t->record.name_length,
    };
    if (reply.text_length > TREE_TEXT) {
        reply.text_length = TREE_TEXT;
        reply.text_cut = 1;
    }
    memcpy(reply.text, t->record.name, reply.text_length);
    /* Shorter than PIPE_BUF: whole or not at all. A reader that is gone reads nothing. */
    sys_write(t->replies, &reply, sizeof reply);
}

static void reply(struct tree *t, enum tree_reply_kind kind, long error) { reply_with(t, kind, error, t->entries, t->bytes, t->counted); }

/* An error that the record allows to be counted; anything else passes. */
static long counted(struct tree *t, long error, bool allowed) {
    if (error >= 0 || !allowed || !(t->record.flags & FLAG_COUNT)) {
        return error;
    }
    t->counted++;
    if (t->notes++ < NOTES_LIMIT) {
        reply(t, TREE_REPLY_NOTE, error);
    }
    return 0;
}

/* ---- removal ---- */

/* Notes the call that a removal failed at. */
static int removed(struct tree *t, const struct removal *removal, int result) {
    return (int)noted(t, removal->call, result);
}

static int remove_entry(struct tree *t, int dir, const char *name) {
    struct removal removal = {.grants = false};
    return removed(t, &removal, remove_tree(&removal, dir, name));
}

/* ---- metadata ---- */

/* Owner first: it clears the set-id bits. Both only where they differ from what the kernel gave. */
static int settle(struct tree *t, int fd, uint32_t mode, uint32_t uid, uint32_t gid) {
    struct stat st;
    TRY(CALL(t, fstat, fd, &st));
    bool owner_differs = st.st_uid != uid || st.st_gid != gid;
    if (owner_differs) {
        TRY(CALL(t, fchown, fd, uid, gid));
    }
    bool mode_differs = (st.st_mode & 07777) != mode || (owner_differs && mode & 06000);
    return mode_differs ? (int)CALL(t, fchmod, fd, mode) : 0;
}

static int set_time(struct tree *t, int dir, const char *name, int flags, struct __kernel_timespec time) {
    struct __kernel_timespec both[2] = {time, time};
    return (int)CALL(t, utimensat, dir, name, both, flags);
}

static struct __kernel_timespec record_time(const struct tree_record *r) {
    return (struct __kernel_timespec){.tv_sec = r->sec, .tv_nsec = r->nsec};
}

/* Owner, mode and time of an entry that has no descriptor: a link, FIFO or node that was just made. */
static int settle_entry(struct tree *t, int dir, const struct tree_record *r) {
    struct stat st;
    TRY(status_of(t, dir, r->name, &st));
    if (st.st_uid != r->uid || st.st_gid != r->gid) {
        TRY(CALL(t, fchownat, dir, r->name, r->uid, r->gid, AT_NOFOLLOW));
    }
    if (r->op != TREE_SYMLINK && (r->mode & 07000 || (st.st_mode & 07777) != (r->mode & 07777))) {
        /* By name: nobody else writes in this tree, and a link would lead nowhere but into it. */
        TRY(CALL(t, fchmodat, dir, r->name, r->mode & 07777));
    }
    return set_time(t, dir, r->name, AT_NOFOLLOW, record_time(r));
}

static int make_opaque(struct tree *t, int fd) {
    return (int)CALL(t, fsetxattr, fd, OPAQUE_NAME, "y", 1);
}

/* ---- registers ---- */

static int restore_time(struct tree *t, struct folder *folder) {
    if (!folder->touched) {
        return 0;
    }
    folder->touched = false;
    return set_time(t, folder->fd, "", AT_EMPTY, folder->time);
}

/* Gives the register a new folder, whose descriptor it takes over. */
static int fill_register(struct tree *t, uint16_t number, int fd) {
    struct folder *folder = &t->folders[number];
    int error = 0;
    if (t->state.filled[number]) {
        error = restore_time(t, folder);
        sys_close(folder->fd);
    }
    struct stat st = {0};
    if (error == 0) {
        error = (int)CALL(t, fstat, fd, &st);
    }
    *folder = (struct folder){
        .fd = fd,
        .time = {.tv_sec = (int64_t)st.st_mtime, .tv_nsec = (int64_t)st.st_mtime_nsec},
        .device = st.st_dev,
        .inode = st.st_ino,
    };
    /* The same folder by another way, through a link: the time that it had is known there. */
    t->state.filled[number] = false;
    for (size_t i = 0; i < TREE_REGISTERS; i++) {
        const struct folder *other = &t->folders[i];
        if (t->state.filled[i] && other->touched && other->inode == folder->inode && other->device == folder->device) {
            folder->time = other->time;
        }
    }
    t->state.filled[number] = true;
    return error;
}

/* Makes an absent parent, and leaves the time of the folder that it is made in. */
static int make_parent(struct tree *t, int parent, const char *name) {
    struct stat st;
    const struct tree_record *r = &t->record;
    TRY(CALL(t, fstat, parent, &st));
    TRY(CALL(t, mkdirat, parent, name, 0700));
    CLOSING int fd = TRY(open_folder(t, parent, name));
    TRY(settle(t, fd, r->mode, r->uid, r->gid));
    TRY(set_time(t, fd, "", AT_EMPTY, record_time(r)));
    t->entries++;
    struct __kernel_timespec before = {.tv_sec = (int64_t)st.st_mtime, .tv_nsec = (int64_t)st.st_mtime_nsec};
    return set_time(t, parent, "", AT_EMPTY, before);
}

static long resolve(struct tree *t, const char *path) {
    return noted(t, __NR_openat2, sys_openat2(t->folders[TREE_ROOT].fd, path, O_PATH | O_DIRECTORY, 0, RESOLVE_WALK));
}

/* The register is a folder that is absent: what is opened in it is absent too. */
static int empty_register(struct tree *t, uint16_t number) {
    struct folder *folder = &t->folders[number];
    int error = 0;
    if (t->state.filled[number]) {
        error = restore_time(t, folder);
        sys_close(folder->fd);
    }
    *folder = (struct folder){.fd = NOTHING};
    t->state.filled[number] = true;
    return error;
}

static int op_open(struct tree *t) {
    const struct tree_record *r = &t->record;
    int dir = t->folders[r->dir].fd;
    long fd = CALL(t, openat, dir, r->name, O_REGISTER | O_CLOEXEC);
    if (fd == -ENOENT && r->flags & FLAG_MAKE) {
        TRY(make_parent(t, dir, r->name));
        fd = CALL(t, openat, dir, r->name, O_REGISTER | O_CLOEXEC);
    }
    bool other = r->flags & FLAG_COUNT && (fd == -ENOTDIR || fd == -ELOOP);
    if (r->flags & FLAG_ABSENT && (fd == -ENOENT || dir == NOTHING || other)) {
        return empty_register(t, r->dst);
    }
    return fill_register(t, r->dst, (int)TRY(fd));
}

/* Makes the folders of the path that are absent: each is resolved from the root, so that links on the way count. */
static int make_path(struct tree *t, char *path) {
    CLOSING int parent = (int)TRY(resolve(t, "."));
    for (char *name = path; *name != 0;) {
        char *end = name;
        while (*end != 0 && *end != '/') {
            end++;
        }
        char after = *end;
        *end = 0;
        long fd = resolve(t, path);
        if (fd == -ENOENT) {
            TRY(make_parent(t, parent, name));
            fd = resolve(t, path);
        }
        TRY(fd);
        *end = after;
        sys_close(parent);
        parent = (int)fd;
        name = after == 0 ? end : end + 1;
    }
    return 0;
}

static int op_walk(struct tree *t) {
    struct tree_record *r = &t->record;
    long fd = resolve(t, r->name);
    if (fd == -ENOENT && r->flags & FLAG_MAKE) {
        TRY(make_path(t, r->name));
        fd = resolve(t, r->name);
    }
    if (r->flags & FLAG_ABSENT && (fd == -ENOENT || fd == -ENOTDIR || fd == -ELOOP)) {
        return empty_register(t, r->dst);
    }
    return fill_register(t, r->dst, (int)TRY(fd));
}

/* ---- entries ---- */

/* A folder that exists is changed; anything else in its place gives way, a whiteout by leaving an opaque folder. */
static int op_mkdir(struct tree *t) {
    const struct tree_record *r = &t->record;
    int dir = t->folders[r->dir].fd;
    bool opaque = false;
    struct stat st;
    long error = CALL(t, mkdirat, dir, r->name, r->mode & 01777);
    if (error == -EEXIST && r->flags & FLAG_REPLACE) {
        error = TRY(status_of(t, dir, r->name, &st));
        if (!is_folder(&st) && r->flags & FLAG_GENTLE) {
            return (int)noted(t, __NR_mkdirat, -ENOTDIR);
        }
        if (!is_folder(&st)) {
            opaque = t->overlay && is_whiteout(&st);
            TRY(remove_entry(t, dir, r->name));
            error = CALL(t, mkdirat, dir, r->name, r->mode & 01777);
        }
    }
    TRY(error);
    int fd = TRY(open_folder(t, dir, r->name));
    error = settle(t, fd, r->mode, r->uid, r->gid);
    if (error == 0 && opaque) {
        error = make_opaque(t, fd);
    }
    if (error == 0 && r->dst != TREE_NO_REGISTER) {
        return fill_register(t, r->dst, fd);
    }
    sys_close(fd);
    return (int)error;
}

/* Runs a call that makes an entry; if the name is taken and may be replaced, once more after its removal. */
static long make(struct tree *t, long nr, long a, long b, long c, long d, long e) {
    long result = sys_retry(nr, a, b, c, d, e);
    if (result == -EEXIST && t->record.flags & FLAG_REPLACE) {
        int dir = t->folders[t->record.dir].fd;
        TRY(t->record.flags & FLAG_GENTLE ? (int)CALL(t, unlinkat, dir, t->record.name, 0) : remove_entry(t, dir, t->record.name));
        result = sys_retry(nr, a, b, c, d, e);
    }
    return noted(t, nr, result);
}

static int op_symlink(struct tree *t) {
    const struct tree_record *r = &t->record;
    int dir = t->folders[r->dir].fd;
    TRY(make(t, __NR_symlinkat, ADDRESS(r->link), dir, ADDRESS(r->name), 0, 0));
    return settle_entry(t, dir, r);
}

static int op_link(struct tree *t) {
    const struct tree_record *r = &t->record;
    int dir = t->folders[r->dir].fd;
    int source = t->folders[r->dst].fd;
    struct stat from, to;
    TRY(status_of(t, source, r->link, &from));
    if (status_of(t, dir, r->name, &to) == 0 && from.st_ino == to.st_ino && from.st_dev == to.st_dev) {
        return 0; /* To itself: replacing the name would remove the file. */
    }
    return (int)make(t, __NR_linkat, source, ADDRESS(r->link), dir, ADDRESS(r->name), 0);
}

static int op_node(struct tree *t) {
    const struct tree_record *r = &t->record;
    int dir = t->folders[r->dir].fd;
    uint32_t major = (uint32_t)(r->aux >> 32), minor = (uint32_t)r->aux;
    uint32_t device = (minor & 0xFF) | major << 8 | (minor & ~0xFFu) << 12;
    uint32_t mode = (r->op == TREE_FIFO ? KIND_FIFO | r->mode : r->mode) & ~07000u;
    long error = make(t, __NR_mknodat, dir, ADDRESS(r->name), mode, device, 0);
    if (error < 0) {
        return (int)counted(t, error, error == -EPERM);
    }
    return settle_entry(t, dir, r);
}

static int close_file(struct tree *t) {
    int fd = t->file;
    long error = 0;
    if (t->file_ends_in_hole) {
        error = CALL(t, ftruncate, fd, t->state.promised);
    }
    if (error == 0 && !t->file_settled) {
        error = settle(t, fd, t->file_mode, t->file_uid, t->file_gid);
    }
    if (error == 0) {
        struct __kernel_timespec both[2] = {t->file_time, t->file_time};
        error = CALL(t, utimensat, fd, 0, both);
    }
    t->file = -1;
    t->state.file_open = false;
    long closed = CALL(t, close, fd);
    return error < 0 ? (int)error : (int)closed;
}

static int op_file(struct tree *t) {
    const struct tree_record *r = &t->record;
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    long fd = TRY(make(t, __NR_openat, t->folders[r->dir].fd, ADDRESS(r->name), flags, r->mode & 0777, 0));
    t->file = (int)fd;
    t->file_settled = t->file_ends_in_hole = false;
    t->file_mode = r->mode;
    t->file_uid = r->uid;
    t->file_gid = r->gid;
    t->file_time = record_time(r);
    t->state.file_open = true;
    t->state.promised = r->size;
    t->state.position = 0;
    if (r->flags & FLAG_MORE) {
        return 0;
    }
    int error = move_data(t, t->file, r->size);
    return error < 0 ? error : close_file(t);
}

static int op_data(struct tree *t) {
    t->state.position += t->record.size;
    if (t->record.op == TREE_HOLE) {
        t->file_ends_in_hole = true;
        return (int)(CALL(t, lseek, t->file, t->record.size, SEEK_CURRENT) < 0 ? -EFBIG : 0);
    }
    t->file_ends_in_hole = t->file_ends_in_hole && t->record.size == 0;
    return move_data(t, t->file, t->record.size);
}

static int op_xattr(struct tree *t) {
    const struct tree_record *r = &t->record;
    TRY(fill(t, (size_t)r->size));
    const uint8_t *value = t->buffer + t->start;
    t->start += (size_t)r->size;
    long result;
    if (t->state.file_open) {
        /* Before: chown clears security.capability. */
        result = TRY(t->file_settled ? 0 : settle(t, t->file, t->file_mode, t->file_uid, t->file_gid));
        t->file_settled = true;
        result = CALL(t, fsetxattr, t->file, r->link, value, r->size);
    } else {
        /* There is no call for an entry of a folder: the folder becomes the working one, the name is single. */
        result = CALL(t, fchdir, t->folders[r->dir].fd);
        if (result == 0) {
            const char *name = r->name_length != 0 ? r->name : ".";
            result = CALL(t, lsetxattr, name, r->link, value, r->size);
        }
    }
    bool refused = result == -EPERM || result == -EOPNOTSUPP || result == -EINVAL || result == -E2BIG || result == -ENOSPC || result == -ERANGE;
    return (int)counted(t, result, refused);
}

static int op_meta(struct tree *t) {
    const struct tree_record *r = &t->record;
    const char *name = r->name_length != 0 ? r->name : ".";
    CLOSING int fd = (int)CALL(t, openat, t->folders[r->dir].fd, name, O_RDONLY | O_FOLDER | O_CLOEXEC);
    if (fd < 0) {
        return r->flags & FLAG_ABSENT && (fd == -ENOENT || fd == -ENOTDIR || fd == -ELOOP) ? 0 : fd;
    }
    struct stat st;
    long error = CALL(t, fstat, fd, &st);
    if (error == 0 && r->flags & (FLAG_OWNER | FLAG_MODE)) {
        bool owner = r->flags & FLAG_OWNER;
        error = settle(t, fd, r->flags & FLAG_MODE ? r->mode : st.st_mode & 07777, owner ? r->uid : st.st_uid, owner ? r->gid : st.st_gid);
    }
    if (error == 0 && r->flags & FLAG_TIME) {
        error = set_time(t, fd, "", AT_EMPTY, record_time(r));
    }
    return (int)error;
}

/* ---- the layers below ---- */

static int op_whiteout(struct tree *t) {
    const struct tree_record *r = &t->record;
    int dir = t->folders[r->dir].fd;
    if (!t->overlay) {
        int error = remove_entry(t, dir, r->name);
        return error == -ENOENT ? 0 : error;
    }
    long error = CALL(t, mknodat, dir, r->name, KIND_CHR);
    if (error != -EEXIST) {
        return (int)error;
    }
    /* This layer's own entry stays, and hides what is below all the same; a folder only if it is opaque. */
    struct stat st;
    TRY(status_of(t, dir, r->name, &st));
    if (!is_folder(&st)) {
        return 0;
    }
    CLOSING int fd = TRY(open_folder(t, dir, r->name));
    return make_opaque(t, fd);
}

static int op_opaque(struct tree *t) {
    int dir = t->folders[t->record.dir].fd;
    if (!t->overlay) {
        struct removal removal = {.grants = false};
        return removed(t, &removal, remove_below(&removal, dir, "."));
    }
    CLOSING int fd = TRY(open_folder(t, dir, "."));
    return make_opaque(t, fd);
}

static int op_remove(struct tree *t) {
    const struct tree_record *r = &t->record;
    int dir = t->folders[r->dir].fd;
    long error;
    if (r->op == TREE_RMTREE) {
        error = remove_entry(t, dir, r->name);
    } else if ((error = CALL(t, unlinkat, dir, r->name, 0)) == -EISDIR) {
        error = CALL(t, unlinkat, dir, r->name, AT_RMDIR);
    }
    return error == -ENOENT && r->flags & FLAG_ABSENT ? 0 : (int)error;
}

static int op_copy(struct tree *t) {
    struct tree_copied copied = {0};
    int from = t->folders[t->record.dir].fd, to = t->folders[t->record.dst].fd;
    if (t->record.flags & FLAG_ALONE && (from == NOTHING || to == NOTHING)) {
        return 0;
    }
    int error = t->record.flags & FLAG_ALONE ? tree_copy_alone(from, to, &copied) : tree_copy(from, to, t->overlay, &copied);
    t->entries += copied.entries;
    t->bytes += copied.bytes;
    if (error < 0) {
        t->call = copied.call;
        t->record.name_length = (uint16_t)text_length(copied.name);
        text_copy(t->record.name, sizeof t->record.name, copied.name);
    }
    return error;
}

/* An entry that READ left out, told under its own name. */
static void left_out(struct tree_reader *reader, const char *name, long error) {
    struct tree *t = (struct tree *)(void *)((uint8_t *)reader - offsetof(struct tree, reader));
    t->counted++;
    if (t->notes++ < NOTES_LIMIT) {
        t->record.name_length = (uint16_t)text_length(name);
        text_copy(t->record.name, sizeof t->record.name, name);
        reply(t, TREE_REPLY_NOTE, error);
    }
}

static int op_read_tree(struct tree *t) {
    char name[TREE_NAME_LIMIT + 1];
    int dir = t->folders[t->record.dir].fd;
    text_copy(name, sizeof name, t->record.name); /* a note has a name of its own */
    int error = dir == NOTHING ? -ENOENT : tree_read(&t->reader, dir, name, t->record.flags);
    t->entries += t->reader.entries;
    t->bytes += t->reader.bytes;
    t->reader.entries = t->reader.bytes = 0;
    if (error == -ENOENT && t->record.flags & FLAG_ABSENT) {
        return 0;
    }
    if (error < 0) {
        t->call = t->reader.call;
        const char *shown = t->reader.name[0] != 0 ? t->reader.name : name;
        t->record.name_length = (uint16_t)text_length(shown);
        text_copy(t->record.name, sizeof t->record.name, shown);
    }
    return error;
}

static int op_subvolume(struct tree *t) {
    const struct tree_record *r = &t->record;
    CLOSING int dir = TRY(open_folder(t, t->folders[r->dir].fd, "."));
    CLOSING int source = r->op == TREE_SNAPSHOT ? TRY(open_folder(t, t->folders[r->dst].fd, ".")) : NOTHING;
    TRY(noted(t, __NR_ioctl, subvolume_make(dir, r->name, source)));
    if (r->op == TREE_SNAPSHOT) {
        return 0;
    }
    CLOSING int made = TRY(open_folder(t, dir, r->name));
    return settle(t, made, r->mode, r->uid, r->gid);
}

static int op_own(struct tree *t) {
    struct tree_copied owned = {0};
    int error = tree_own(t->folders[t->record.dir].fd, t->record.uid, t->record.gid, &owned);
    if (error < 0) {
        t->call = owned.call;
        t->record.name_length = (uint16_t)text_length(owned.name);
        text_copy(t->record.name, sizeof t->record.name, owned.name);
    }
    return error;
}

/* In a folder that is absent nothing takes anything. */
static int op_usage(struct tree *t) {
    struct tree_usage usage = {0};
    int dir = t->folders[t->record.dir].fd;
    int error = dir == NOTHING ? 0 : tree_use(dir, t->record.name, &usage);
    if (error < 0) {
        t->call = usage.call;
        return error;
    }
    t->record.aux = usage.size; /* in the place of the id */
    reply_with(t, TREE_REPLY_USAGE, 0, usage.entries, usage.bytes, usage.skipped);
    return 0;
}

/* EOF, and the first half of SYNC. */
static int op_settle_folders(struct tree *t) {
    int error = 0;
    for (size_t i = 0; i < TREE_REGISTERS && error == 0; i++) {
        error = t->state.filled[i] ? restore_time(t, &t->folders[i]) : 0;
    }
    return error;
}

static int op_sync(struct tree *t) {
    TRY(op_settle_folders(t));
    if (t->record.flags & FLAG_DURABLE) {
        TRY(CALL(t, syncfs, t->folders[t->durable].fd));
    }
    reply(t, TREE_REPLY_SYNC, 0);
    return 0;
}

/* ---- the loop ---- */

struct handler {
    int (*run)(struct tree *);
    bool changes; /* the folder of register dir */
    bool makes;   /* an entry */
};

static const struct handler HANDLERS[TREE_LIMIT] = {
    [TREE_OPEN] = {op_open, false, false},        [TREE_WALK] = {op_walk, false, false},
    [TREE_MKDIR] = {op_mkdir, true, true},        [TREE_SYMLINK] = {op_symlink, true, true},
    [TREE_LINK] = {op_link, true, true},          [TREE_FIFO] = {op_node, true, true},
    [TREE_NODE] = {op_node, true, true},          [TREE_FILE] = {op_file, true, true},
    [TREE_DATA] = {op_data, false, false},        [TREE_HOLE] = {op_data, false, false},
    [TREE_XATTR] = {op_xattr, false, false},      [TREE_END] = {close_file, false, false},
    [TREE_META] = {op_meta, false, false},        [TREE_WHITEOUT] = {op_whiteout, true, true},
    [TREE_OPAQUE] = {op_opaque, true, false},     [TREE_REMOVE] = {op_remove, true, false},
    [TREE_RMTREE] = {op_remove, true, false},     [TREE_SYNC] = {op_sync, false, false},
    [TREE_EOF] = {op_settle_folders, false, false},
    [TREE_SUBVOLUME] = {op_subvolume, true, true}, [TREE_SNAPSHOT] = {op_subvolume, true, true},
    [TREE_COPY] = {op_copy, false, false},        [TREE_OWN] = {op_own, false, false},
    [TREE_READ] = {op_read_tree, false, false},   [TREE_USAGE] = {op_usage, false, false},
};

/* Reads, checks and carries out one record. */
static int serve_record(struct tree *t) {
    TRY(fill(t, TREE_HEADER));
    t->call = BAD_RECORD;
    uint32_t length = tree_record_length(t->buffer + t->start);
    if (length == 0) {
        return -EPROTO;
    }
    TRY(fill(t, length));
    const uint8_t *bytes = t->buffer + t->start;
    t->start += length;
    if (!tree_check(&t->state, bytes, length, &t->record)) {
        return -EPROTO;
    }
    const struct handler *handler = &HANDLERS[t->record.op];
    t->folders[t->record.dir].touched |= handler->changes;
    t->entries += handler->makes;
    return handler->run(t);
}

/* Not O_PATH: syncfs reports what failed to be written since this was opened. */
static int fill_first(struct tree *t, uint16_t number, int dir, const char *path) {
    int fd = (int)TRY(CALL(t, openat, dir, path, O_RDONLY | O_FOLDER | O_CLOEXEC));
    return fill_register(t, number, fd);
}

static int serve(struct tree *t, int beside) {
    int error = fill_first(t, TREE_ROOT, AT_FDCWD, "/");
    if (error == 0 && beside >= 0) {
        error = fill_first(t, TREE_BESIDE, beside, ".");
    }
    if (error == 0) {
        error = fill(t, TREE_MAGIC_LENGTH);
    }
    if (error == 0 && memcmp(t->buffer + t->start, TREE_MAGIC, TREE_MAGIC_LENGTH) != 0) {
        t->call = BAD_RECORD;
        error = -EPROTO;
    }
    t->start += TREE_MAGIC_LENGTH;
    for (t->index = 0; error == 0; t->index++) {
        error = serve_record(t);
        if (error == 0 && t->record.op == TREE_EOF) {
            return 0;
        }
    }
    t->index -= t->index != 0;
    return error;
}

int trees_main(struct context *ctx, int stream, int replies, uint32_t flags, int beside) {
    if (flags & ~(uint32_t)TREE_FORMS) {
        return -EINVAL;
    }
    struct tree tree;
    memset(&tree, 0, offsetof(struct tree, buffer));
    tree.stream = stream;
    tree.replies = replies;
    tree.overlay = flags & TREE_OVERLAY;
    tree.durable = beside >= 0 ? TREE_BESIDE : TREE_ROOT;
    tree.file = -1;
    tree.reader = (struct tree_reader){.replies = replies, .left_out = left_out};
    int error = serve(&tree, beside);
    if (tree.file >= 0) {
        sys_close(tree.file);
    }
    for (size_t i = 0; i < TREE_REGISTERS; i++) {
        if (tree.state.filled[i]) {
            sys_close(tree.folders[i].fd);
        }
    }
    reply(&tree, error == 0 ? TREE_REPLY_END : TREE_REPLY_ERROR, error);
    if (error < 0) {
        failure_text(ctx, tree.record.name);
    }
    return error;
}
