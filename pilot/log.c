/* See log.h. */
#include "log.h"

enum { FLUSH_AT = 32 << 10, RETAIN = 64 << 10, DONTNEED = 4, NAME_SIZE = 24, FILES_MOST = 1000 };

static const char STREAMS[2][7] = {"stdout", "stderr"};

/* time */

/* 2026-01-02T03:04:05.000000006Z. The calendar repeats every 400 years (146,097 days); a year counted from March ends in its leap day. */
static void stamp(char to[32]) {
    struct __kernel_timespec now = {0};
    sys_clock(0, &now);
    uint64_t seconds = (uint64_t)now.tv_sec % 86400;
    uint64_t days = (uint64_t)now.tv_sec / 86400 + 719468; /* since 0000-03-01 */
    uint64_t era = days / 146097;
    uint64_t day = days % 146097;
    uint64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    day -= 365 * year + year / 4 - year / 100;
    uint64_t month = (5 * day + 2) / 153;
    day -= (153 * month + 2) / 5;
    month = month < 10 ? month + 3 : month - 9;
    const struct {
        uint64_t value;
        unsigned width;
        char end;
    } parts[] = {{year + era * 400 + (month <= 2), 4, '-'}, {month, 2, '-'}, {day + 1, 2, 'T'}, {seconds / 3600, 2, ':'}, {seconds / 60 % 60, 2, ':'},
        {seconds % 60, 2, '.'}, {(uint64_t)now.tv_nsec, 9, 'Z'}};
    for (unsigned k = 0; k < sizeof parts / sizeof parts[0]; k++) {
        uint64_t value = parts[k].value;
        for (unsigned width = parts[k].width; width-- > 0; value /= 10) {
            to[width] = (char)('0' + value % 10);
        }
        to += parts[k].width;
        *to++ = parts[k].end;
    }
    *to = 0;
}

/* text */

/* Bytes of the well-formed character at `s` (1 to 4), or 0; *needs is what its first byte announces. */
static size_t character(const uint8_t *s, size_t n, size_t *needs) {
    *needs = s[0] < 0x80 ? 1 : s[0] < 0xC2 ? 0 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : s[0] < 0xF5 ? 4 : 0;
    if (*needs == 0 || *needs > n) {
        return 0;
    }
    for (size_t k = 1; k < *needs; k++) {
        if ((s[k] & 0xC0) != 0x80) {
            return 0;
        }
    }
    bool refused = (s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) /* surrogates */ || (s[0] == 0xF0 && s[1] < 0x90)
        || (s[0] == 0xF4 && s[1] > 0x8F);
    return refused ? 0 : *needs;
}

/* Where a record of at most `n` bytes may end without cutting a character in two. */
static size_t whole_characters(const uint8_t *bytes, size_t n) {
    for (size_t back = 1; back <= 3 && back < n; back++) {
        uint8_t byte = bytes[n - back];
        if ((byte & 0xC0) != 0x80) {
            size_t needs;
            character(bytes + n - back, back, &needs);
            return needs > back ? n - back : n;
        }
    }
    return n;
}

static uint8_t *put(uint8_t *to, const char *text) {
    size_t n = text_length(text);
    memcpy(to, text, n);
    return to + n;
}

/* A byte that JSON wants escaped. */
static uint8_t *escape(uint8_t *to, uint8_t byte) {
    static const char hex[] = "0123456789abcdef";
    static const char shorts[] = "\"\"\\\\\nn\rr\tt";
    *to++ = '\\';
    for (unsigned k = 0; k < sizeof shorts - 1; k += 2) {
        if (byte == (uint8_t)shorts[k]) {
            *to++ = (uint8_t)shorts[k + 1];
            return to;
        }
    }
    to = put(to, "u00");
    *to++ = (uint8_t)hex[byte >> 4];
    *to++ = (uint8_t)hex[byte & 15];
    return to;
}

static uint8_t *quote(uint8_t *to, const uint8_t *bytes, size_t n) {
    for (size_t k = 0; k < n;) {
        size_t plain = k;
        while (plain < n && bytes[plain] >= 0x20 && bytes[plain] < 0x80 && bytes[plain] != '"' && bytes[plain] != '\\') {
            plain++;
        }
        memcpy(to, bytes + k, plain - k);
        to += plain - k;
        k = plain;
        if (k == n) {
            break;
        }
        size_t needs;
        size_t length = character(bytes + k, n - k, &needs);
        if (length > 1) {
            memcpy(to, bytes + k, length);
            to += length;
        } else {
            to = length == 1 ? escape(to, bytes[k]) : put(to, "\\ufffd");
        }
        k += length > 1 ? length : 1;
    }
    return to;
}

/* files */

static void flush(struct log *log) {
    if (log->used > 0) {
        long n = sys_write(log->fd, log->buffer, log->used);
        if (n == (long)log->used) {
            log->size += log->used;
        } else {
            log->errors++; /* also when the file could not be opened */
            SYS(ftruncate, log->fd, (int64_t)log->size); /* no torn line stays */
        }
    }
    if (log->used > RETAIN) {
        sys_raw(__NR_madvise, ADDRESS(log->buffer + RETAIN), LOG_PAGES - RETAIN, DONTNEED, 0, 0, 0);
    }
    log->used = 0;
}

static void file_name(char to[NAME_SIZE], uint32_t number) {
    text_pair(to, "log.", number);
    if (number == 0) {
        to[3] = 0;
    }
}

static int open_file(struct log *log, int more_flags) {
    struct stat stat = {0};
    if (log->fd >= 0) {
        sys_close(log->fd);
    }
    log->fd = (int)sys_openat(log->folder, "log", O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | more_flags, 0600);
    sys_fstat(log->fd, &stat);
    log->size = (uint64_t)stat.st_size;
    return log->fd < 0 ? log->fd : 0;
}

static void rotate(struct log *log) {
    char from[NAME_SIZE];
    char to[NAME_SIZE];
    for (uint32_t k = log->files > 0 ? log->files - 1 : 0; k > 0; k--) {
        file_name(from, k - 1);
        file_name(to, k);
        sys_renameat(log->folder, from, log->folder, to);
    }
    if (open_file(log, log->files <= 1 ? O_TRUNC : 0) < 0) {
        log->errors++;
    }
}

/* One line, or a part of it, as a record in the buffer. */
static void record(struct log *log, unsigned stream, const uint8_t *bytes, size_t n) {
    uint8_t *start = log->buffer + log->used;
    uint8_t *to = quote(put(start, "{\"log\":\""), bytes, n);
    to = put(put(to, "\",\"stream\":\""), STREAMS[stream]);
    to = put(put(put(to, "\",\"time\":\""), log->time), "\"}\n");
    size_t length = (size_t)(to - start);
    bool full = log->limit > 0 && log->size + log->used + length > log->limit;
    if (full && log->size + log->used > 0) {
        flush(log);
        rotate(log);
        memmove(log->buffer, start, length);
    }
    log->used += length;
    if (log->used >= FLUSH_AT) {
        flush(log);
    }
}

static size_t line_end(const uint8_t *bytes, size_t n) {
    size_t k = 0;
    while (k < n && bytes[k] != '\n') {
        k++;
    }
    return k < n ? k + 1 : 0;
}

void log_write(struct log *log, unsigned stream, const uint8_t *bytes, size_t n) {
    if (log->buffer == NULL) {
        return;
    }
    stamp(log->time);
    uint8_t *held = log->partial[stream].bytes;
    size_t *length = &log->partial[stream].length;
    while (n > 0) {
        size_t room = LOG_LINE - *length;
        size_t taken = n < room ? n : room;
        size_t end = line_end(bytes, taken);
        taken = end > 0 ? end : taken;
        if (*length == 0 && end > 0) {
            record(log, stream, bytes, end);
        } else {
            memcpy(held + *length, bytes, taken);
            *length += taken;
            if (end > 0 || *length == LOG_LINE) {
                size_t whole = end > 0 ? *length : whole_characters(held, *length);
                record(log, stream, held, whole);
                *length -= whole;
                memmove(held, held + whole, *length);
            }
        }
        bytes += taken;
        n -= taken;
    }
    flush(log);
}

int log_open(struct log *log, int folder, uint64_t limit, uint32_t files) {
    uint8_t *pages = sys_pages(LOG_PAGES + 2 * LOG_LINE);
    if (sys_failed(pages)) {
        return -ENOMEM;
    }
    *log = (struct log){.folder = folder, .fd = -1, .limit = limit, .files = files < FILES_MOST ? files : FILES_MOST, .buffer = pages};
    log->partial[0].bytes = pages + LOG_PAGES;
    log->partial[1].bytes = pages + LOG_PAGES + LOG_LINE;
    return open_file(log, 0);
}

int log_reopen(struct log *log) {
    return log->buffer == NULL ? -EBADF : open_file(log, 0);
}

void log_close(struct log *log) {
    for (unsigned stream = 0; stream < 2 && log->buffer != NULL; stream++) {
        if (log->partial[stream].length > 0) {
            stamp(log->time);
            record(log, stream, log->partial[stream].bytes, log->partial[stream].length);
            log->partial[stream].length = 0;
        }
    }
    flush(log);
}
