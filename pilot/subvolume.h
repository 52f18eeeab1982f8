/* Subvolumes of btrfs, named by a folder's descriptor and a single name. On another filesystem, and for what is no subvolume: an error, nothing done. */
#pragma once

/* Makes a subvolume: a snapshot of another, whose root `source` has open, or an empty one if that is negative. 0 or -errno;
 * -EXDEV if there are further subvolumes in the source, which a snapshot would leave out. */
int subvolume_make(int dir, const char *name, int source);
/* Removes one at once, with all its files. -EPERM where only root may, -ENOTEMPTY if there are others in it. */
int subvolume_remove(int dir, const char *name);
/* Lets one that is read-only be changed; `fd` has its root open. */
int subvolume_open_up(int fd);
