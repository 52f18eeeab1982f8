/* See record.h. Eight bytes are looked at at once where that can be. */
#include "record.h"

enum { WORD = 8, LOCAL_FIRST = 0xF7, LOCAL_LAST = 0xF8, LOCAL_STDERR = 1, LOCAL_PARTIAL = 2 };

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

static const char STREAMS[2][7] = {"stdout", "stderr"};

static uint64_t word_at(const uint8_t *from) {
    uint64_t word;
    __builtin_memcpy(&word, from, sizeof word);
    return word;
}

/* The top bit of each byte that is zero; above such a byte also of others, so that only the lowest counts. */
static uint64_t zeros(uint64_t word) {
    return (word - EACH(1)) & ~word & EACH(0x80);
}

static size_t lowest(uint64_t bits) {
    return (size_t)__builtin_ctzll(bits) / 8;
}

/* Copies whole words: up to seven bytes behind the end are read and written too. */
static uint8_t *put_words(uint8_t *to, const char *from, size_t n) {
    for (size_t k = 0; k < n; k += WORD) {
        __builtin_memcpy(to + k, from + k, WORD);
    }
    return to + n;
}

size_t record_line_end(const uint8_t *bytes, size_t n) {
    size_t k = 0;
    for (; k + WORD <= n; k += WORD) {
        uint64_t found = zeros(word_at(bytes + k) ^ EACH('\n'));
        if (found != 0) {
            return k + lowest(found) + 1;
        }
    }
    while (k < n && bytes[k] != '\n') {
        k++;
    }
    return k < n ? k + 1 : 0;
}

/* time */

/* 2026-01-02T03:04:05.000000006Z. The calendar repeats every 400 years (146,097 days); a year counted from March ends in its leap day. */
static char *put_time(char *to, uint64_t now, uint32_t nanoseconds) {
    uint64_t seconds = now % 86400;
    uint64_t days = now / 86400 + 719468; /* since 0000-03-01 */
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
        {seconds % 60, 2, '.'}, {nanoseconds, 9, 'Z'}};
    for (unsigned k = 0; k < sizeof parts / sizeof parts[0]; k++) {
        uint64_t value = parts[k].value;
        for (unsigned width = parts[k].width; width-- > 0; value /= 10) {
            to[width] = (char)('0' + value % 10);
        }
        to += parts[k].width;
        *to++ = parts[k].end;
    }
    return to;
}

static char *put(char *to, const char *text, size_t most) {
    text_copy(to, most, text);
    return to + text_length(to);
}

void record_time(struct record_style *style, uint64_t seconds, uint32_t nanoseconds) {
    style->nanoseconds = seconds * 1000000000 + nanoseconds;
    for (unsigned stream = 0; stream < 2 && style->format == RECORD_JSON; stream++) {
        char *to = put(style->tail[stream], "\",\"stream\":\"", 16);
        to = put(put(to, STREAMS[stream], 8), "\",", 4);
        to = put(put(to, style->more, RECORD_MORE), "\"time\":\"", 16);
        to = put(put_time(to, seconds, nanoseconds), "\"}\n", 4);
        style->tail_length[stream] = (size_t)(to - style->tail[stream]);
    }
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

size_t record_whole_characters(const uint8_t *bytes, size_t n) {
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

static bool is_plain(uint8_t byte) {
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

/* Copies what JSON takes as it is; returns how much that was. */
static size_t copy_plain(uint8_t *to, const uint8_t *from, size_t n) {
    size_t k = 0;
    for (; k + WORD <= n; k += WORD) {
        uint64_t word = word_at(from + k);
        __builtin_memcpy(to + k, &word, WORD);
        uint64_t control = (word - EACH(0x20)) & ~word & EACH(0x80);
        uint64_t special = control | zeros(word ^ EACH('"')) | zeros(word ^ EACH('\\')) | (word & EACH(0x80));
        if (special != 0) {
            return k + lowest(special);
        }
    }
    for (; k < n && is_plain(from[k]); k++) {
        to[k] = from[k];
    }
    return k;
}

/* A byte that JSON wants escaped. */
static uint8_t *escape(uint8_t *to, uint8_t byte) {
    static const char hex[] = "0123456789abcdef";
    static const char shorts[] = "\n" "n" "\"\"\\\\\rr\tt";
    *to++ = '\\';
    for (unsigned k = 0; k < sizeof shorts - 1; k += 2) {
        if (byte == (uint8_t)shorts[k]) {
            *to++ = (uint8_t)shorts[k + 1];
            return to;
        }
    }
    *to++ = 'u';
    *to++ = '0';
    *to++ = '0';
    *to++ = (uint8_t)hex[byte >> 4];
    *to++ = (uint8_t)hex[byte & 15];
    return to;
}

static uint8_t *quote(uint8_t *to, const uint8_t *bytes, size_t n) {
    for (size_t k = 0; k < n;) {
        size_t plain = copy_plain(to, bytes + k, n - k);
        to += plain;
        k += plain;
        if (k == n) {
            break;
        }
        size_t needs;
        size_t length = character(bytes + k, n - k, &needs);
        if (length > 1) {
            for (size_t at = 0; at < length; at++) {
                *to++ = bytes[k + at];
            }
        } else {
            to = length == 1 ? escape(to, bytes[k]) : put_words(to, "\\ufffd\0", 6);
        }
        k += length > 1 ? length : 1;
    }
    return to;
}

/* formats */

static uint8_t *write_json(const struct record_style *style, uint8_t *to, unsigned stream, const uint8_t *bytes, size_t n) {
    to = quote(put_words(to, "{\"log\":\"", 8), bytes, n);
    return put_words(to, style->tail[stream], style->tail_length[stream]);
}

static uint8_t *copy(uint8_t *to, const uint8_t *bytes, size_t n) {
    size_t k = 0;
    for (; k + WORD <= n; k += WORD) {
        __builtin_memcpy(to + k, bytes + k, WORD);
    }
    for (; k < n; k++) {
        to[k] = bytes[k];
    }
    return to + n;
}

static uint8_t *write_local(const struct record_style *style, uint8_t *to, unsigned stream, const uint8_t *bytes, size_t n) {
    bool partial = n == 0 || bytes[n - 1] != '\n';
    const uint8_t flags = (uint8_t)((stream == 1 ? LOCAL_STDERR : 0) | (partial ? LOCAL_PARTIAL : 0));
    const uint8_t length[2] = {(uint8_t)n, (uint8_t)(n >> 8)};
    *to++ = LOCAL_FIRST;
    *to++ = flags;
    to = copy(to, length, 2);
    __builtin_memcpy(to, &style->nanoseconds, 8);
    to = copy(copy(to + 8, bytes, n), length, 2);
    *to++ = flags;
    *to++ = LOCAL_LAST;
    return to;
}

uint8_t *record_write(const struct record_style *style, uint8_t *to, unsigned stream, const uint8_t *bytes, size_t n) {
    if (style->format == RECORD_JSON) {
        return write_json(style, to, stream, bytes, n);
    }
    return style->format == RECORD_LOCAL ? write_local(style, to, stream, bytes, n) : copy(to, bytes, n);
}
