/* A container's log: files that are rotated by size, or a program that reads it (docs/monitor.md "The log"). Nobody waits for it, unless asked. */
#pragma once
#include "logger.h"
#include "record.h"

enum { LOG_PAGES = 192 << 10, LOG_WAITS = 1 /* log_flags */ };

/* As the monitor block and the program say. */
struct log_choice {
    int folder;
    enum record_format format;
    bool waits;     /* a program that reads slowly is waited for */
    uint64_t limit; /* bytes of a file, 0 none */
    uint32_t files; /* kept in all */
    const char *more;
    struct logger logger; /* for RECORD_PLAIN */
};

struct loss {
    uint64_t lines;
    uint64_t bytes;
};

struct log {
    struct log_choice choice;
    struct record_style style;
    int fd;          /* file or pipe; -1: nothing is written */
    uint64_t size;   /* of the file */
    uint64_t errors; /* writes that failed; their lines are lost */
    struct loss held; /* in `buffer` */
    struct loss lost; /* and not told yet */
    size_t used;     /* of `buffer`; whole records, but for a torn line of a program */
    size_t torn;     /* bytes of the line of which a program has taken the beginning only */
    uint8_t *buffer; /* LOG_PAGES, NULL: there is no log */
    struct {
        uint8_t *bytes; /* RECORD_LINE: a line whose end has not come */
        size_t length;
    } partial[2];
};

/* Opens what the choice says: 0 or -errno. Memory is reserved once. */
int log_open(struct log *log, const struct log_choice *choice);
/* The file may have been moved away. */
int log_reopen(struct log *log);
/* What was read from stdout (0) or stderr (1) just now. */
void log_write(struct log *log, unsigned stream, const uint8_t *bytes, size_t n);
/* The program that reads has not taken everything yet, and is to be waited for: write no more until log_resume has made it false. */
bool log_waits(const struct log *log);
void log_resume(struct log *log);
/* The container has ended, and may be started again: lines without an end are written too. */
void log_close(struct log *log);
/* Nothing more comes. Waits for the program that reads, but not for ever. */
void log_end(struct log *log);
