/* A container's log in Docker's json-file format, rotated by size. A write that fails is counted, and nobody waits for it. */
#pragma once
#include "sys.h"

enum { LOG_LINE = 16384, LOG_PAGES = 160 << 10 };

struct log {
    int folder;
    int fd;          /* -1: nothing is written */
    uint64_t limit;  /* bytes of a file, 0 none */
    uint32_t files;  /* kept in all */
    uint64_t size;   /* of the file */
    uint64_t errors; /* writes that failed; their lines are lost */
    size_t used;     /* of `buffer`; whole records only */
    uint8_t *buffer; /* LOG_PAGES */
    struct {
        uint8_t *bytes; /* LOG_LINE: a line whose end has not come */
        size_t length;
    } partial[2];
    char time[32]; /* of the bytes being logged */
};

/* Opens `log` in the folder for appending: 0 or -errno. Memory is reserved once. */
int log_open(struct log *log, int folder, uint64_t limit, uint32_t files);
/* The file may have been moved away. */
int log_reopen(struct log *log);
/* What was read from stdout (0) or stderr (1) just now. */
void log_write(struct log *log, unsigned stream, const uint8_t *bytes, size_t n);
/* No more will come: lines without an end are written too. */
void log_close(struct log *log);
