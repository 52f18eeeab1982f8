/* See listing.h. */
#include "listing.h"

struct directory_entry *listing_next(struct listing *list, int *error) {
    for (;;) {
        if (list->at >= list->end) {
            list->at = 0;
            list->end = SYS(getdents64, list->fd, list->bytes, sizeof list->bytes);
            if (list->end <= 0) {
                *error = (int)list->end;
                return NULL;
            }
        }
        struct directory_entry *entry = (struct directory_entry *)(void *)(list->bytes + list->at);
        list->at += entry->length;
        if (!text_equal(entry->name, ".") && !text_equal(entry->name, "..")) {
            return entry;
        }
    }
}

void listing_begin(struct listing *list, int fd) {
    list->fd = fd;
    list->at = list->end = 0;
    SYS(lseek, fd, 0, 0);
}
