/* A folder's entries, one at a time, without `.` and `..`. */
#pragma once
#include "sys.h"

struct listing {
    int fd; /* of the folder; given */
    long at, end;
    uint8_t bytes[4096] __attribute__((aligned(8)));
};

/* The next entry, or NULL: the end, or *error is set if reading failed. What was made or removed since the last call may be missed. */
struct directory_entry *listing_next(struct listing *list, int *error);
/* Begins anew with the first entry of a folder. */
void listing_begin(struct listing *list, int fd);
