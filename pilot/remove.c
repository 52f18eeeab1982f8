/*
 * Down into the first folder that has entries, up by `..` when a level is clear. The folders on the way are remembered, so that one that is moved
 * meanwhile ends the walk instead of leading it elsewhere. No link is followed, no mount entered. Few descriptors, no recursion: what is deeper than can be
 * remembered is moved to the top under a name of ours, where this walk or, after a crash, the next one takes it.
 */
#include "remove.h"
#include "listing.h"
#include "subvolume.h"

enum { DEPTH_LIMIT = 4096, FCHMODAT2 = 452 };

static const uint64_t BELOW = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
static const uint64_t OPENED = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK;

/* By descriptor: a name could be exchanged for a link meanwhile. */
static void grant(int dir, const char *name) {
    char path[40] = "/proc/self/fd/";
    CLOSING int fd = (int)sys_openat2(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0, BELOW);
    if (fd >= 0 && sys_retry(FCHMODAT2, fd, ADDRESS(""), 0700, AT_EMPTY_PATH, 0) == -ENOSYS) { /* before Linux 6.6 */
        text_decimal(path + 14, (uint64_t)fd);
        SYS(fchmodat, AT_FDCWD, path, 0700);
    }
}

static int open_folder(struct removal *r, int dir, const char *name, struct stat *st) {
    long fd = sys_openat2(dir, name, OPENED, 0, BELOW);
    if (fd == -EACCES && r->grants) {
        grant(dir, name);
        fd = sys_openat2(dir, name, OPENED, 0, BELOW);
    }
    r->call = __NR_openat2;
    if (fd >= 0 && sys_fstat((int)fd, st) == 0 && r->grants && (st->st_mode & 0700) != 0700) {
        SYS(fchmod, fd, 0700);
    }
    return (int)fd;
}

/* 0 when it is gone, -ENOTEMPTY for a folder that holds something, or another -errno. A subvolume goes whole where that is allowed, else like any folder. */
static int remove_one(struct removal *r, int dir, const char *name) {
    long result = sys_unlinkat(dir, name, 0);
    if (result == -EISDIR) {
        result = sys_unlinkat(dir, name, AT_REMOVEDIR);
        result = result == -EEXIST ? -ENOTEMPTY : result;
        if (result == -ENOTEMPTY && subvolume_remove(dir, name) == 0) {
            return 0;
        }
    }
    r->call = __NR_unlinkat;
    return (int)result;
}

/* Removes what can be removed without descending: 0, or 1 if r->entry is a folder that has entries. */
static int clear_level(struct removal *r, int fd) {
    struct listing list;
    struct directory_entry *entry;
    int error = 0;
    listing_begin(&list, fd);
    while ((entry = listing_next(&list, &error)) != NULL) {
        error = remove_one(r, fd, entry->name);
        if (error == -EROFS && subvolume_open_up(fd) == 0) {
            error = remove_one(r, fd, entry->name);
        }
        if (error < 0 && error != -ENOENT) {
            text_copy(r->entry, sizeof r->entry, entry->name);
            return error == -ENOTEMPTY ? 1 : error;
        }
    }
    r->call = __NR_getdents64;
    return error;
}

static int move_up(struct removal *r, int dir, int top) {
    char name[40] = ".wherry-removed-";
    long result = r->grants ? -EEXIST : -ENAMETOOLONG;
    while (result == -EEXIST || result == -ENOTEMPTY || result == -ENOTDIR) {
        grant(dir, r->entry);
        text_decimal(name + 16, r->moved++);
        result = sys_renameat(dir, r->entry, top, name);
    }
    return (int)result;
}

int remove_below(struct removal *r, int dir, const char *name) {
    struct {
        uint64_t device, inode;
    } way[DEPTH_LIMIT];
    unsigned depth = 0;
    struct stat st = {0};
    CLOSING int top = TRY(open_folder(r, dir, name, &st));
    CLOSING int fd = TRY(open_folder(r, top, ".", &st));
    for (;;) {
        int next;
        int descends = TRY(clear_level(r, fd));
        if (!descends && depth == 0) {
            return 0;
        }
        if (descends && depth == DEPTH_LIMIT) {
            TRY(move_up(r, fd, top));
            continue;
        }
        if (descends) {
            way[depth].device = st.st_dev;
            way[depth++].inode = st.st_ino;
            next = open_folder(r, fd, r->entry, &st);
        } else {
            depth--;
            next = (int)sys_openat(fd, "..", (int)OPENED, 0);
            r->call = __NR_openat;
        }
        TRY(next);
        sys_close(fd);
        fd = next;
        if (!descends && (sys_fstat(fd, &st) < 0 || st.st_ino != way[depth].inode || st.st_dev != way[depth].device)) {
            return -ESTALE;
        }
    }
}

int remove_tree(struct removal *r, int dir, const char *name) {
    int result = remove_one(r, dir, name);
    if (result == -ENOTEMPTY) {
        TRY(remove_below(r, dir, name));
        result = remove_one(r, dir, name);
    }
    return result;
}
