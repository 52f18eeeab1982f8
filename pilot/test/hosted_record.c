/*
 * Records of the log: a slow, plain writing beside the fast one, on bytes of every kind and length. uses: record.c text.c
 */
#include "record.h"
#include "tap.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 60000, MOST = 200 };

/* One byte at a time, as json-file is described. */
static size_t plainly(char *to, const uint8_t *s, size_t n) {
    char *start = to;
    for (size_t k = 0; k < n;) {
        size_t length = s[k] < 0x80 ? 1 : s[k] >= 0xC2 && s[k] < 0xE0 ? 2 : s[k] >= 0xE0 && s[k] < 0xF0 ? 3 : s[k] >= 0xF0 && s[k] < 0xF5 ? 4 : 0;
        for (size_t at = 1; at < length; at++) {
            length = k + at < n && (s[k + at] & 0xC0) == 0x80 ? length : 0;
        }
        bool wrong = length == 0 || (s[k] == 0xE0 && s[k + 1] < 0xA0) || (s[k] == 0xED && s[k + 1] > 0x9F) || (s[k] == 0xF0 && s[k + 1] < 0x90)
            || (s[k] == 0xF4 && s[k + 1] > 0x8F);
        if (wrong) {
            to += sprintf(to, "\\ufffd");
            k++;
        } else if (s[k] == '"' || s[k] == '\\') {
            to += sprintf(to, "\\%c", s[k++]);
        } else if (s[k] == '\n' || s[k] == '\r' || s[k] == '\t') {
            to += sprintf(to, "\\%c", s[k] == '\n' ? 'n' : s[k] == '\r' ? 'r' : 't');
            k++;
        } else if (s[k] < 0x20) {
            to += sprintf(to, "\\u%04x", s[k++]);
        } else {
            memcpy(to, s + k, length);
            to += length;
            k += length;
        }
    }
    return (size_t)(to - start);
}

/* Most bytes plain, some of those that matter. */
static void fill(uint8_t *bytes, size_t n) {
    static const uint8_t special[] = {'"', '\\', '\n', '\t', 0, 0x1F, 0x20, 0x7F, 0x80, 0xBF, 0xC2, 0xC3, 0xE0, 0xA0, 0xED, 0x9F, 0xF0, 0x90, 0xF4, 0x8F, 0xFF};
    for (size_t k = 0; k < n; k++) {
        bytes[k] = next() % 4 != 0 ? (uint8_t)('a' + next() % 26) : next() % 2 != 0 ? special[next() % sizeof special] : (uint8_t)next();
    }
}

static void formats(void) {
    static struct record_style json = {.format = RECORD_JSON, .more = "\"attrs\":{\"a\":\"b\"},"};
    static struct record_style local = {.format = RECORD_LOCAL, .more = ""};
    uint8_t to[256];
    record_time(&json, 1767323045, 6);
    record_time(&local, 1767323045, 6);
    size_t n = (size_t)(record_write(&json, to, 1, (const uint8_t *)"x\n", 2) - to);
    const char *expected = "{\"log\":\"x\\n\",\"stream\":\"stderr\",\"attrs\":{\"a\":\"b\"},\"time\":\"2026-01-02T03:04:05.000000006Z\"}\n";
    ok(n == strlen(expected) && memcmp(to, expected, n) == 0, "json-file with what the user adds");
    n = (size_t)(record_write(&local, to, 1, (const uint8_t *)"ab", 2) - to);
    ok(n == 18 && memcmp(to, "\xF7\x03\x02\0", 4) == 0 && memcmp(to + 12, "ab\x02\0\x03\xF8", 6) == 0, "local: a part of stderr's line");
    n = (size_t)(record_write(&local, to, 0, (const uint8_t *)"a\n", 2) - to);
    ok(n == 18 && memcmp(to, "\xF7\0\x02\0", 4) == 0 && local.nanoseconds == UINT64_C(1767323045000000006), "local: a line of stdout");
    static const struct {
        uint64_t seconds;
        const char *text;
    } days[] = {{0, "1970-01-01T00:00:00"}, {951782400, "2000-02-29T00:00:00"}, {4107542399, "2100-02-28T23:59:59"}, {4107542400, "2100-03-01T00:00:00"}};
    for (unsigned k = 0; k < 4; k++) {
        record_time(&json, days[k].seconds, 0);
        ok(strstr(json.tail[0], days[k].text) != NULL, days[k].text);
    }
}

int main(void) {
    static struct record_style style = {.format = RECORD_JSON, .more = ""};
    static uint8_t whole[RECORD_MOST];
    uint8_t bytes[MOST];
    char slow[6 * MOST + 1];
    bool same = true, ends = true, cuts = true;
    record_time(&style, 0, 0);
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t n = next() % MOST;
        uint8_t *exact = malloc(n + (n == 0)); /* so that a read behind the end is seen */
        fill(bytes, n);
        memcpy(exact, bytes, n);
        uint8_t *to = malloc(6 * n + 256);
        size_t fast = (size_t)(record_write(&style, to, 0, exact, n) - to) - style.tail_length[0] - 8;
        same &= fast == plainly(slow, bytes, n) && memcmp(to + 8, slow, fast) == 0;
        const uint8_t *feed = n == 0 ? NULL : memchr(bytes, '\n', n);
        ends &= record_line_end(exact, n) == (feed == NULL ? 0 : (size_t)(feed - bytes) + 1);
        size_t cut = n == 0 ? 0 : record_whole_characters(exact, n);
        cuts &= cut <= n && cut + 3 >= n && (n == 0 || cut > 0);
        free(exact);
        free(to);
    }
    ok(same, "quotes as the plain writing does, whatever the bytes");
    ok(ends, "finds the first line feed");
    ok(cuts, "cuts off no more than the beginning of a character");
    memset(whole, 1, RECORD_LINE);
    uint8_t *worst = malloc(RECORD_MOST);
    ok(record_write(&style, worst, 0, whole, RECORD_LINE) + 8 <= worst + RECORD_MOST, "the longest record has room");
    free(worst);
    formats();
    return plan();
}
