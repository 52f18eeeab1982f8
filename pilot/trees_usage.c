/*
 * USAGE of a tree stream: what an entry, with all below it, takes of the disk. Nothing is followed, nothing changed. Each of several names of one file counts its share, so
 * that no table of them is needed: the sum is right where all its names are below, but for the rounding. What is removed meanwhile is not there.
 */
#include "trees.h"
#include "listing.h"
#include "pilot.h"

#define O_FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define KIND_MASK 0170000u
#define KIND_FOLDER 0040000u
#define KIND_FILE 0100000u
#define AT_NOFOLLOW 0x100

/* A descriptor a level; a process has 1,024 by default. */
enum { DEPTH_LIMIT = 400, BLOCK = 512 };

static long noted(struct tree_usage *u, long nr, long result) {
    if (result < 0) {
        u->call = nr;
    }
    return result;
}
#define CALL(u, name, ...) noted(u, __NR_##name, SYS(name, __VA_ARGS__))

static bool is_gone(long error) { return error == -ENOENT || error == -ENOTDIR; }

static int use_below(struct tree_usage *u, int dir, const char *name, int depth);

static int use(struct tree_usage *u, int dir, const char *name, int depth) {
    struct stat st;
    long error = CALL(u, newfstatat, dir, name, &st, AT_NOFOLLOW);
    if (error < 0) {
        return is_gone(error) ? 0 : (int)error;
    }
    bool folder = (st.st_mode & KIND_MASK) == KIND_FOLDER, file = (st.st_mode & KIND_MASK) == KIND_FILE;
    uint64_t names = folder || st.st_nlink == 0 ? 1 : st.st_nlink;
    u->entries++;
    u->bytes += (uint64_t)st.st_blocks * BLOCK / names;
    u->size += file ? (uint64_t)st.st_size / names : 0;
    if (folder && depth == DEPTH_LIMIT) {
        u->skipped++;
        return 0;
    }
    return folder ? use_below(u, dir, name, depth) : 0;
}

static int use_below(struct tree_usage *u, int dir, const char *name, int depth) {
    int error = (int)CALL(u, openat, dir, name, O_FOLDER);
    if (error < 0) {
        return is_gone(error) ? 0 : error;
    }
    CLOSING int fd = error;
    struct listing list = {.fd = fd};
    const struct directory_entry *entry;
    error = 0;
    while ((entry = listing_next(&list, &error)) != NULL) {
        TRY(use(u, fd, entry->name, depth + 1));
    }
    return is_gone(error) ? 0 : (int)noted(u, __NR_getdents64, error);
}

int tree_use(int dir, const char *name, struct tree_usage *result) { return use(result, dir, name, 0); }
