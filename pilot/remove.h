/* Removal of a tree that somebody hostile may have filled: one way for the sweep and for tree streams. */
#pragma once
#include "sys.h"

struct removal {
    bool grants;     /* what denies its owner everything is made accessible, and what is too deep is moved up; needs calls that a tree writer may not make */
    uint64_t moved;  /* for names */
    long call;       /* the last one that failed */
    char entry[256]; /* where it failed, or empty */
};

/* Removes an entry with all below it: 0 or -errno, -ENOENT if it is not there. */
int remove_tree(struct removal *r, int dir, const char *name);
/* Removes all that is below a folder. */
int remove_below(struct removal *r, int dir, const char *name);
