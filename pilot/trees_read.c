/*
 * READ of a tree stream: a tree is sent back as records, on the reply pipe. Nothing is followed: each folder is opened by its single name below its parent's
 * descriptor, and what an entry is is asked of the descriptor. The tree may belong to a running container, which changes it meanwhile: an entry that is gone or that has become
 * something else is counted and left out; a file has the size that it was announced with, whatever becomes of it.
 *
 * Records go out whole: the buffer is written before one that no longer fits is begun.
 */
#include "trees.h"
#include "listing.h"
#include "pilot.h"

#define O_QUIET (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
#define KIND_MASK 0170000u
#define KIND_FILE 0100000u
#define KIND_FOLDER 0040000u
#define KIND_LINK 0120000u
#define KIND_FIFO 0010000u
#define KIND_CHR 0020000u
#define KIND_BLK 0060000u
#define AT_NOFOLLOW 0x100
#define SEEK_DATA_ 3
#define SEEK_HOLE_ 4

/* One descriptor a level; a process has 1,024 by default. */
enum { DEPTH_LIMIT = 900, BUFFER = 256 << 10, SMALL = 64 << 10, XATTR_NAMES = 65536, NAME_BYTES = 64 << 20, NAME_COUNT = 4 << 20, LINKED_SLOTS = 1 << 20 };

static const char OPAQUE_NAME[] = "user.overlay.opaque";

struct level {
    int fd;
    uint64_t device;
    uint32_t next, last; /* of its entries, in order: indexes of `order` */
    uint32_t names;      /* where the names began */
};

struct seen {
    uint64_t device, inode;
};

struct tree_reading {
    struct tree_reader *reader;
    unsigned flags;
    int working; /* the working folder, for calls that know no other */
    bool opaque; /* the entry has the mark */
    size_t end;  /* of buffer */
    uint32_t names_end, order_end, linked;
    unsigned depth;
    struct level levels[DEPTH_LIMIT];
    uint8_t buffer[BUFFER];
    char xattrs[XATTR_NAMES];
    uint8_t value[TREE_XATTR_LIMIT];
    uint32_t order[NAME_COUNT];
    struct seen seen[LINKED_SLOTS];
    char names[NAME_BYTES]; /* a byte of type, the name, NUL: of the folders that the walk is in */
};

static long noted(struct tree_reading *r, long nr, long result) {
    if (result < 0) {
        r->reader->call = nr;
    }
    return result;
}
#define CALL(r, name, ...) noted(r, __NR_##name, SYS(name, __VA_ARGS__))

/* ---- output ---- */

static int flush(struct tree_reading *r) {
    for (size_t done = 0; done < r->end;) {
        done += (size_t)TRY(CALL(r, write, r->reader->replies, r->buffer + done, r->end - done));
    }
    r->end = 0;
    return 0;
}

static int room(struct tree_reading *r, size_t length) { return BUFFER - r->end < length ? flush(r) : 0; }

static void put(uint8_t *to, uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++) {
        to[i] = (uint8_t)(value >> 8 * i);
    }
}

static uint64_t device_number(unsigned long rdev) {
    return (uint64_t)(rdev >> 8 & 0xFFF) << 32 | (rdev & 0xFF) | (rdev >> 12 & 0xFFF00);
}

/* A record's bytes, in the buffer, whose room is there; `st` if it has what an entry has. */
static void record(struct tree_reading *r, uint8_t op, unsigned flags, const char *name, const char *link, uint64_t size, const struct stat *st) {
    size_t name_length = text_length(name), link_length = text_length(link), extra = st == NULL ? 0 : TREE_STATUS;
    size_t length = (TREE_HEADER + extra + name_length + link_length + 7) & ~(size_t)7;
    uint8_t *at = r->buffer + r->end;
    memset(at, 0, length);
    put(at, length, 4);
    at[4] = op;
    at[5] = (uint8_t)flags;
    put(at + 8, TREE_NO_REGISTER, 2);
    put(at + 10, name_length, 2);
    put(at + 12, link_length, 2);
    put(at + 14, extra, 2);
    put(at + 32, size, 8);
    if (st != NULL) {
        put(at + 16, op == TREE_NODE ? st->st_mode & (KIND_MASK | 07777) : st->st_mode & 07777, 4);
        put(at + 20, st->st_uid, 4);
        put(at + 24, st->st_gid, 4);
        put(at + 28, st->st_mtime_nsec, 4);
        put(at + 40, st->st_mtime, 8);
        put(at + 56, st->st_ino, 8);
        put(at + 64, st->st_dev, 8);
        put(at + 72, op == TREE_NODE ? device_number(st->st_rdev) : 0, 8);
        put(at + 80, st->st_ctime, 8);
        put(at + 88, st->st_ctime_nsec, 4);
        put(at + 92, st->st_nlink, 4);
    }
    memcpy(at + TREE_HEADER + extra, name, name_length);
    memcpy(at + TREE_HEADER + extra + name_length, link, link_length);
    r->end += length;
}

static int entry(struct tree_reading *r, uint8_t op, unsigned flags, const char *name, const char *link, uint64_t size, const struct stat *st) {
    TRY(room(r, TREE_RECORD_LIMIT));
    record(r, op, flags | (r->opaque ? FLAG_OPAQUE : 0), name, link, size, st);
    r->reader->entries++;
    return 0;
}

/* ---- xattrs ---- */

static int in_folder(struct tree_reading *r, int dir) {
    if (r->working != dir) {
        TRY(CALL(r, fchdir, dir));
        r->working = dir;
    }
    return 0;
}

/* Of a descriptor, or without one of an entry of the working folder, never through a link. */
static int xattrs(struct tree_reading *r, int fd, const char *name) {
    r->opaque = false;
    long length = fd >= 0 ? CALL(r, flistxattr, fd, r->xattrs, XATTR_NAMES) : CALL(r, llistxattr, name, r->xattrs, XATTR_NAMES);
    if (length < 0) {
        return length == -EOPNOTSUPP || length == -ENOENT ? 0 : (int)length;
    }
    for (const char *each = r->xattrs; each < r->xattrs + length; each += text_length(each) + 1) {
        bool mark = text_equal(each, OPAQUE_NAME);
        if (!mark && tree_is_overlay_note(each)) {
            continue;
        }
        long size = fd >= 0 ? SYS(fgetxattr, fd, each, r->value, TREE_XATTR_LIMIT) : SYS(lgetxattr, name, each, r->value, TREE_XATTR_LIMIT);
        if (size < 0) {
            continue; /* gone, or not for us */
        }
        if (mark) {
            r->opaque = size == 1 && r->value[0] == 'y';
            continue;
        }
        TRY(room(r, TREE_RECORD_LIMIT + (size_t)size));
        record(r, TREE_XATTR, 0, "", each, (uint64_t)size, NULL);
        memcpy(r->buffer + r->end, r->value, (size_t)size);
        r->end += (size_t)size;
    }
    return 0;
}

/* ---- files ---- */

/* Whether another name of the file was sent; a table that is full says no, and the file is sent again. */
static bool is_again(struct tree_reading *r, const struct stat *st) {
    uint32_t slot = (uint32_t)((st->st_ino ^ st->st_dev << 20) * 0x9E3779B97F4A7C15u >> 32) % LINKED_SLOTS;
    while (r->seen[slot].inode != 0) {
        if (r->seen[slot].inode == st->st_ino && r->seen[slot].device == st->st_dev) {
            return true;
        }
        slot = (slot + 1) % LINKED_SLOTS;
    }
    if (r->linked < LINKED_SLOTS / 2) {
        r->linked++;
        r->seen[slot] = (struct seen){.device = st->st_dev, .inode = st->st_ino};
    }
    return false;
}

/* Reads what there is of the next `size` bytes, and says that the rest is missing. */
static int fill(struct tree_reading *r, int fd, uint8_t *to, size_t size, size_t *got) {
    for (*got = 0; *got < size;) {
        long more = TRY(CALL(r, read, fd, to + *got, size - *got));
        if (more == 0) {
            return 0;
        }
        *got += (size_t)more;
    }
    return 0;
}

/* In one record: its bytes are there before it is begun. */
static int small_file(struct tree_reading *r, int fd, const char *name, const struct stat *st) {
    size_t got, size = (size_t)st->st_size;
    TRY(room(r, TREE_RECORD_LIMIT + size));
    size_t before = r->end;
    TRY(entry(r, TREE_FILE, 0, name, "", size, st));
    int error = fill(r, fd, r->buffer + r->end, size, &got);
    if (error < 0) {
        r->end = before;
        return error;
    }
    memset(r->buffer + r->end + got, 0, size - got);
    r->end += size;
    r->reader->bytes += size;
    return got == size ? 0 : -ESTALE;
}

/* Data of a part of the file in records of their own. What is missing is a hole. */
static int send_data(struct tree_reading *r, int fd, uint64_t size) {
    while (size > 0) {
        TRY(room(r, 2 * TREE_HEADER + SMALL));
        size_t got, most = BUFFER - r->end - 2 * TREE_HEADER;
        size_t chunk = size < most ? (size_t)size : most;
        size_t before = r->end;
        record(r, TREE_DATA, 0, "", "", chunk, NULL);
        int error = fill(r, fd, r->buffer + r->end, chunk, &got);
        if (error < 0) {
            r->end = before;
            return error;
        }
        put(r->buffer + before + 32, got, 8);
        r->end += got;
        size -= got;
        r->reader->bytes += got;
        if (got < chunk) {
            record(r, TREE_HOLE, 0, "", "", size, NULL);
            return -ESTALE;
        }
    }
    return 0;
}

static int large_file(struct tree_reading *r, int fd, const char *name, const struct stat *st) {
    int64_t at = 0, size = (int64_t)st->st_size;
    bool sparse = st->st_blocks < st->st_size / 512;
    int changed = 0;
    TRY(entry(r, TREE_FILE, FLAG_MORE, name, "", (uint64_t)st->st_size, st));
    while (at < size) {
        int64_t data = sparse ? SYS(lseek, fd, at, SEEK_DATA_) : at;
        data = data == -ENXIO || data > size ? size : data < 0 ? at : data;
        if (data > at) {
            TRY(room(r, TREE_HEADER));
            record(r, TREE_HOLE, 0, "", "", (uint64_t)(data - at), NULL);
        }
        int64_t hole = sparse && data < size ? SYS(lseek, fd, data, SEEK_HOLE_) : size;
        at = hole <= data || hole > size ? size : hole;
        if (sparse && data < size) {
            TRY(CALL(r, lseek, fd, data, 0));
        }
        int error = send_data(r, fd, (uint64_t)(at - data));
        changed |= error == -ESTALE;
        TRY(error == -ESTALE ? 0 : error);
    }
    return changed ? -ESTALE : 0;
}

static int open_quietly(struct tree_reading *r, int dir, const char *name, int flags) {
    int fd = (int)CALL(r, openat, dir, name, O_QUIET | O_NOATIME | flags);
    return fd == -EPERM ? (int)CALL(r, openat, dir, name, O_QUIET | flags) : fd;
}

/* Its metadata only. */
static int bare_file(struct tree_reading *r, int dir, const char *name, const struct stat *st) {
    TRY(in_folder(r, dir));
    TRY(xattrs(r, -1, name));
    return entry(r, TREE_FILE, FLAG_BARE, name, "", (uint64_t)st->st_size, st);
}

static int whole_file(struct tree_reading *r, int dir, const char *name) {
    struct stat st;
    CLOSING int fd = TRY(open_quietly(r, dir, name, 0));
    TRY(CALL(r, fstat, fd, &st));
    if ((st.st_mode & KIND_MASK) != KIND_FILE) {
        return -ESTALE;
    }
    TRY(xattrs(r, fd, NULL));
    if (r->flags & FLAG_BELOW && st.st_nlink > 1 && is_again(r, &st)) {
        return entry(r, TREE_FILE, FLAG_BARE, name, "", (uint64_t)st.st_size, &st);
    }
    return st.st_size <= SMALL ? small_file(r, fd, name, &st) : large_file(r, fd, name, &st);
}

/* ---- folders ---- */

/* The last `count` names by their bytes: a heap, since whoever chose the names may be hostile. */
static int compare(const struct tree_reading *r, uint32_t a, uint32_t b) {
    const char *left = r->names + a + 1, *right = r->names + b + 1;
    while (*left != 0 && *left == *right) {
        left++;
        right++;
    }
    return (int)(uint8_t)*left - (int)(uint8_t)*right;
}

static void sift(const struct tree_reading *r, uint32_t *heap, uint32_t at, uint32_t count) {
    for (uint32_t child; (child = 2 * at + 1) < count; at = child) {
        child += child + 1 < count && compare(r, heap[child], heap[child + 1]) < 0;
        if (compare(r, heap[at], heap[child]) >= 0) {
            return;
        }
        uint32_t other = heap[at];
        heap[at] = heap[child];
        heap[child] = other;
    }
}

static void sort(const struct tree_reading *r, uint32_t *names, uint32_t count) {
    for (uint32_t i = count / 2; i > 0; i--) {
        sift(r, names, i - 1, count);
    }
    for (uint32_t i = count; i > 1; i--) {
        uint32_t most = names[0];
        names[0] = names[i - 1];
        names[i - 1] = most;
        sift(r, names, 0, i - 1);
    }
}

/* Goes down into a folder, whose descriptor it takes over. */
static int descend(struct tree_reading *r, int fd, uint64_t device) {
    struct listing list = {.fd = fd};
    const struct directory_entry *next;
    int error = 0;
    if (r->depth == DEPTH_LIMIT) {
        sys_close(fd);
        return -ENAMETOOLONG;
    }
    struct level *level = &r->levels[r->depth++];
    *level = (struct level){.fd = fd, .device = device, .next = r->order_end, .names = r->names_end};
    while ((next = listing_next(&list, &error)) != NULL) {
        size_t length = text_length(next->name) + 2;
        if (NAME_BYTES - r->names_end < length || r->order_end == NAME_COUNT) {
            return -ENOBUFS;
        }
        r->order[r->order_end++] = r->names_end;
        r->names[r->names_end] = (char)next->type;
        memcpy(r->names + r->names_end + 1, next->name, length - 1);
        r->names_end += (uint32_t)length;
    }
    level->last = r->order_end;
    sort(r, r->order + level->next, level->last - level->next);
    return error == -ENOENT ? 0 : (int)noted(r, __NR_getdents64, error); /* ENOENT: it was removed */
}

static void ascend(struct tree_reading *r) {
    struct level *level = &r->levels[--r->depth];
    r->names_end = level->names;
    r->order_end = r->depth == 0 ? 0 : r->levels[r->depth - 1].last;
    if (r->working == level->fd) {
        r->working = -1;
    }
    sys_close(level->fd);
}

/* What the kernel itself makes up is nobody's files. */
static bool is_made_up(int fd) {
    static const long TYPES[] = {0x9FA0 /* proc */, 0x62656572 /* sysfs */, 0x63677270, 0x27E0EB /* control groups */, 0x64626720 /* debugfs */, 0x74726163 /* tracefs */, 0x19800202 /* mqueue */};
    struct statfs fs = {0};
    bool found = false;
    if (SYS(fstatfs, fd, &fs) == 0) {
        for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
            found |= fs.f_type == TYPES[i];
        }
    }
    return found;
}

static int folder(struct tree_reading *r, int dir, const char *name) {
    struct stat st;
    int fd = TRY(open_quietly(r, dir, name[0] == 0 ? "." : name, O_DIRECTORY));
    int error = (int)CALL(r, fstat, fd, &st);
    bool mounted = r->depth == 0 || r->levels[r->depth - 1].device != st.st_dev;
    bool below = r->flags & FLAG_BELOW && !(mounted && is_made_up(fd));
    if (error == 0 && !(r->flags & FLAG_LIST && name[0] == 0)) {
        error = xattrs(r, fd, NULL);
        error = error < 0 ? error : entry(r, TREE_MKDIR, below ? FLAG_MORE : 0, name, "", 0, &st);
    }
    if (error == 0 && (below || (r->flags & FLAG_LIST && name[0] == 0))) {
        return descend(r, fd, st.st_dev);
    }
    sys_close(fd);
    return error;
}

/* ---- entries ---- */

static int other(struct tree_reading *r, int dir, const char *name, const struct stat *st) {
    char target[TREE_LINK_LIMIT + 1] = "";
    uint8_t op = 0;
    switch (st->st_mode & KIND_MASK) {
    case KIND_LINK:
        target[TRY(CALL(r, readlinkat, dir, name, target, TREE_LINK_LIMIT))] = 0;
        op = TREE_SYMLINK;
        break;
    case KIND_FIFO: op = TREE_FIFO; break;
    case KIND_CHR:
    case KIND_BLK: op = TREE_NODE; break;
    default: return -EOPNOTSUPP; /* a socket: it is of use to its process only */
    }
    TRY(in_folder(r, dir));
    TRY(xattrs(r, -1, name));
    return entry(r, op, 0, name, target, 0, st);
}

static int send_entry(struct tree_reading *r, int dir, const char *name, uint8_t type) {
    struct stat st;
    if (type == TREE_TYPE_FOLDER) {
        return folder(r, dir, name);
    }
    if (type == TREE_TYPE_FILE && r->flags & FLAG_DATA) {
        return whole_file(r, dir, name);
    }
    TRY(CALL(r, newfstatat, dir, name, &st, AT_NOFOLLOW));
    uint32_t kind = st.st_mode & KIND_MASK;
    if (kind == KIND_FOLDER) {
        return folder(r, dir, name);
    }
    if (kind == KIND_FILE) {
        return r->flags & FLAG_DATA ? whole_file(r, dir, name) : bare_file(r, dir, name, &st);
    }
    return other(r, dir, name, &st);
}

/* What changed under our eyes, and sockets, are counted; another error ends the reading. */
static int visit(struct tree_reading *r, int dir, const char *name, uint8_t type) {
    int error = send_entry(r, dir, name, type);
    bool changed = error == -ENOENT || error == -ESTALE || error == -ELOOP || error == -ENOTDIR || error == -ENXIO || error == -EINVAL;
    if (changed || error == -EOPNOTSUPP) {
        r->reader->left_out(r->reader, name, changed ? -ESTALE : error);
        return 0;
    }
    if (error < 0 && r->reader->name[0] == 0) {
        text_copy(r->reader->name, sizeof r->reader->name, name);
    }
    return error;
}

static int walk(struct tree_reading *r) {
    while (r->depth > 0) {
        struct level *level = &r->levels[r->depth - 1];
        if (level->next < level->last) {
            const char *name = r->names + r->order[level->next++];
            TRY(visit(r, level->fd, name + 1, (uint8_t)name[0]));
        } else {
            bool sent = r->depth > 1 || !(r->flags & FLAG_LIST);
            ascend(r);
            if (sent) {
                TRY(room(r, TREE_HEADER));
                record(r, TREE_END, 0, "", "", 0, NULL);
            }
        }
    }
    return 0;
}

static int read_all(struct tree_reading *r, int dir, const char *name) {
    int error = name[0] == 0 ? folder(r, dir, name) : send_entry(r, dir, name, 0);
    if (error == -ESTALE) { /* a file that shrank, and was sent */
        r->reader->left_out(r->reader, name, error);
        error = 0;
    }
    if (error == 0) {
        error = walk(r);
    }
    while (r->depth > 0) {
        ascend(r);
    }
    int flushed = flush(r);
    return error < 0 ? error : flushed;
}

int tree_read(struct tree_reader *reader, int dir, const char *name, unsigned flags) {
    if (reader->reading == NULL) {
        struct tree_reading *pages = sys_pages(sizeof *pages);
        if (sys_failed(pages)) {
            reader->call = __NR_mmap;
            return -ENOMEM;
        }
        reader->reading = pages;
    }
    struct tree_reading *r = reader->reading;
    r->reader = reader;
    r->flags = flags;
    r->working = -1;
    return read_all(r, dir, name);
}
