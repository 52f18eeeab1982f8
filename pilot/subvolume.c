/* See subvolume.h. The kernel checks rights: who makes and removes by those of the folder, who takes a snapshot by the owner of what it is taken of. */
#include "subvolume.h"
#include "sys.h"
#include <linux/btrfs.h>
#include <linux/btrfs_tree.h>

/* On another filesystem a folder may have that inode number too: then the ioctl that follows is refused. */
static bool may_be_root(int dir, const char *name) {
    struct stat st;
    return SYS(newfstatat, dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_ino == BTRFS_FIRST_FREE_OBJECTID;
}

/* What a snapshot would leave out: subvolumes below it. An older kernel tells of none (before Linux 4.18). */
static bool has_others(int source) {
    struct btrfs_ioctl_get_subvol_rootref_args args = {0};
    long error = sys_ioctl(source, BTRFS_IOC_GET_SUBVOL_ROOTREF, &args);
    return error == -EOVERFLOW || (error == 0 && args.num_items > 0);
}

int subvolume_make(int dir, const char *name, int source) {
    if (source >= 0 && may_be_root(source, ".") && has_others(source)) {
        return -EXDEV;
    }
    struct btrfs_ioctl_vol_args_v2 args = {.fd = source};
    text_copy(args.name, sizeof args.name, name);
    return (int)sys_ioctl(dir, source < 0 ? BTRFS_IOC_SUBVOL_CREATE_V2 : BTRFS_IOC_SNAP_CREATE_V2, &args);
}

int subvolume_remove(int dir, const char *name) {
    if (!may_be_root(dir, name)) {
        return -EINVAL;
    }
    struct btrfs_ioctl_vol_args_v2 args = {0};
    text_copy(args.name, sizeof args.name, name);
    CLOSING int folder = (int)TRY(sys_openat(dir, ".", O_RDONLY | O_DIRECTORY, 0));
    return (int)sys_ioctl(folder, BTRFS_IOC_SNAP_DESTROY_V2, &args);
}

int subvolume_open_up(int fd) {
    uint64_t flags = 0;
    return (int)sys_ioctl(fd, BTRFS_IOC_SUBVOL_SETFLAGS, &flags);
}
