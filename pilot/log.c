/* See log.h. */
#include "log.h"

enum { FLUSH_AT = 32 << 10, RETAIN = 64 << 10, DONTNEED = 4, NAME_SIZE = 24, FILES_MOST = 1000, NOTE_SIZE = 512, END_MS = 5000 };
_Static_assert(LOG_PAGES >= FLUSH_AT + 2 * RECORD_LINE + RECORD_MOST, "a record fits behind what is not flushed yet");

/* loss */

static void add(struct loss *to, const struct loss *more) {
    to->lines += more->lines;
    to->bytes += more->bytes;
}

static void count(struct loss *loss, const uint8_t *text, size_t n) {
    loss->lines += n > 0 && text[n - 1] == '\n';
    loss->bytes += n;
}

static void set_time(struct log *log) {
    struct __kernel_timespec now = {0};
    sys_clock(0, &now);
    record_time(&log->style, (uint64_t)now.tv_sec, (uint32_t)now.tv_nsec);
}

/* What is missing here, worded for the log itself; 0 bytes if nothing is. */
static size_t word_loss(const struct log *log, uint8_t note[NOTE_SIZE + RECORD_MORE]) {
    char text[128];
    if (log->lost.lines == 0 && log->lost.bytes == 0) {
        return 0;
    }
    char *end = text_pair(text, "wherry: ", log->lost.lines);
    end = text_pair(end, " lines (", log->lost.bytes);
    text_copy(end, 32, " bytes) were lost here\n");
    return (size_t)(record_write(&log->style, note, 1, (const uint8_t *)text, text_length(text)) - note);
}

/* The same to a program: all or nothing, as it is short. False: it does not take it. */
static bool tell_loss(struct log *log) {
    uint8_t note[NOTE_SIZE + RECORD_MORE];
    size_t length = word_loss(log, note);
    if (length > 0 && sys_write(log->fd, note, length) != (long)length) {
        return false;
    }
    log->lost = (struct loss){0};
    return true;
}

/* files */

static void file_name(char to[NAME_SIZE], uint32_t number) {
    text_pair(to, "log.", number);
    if (number == 0) {
        to[3] = 0;
    }
}

static int open_file(struct log *log, const char *name, int more_flags) {
    struct stat stat = {0};
    if (log->fd >= 0) {
        sys_close(log->fd);
    }
    log->fd = own_number((int)sys_openat(log->choice.folder, name, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | more_flags, 0600));
    sys_fstat(log->fd, &stat);
    log->size = (uint64_t)stat.st_size;
    return log->fd < 0 ? log->fd : 0;
}

/* What was lost is told with what can be written again, or not at all: no line is torn, and a full disk does not fill with complaints. */
static void flush_file(struct log *log) {
    uint8_t note[NOTE_SIZE + RECORD_MORE];
    struct iovec parts[2] = {{.iov_base = note, .iov_len = word_loss(log, note)}, {.iov_base = log->buffer, .iov_len = log->used}};
    size_t length = parts[0].iov_len + log->used;
    if (log->fd < 0) {
        open_file(log, "log", 0);
    }
    if (length > 0 && SYS(writev, log->fd, parts, 2) == (long)length) {
        log->size += length;
        log->lost = (struct loss){0};
    } else if (length > 0) {
        log->errors++; /* also when the file could not be opened */
        SYS(ftruncate, log->fd, (int64_t)log->size);
        add(&log->lost, &log->held);
    }
    log->used = 0;
}

/* A reader that has the old file open keeps it; so where only one is kept, that is replaced and not cut. */
static void rotate(struct log *log) {
    static const char next[] = ".log";
    char from[NAME_SIZE];
    char to[NAME_SIZE];
    uint32_t files = log->choice.files;
    for (uint32_t k = files > 0 ? files - 1 : 0; k > 0; k--) {
        file_name(from, k - 1);
        file_name(to, k);
        sys_renameat(log->choice.folder, from, log->choice.folder, to);
    }
    int result = open_file(log, files <= 1 ? next : "log", files <= 1 ? O_TRUNC : 0);
    if (result == 0 && files <= 1) {
        result = (int)sys_renameat(log->choice.folder, next, log->choice.folder, "log");
    }
    log->errors += result < 0;
}

/* a program */

static bool send_until(struct log *log, size_t *sent, size_t end) {
    while (*sent < end) {
        long n = sys_write(log->fd, log->buffer + *sent, end - *sent);
        if (n == -EPIPE || n == -EBADF) {
            int fd = logger_start(&log->choice.logger); /* once; what it had not read is gone */
            if (log->fd >= 0) {
                sys_close(log->fd);
            }
            log->fd = fd < 0 ? -1 : fd;
            log->errors++;
        }
        if (n <= 0 && (n == -EAGAIN || log->fd < 0)) {
            return false;
        }
        *sent += n < 0 ? 0 : (size_t)n;
    }
    return true;
}

/* What is not taken is dropped, but for the rest of the line that was begun: whole lines arrive or none. */
static void flush_program(struct log *log) {
    size_t sent = 0;
    bool taken = send_until(log, &sent, log->torn) && tell_loss(log) && send_until(log, &sent, log->used);
    bool begun = sent < log->torn || (sent > log->torn && log->buffer[sent - 1] != '\n');
    size_t line = taken || log->fd < 0 || !begun ? 0 : record_line_end(log->buffer + sent, log->used - sent);
    size_t keep = line == 0 && begun && !taken && log->fd >= 0 ? log->used - sent : line;
    if (!taken && (!log->choice.waits || log->fd < 0)) {
        for (size_t at = sent + keep; at < log->used;) {
            size_t end = record_line_end(log->buffer + at, log->used - at);
            end = end == 0 ? log->used - at : end;
            count(&log->lost, log->buffer + at, end);
            at += end;
        }
        log->used = sent + keep;
    }
    log->torn = keep;
    log->used -= sent;
    memmove(log->buffer, log->buffer + sent, log->used);
}

/* records */

bool log_waits(const struct log *log) {
    return log->choice.waits && log->style.format == RECORD_PLAIN && log->used > 0 && log->fd >= 0;
}

static void flush(struct log *log) {
    size_t used = log->used;
    if (used > 0 && log->style.format == RECORD_PLAIN) {
        flush_program(log);
    } else if (used > 0) {
        flush_file(log);
    }
    if (used > RETAIN && log->used <= RETAIN) {
        sys_raw(__NR_madvise, ADDRESS(log->buffer + RETAIN), LOG_PAGES - RETAIN, DONTNEED, 0, 0, 0);
    }
    log->held = (struct loss){0};
}

/* What a program has not taken yet, but not for ever. */
static void await_program(struct log *log) {
    int64_t until = sys_now_ms() + END_MS;
    int64_t left = END_MS;
    bool owed = log->used > 0 || log->lost.lines > 0;
    while (owed && left > 0 && log->fd >= 0) {
        struct pollfd room = {.fd = log->fd, .events = POLLOUT};
        sys_poll(&room, 1, (int)left);
        flush(log);
        owed = log->used > 0 || !tell_loss(log);
        left = until - sys_now_ms();
    }
}

/* The container's end brings what is left at once; a program that lets that wait for too long is not waited for any more. */
static void insist(struct log *log) {
    if (log_waits(log)) {
        await_program(log);
        log->choice.waits &= !log_waits(log);
        flush(log);
    }
}

/* One line, or a part of it, as a record in the buffer. */
static void record(struct log *log, unsigned stream, const uint8_t *bytes, size_t n) {
    uint8_t *start = log->buffer + log->used;
    size_t length = (size_t)(record_write(&log->style, start, stream, bytes, n) - start);
    bool full = log->choice.limit > 0 && log->style.format != RECORD_PLAIN && log->size + log->used + length > log->choice.limit;
    if (full && log->size + log->used > 0) {
        flush(log);
        rotate(log);
        memmove(log->buffer, start, length);
    }
    log->used += length;
    count(&log->held, bytes, n);
    if (log->used - log->torn >= FLUSH_AT && !log_waits(log)) {
        flush(log);
    }
}

static void write_lines(struct log *log, unsigned stream, const uint8_t *bytes, size_t n) {
    uint8_t *held = log->partial[stream].bytes;
    size_t *length = &log->partial[stream].length;
    while (n > 0) {
        size_t room = RECORD_LINE - *length;
        size_t taken = n < room ? n : room;
        size_t end = record_line_end(bytes, taken);
        taken = end > 0 ? end : taken;
        if (*length == 0 && end > 0) {
            record(log, stream, bytes, end);
        } else {
            memcpy(held + *length, bytes, taken);
            *length += taken;
            if (end > 0 || *length == RECORD_LINE) {
                size_t whole = end > 0 ? *length : record_whole_characters(held, *length);
                record(log, stream, held, whole);
                *length -= whole;
                memmove(held, held + whole, *length);
            }
        }
        bytes += taken;
        n -= taken;
    }
}

void log_write(struct log *log, unsigned stream, const uint8_t *bytes, size_t n) {
    if (log->buffer != NULL) {
        insist(log);
        set_time(log);
        write_lines(log, stream, bytes, n);
        flush(log);
    }
}

int log_open(struct log *log, const struct log_choice *choice) {
    uint8_t *pages = sys_pages(LOG_PAGES + 2 * RECORD_LINE);
    if (sys_failed(pages)) {
        return -ENOMEM;
    }
    *log = (struct log){.choice = *choice, .fd = -1, .style = {.format = choice->format, .more = choice->more}, .buffer = pages};
    log->choice.files = choice->files < FILES_MOST ? choice->files : FILES_MOST;
    log->choice.logger.pidfd = -1;
    log->partial[0].bytes = pages + LOG_PAGES;
    log->partial[1].bytes = pages + LOG_PAGES + RECORD_LINE;
    if (choice->format != RECORD_PLAIN) {
        return open_file(log, "log", 0);
    }
    log->fd = logger_start(&log->choice.logger);
    return log->fd < 0 ? log->fd : 0;
}

int log_reopen(struct log *log) {
    return log->buffer == NULL || log->style.format == RECORD_PLAIN ? -EBADF : open_file(log, "log", 0);
}

void log_resume(struct log *log) {
    flush(log);
}

void log_close(struct log *log) {
    if (log->buffer == NULL) {
        return;
    }
    set_time(log);
    for (unsigned stream = 0; stream < 2; stream++) {
        if (log->partial[stream].length > 0) {
            record(log, stream, log->partial[stream].bytes, log->partial[stream].length);
            log->partial[stream].length = 0;
        }
    }
    flush(log);
    if (log->style.format != RECORD_PLAIN) {
        flush_file(log); /* what was lost last */
    } else if (log->torn == 0 && log->used == 0) {
        tell_loss(log);
    }
}

void log_end(struct log *log) {
    if (log->buffer != NULL && log->style.format == RECORD_PLAIN) {
        await_program(log);
        if (log->fd >= 0) {
            sys_close(log->fd);
            log->fd = -1;
        }
        logger_end(&log->choice.logger);
    }
}
