/* How a piece of output becomes a record of the log (docs/monitor.md "The log"). Needs nothing of the kernel, so that hosted tests can use it. */
#pragma once
#include "text.h"

enum {
    RECORD_LINE = 16384,  /* text of a record at most */
    RECORD_MORE = 4096,   /* of what a user adds to each record */
    RECORD_MOST = 6 * RECORD_LINE + RECORD_MORE + 256, /* what a record becomes, with room for words that are copied whole */
};

enum record_format { RECORD_JSON, RECORD_LOCAL, RECORD_PLAIN, RECORD_FORMATS };

/* What is the same for all that was read at once. */
struct record_style {
    enum record_format format;
    const char *more; /* members of the JSON object, each with its comma behind it; may be empty */
    uint64_t nanoseconds; /* since 1970 */
    char tail[2][RECORD_MORE + 96]; /* of a JSON record, by stream */
    size_t tail_length[2];
};

/* Sets the time of what follows. */
void record_time(struct record_style *style, uint64_t seconds, uint32_t nanoseconds);
/* Writes stdout's (0) or stderr's (1) text of at most RECORD_LINE bytes as a record; returns its end. Up to 8 bytes behind it are written too. */
uint8_t *record_write(const struct record_style *style, uint8_t *to, unsigned stream, const uint8_t *bytes, size_t n);
/* Bytes up to and with the first line feed; 0 if there is none. */
size_t record_line_end(const uint8_t *bytes, size_t n);
/* Where a record of at most `n` bytes may end without cutting a character in two. */
size_t record_whole_characters(const uint8_t *bytes, size_t n);
