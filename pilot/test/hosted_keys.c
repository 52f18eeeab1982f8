/* The keys that leave a terminal, byte by byte and at once. uses: keys.c */
#include "keys.h"
#include <stdio.h>
#include <string.h>

static int tests, failures;

/* Types `typed` in pieces of `piece` bytes; `passes` must come through, and the sequence be complete or not. */
static void types(const char *sequence, const char *typed, size_t piece, const char *passes, bool leaves) {
    struct keys keys;
    char got[64] = "";
    size_t have = 0;
    bool left = false;
    keys_set(&keys, (const uint8_t *)sequence, strlen(sequence));
    for (size_t at = 0; at < strlen(typed) && !left; at += piece) {
        size_t length = 0;
        size_t n = strlen(typed) - at < piece ? strlen(typed) - at : piece;
        left = keys_filter(&keys, (const uint8_t *)typed + at, n, (uint8_t *)got + have, &length);
        have += length;
    }
    bool good = left == leaves && have == strlen(passes) && memcmp(got, passes, have) == 0;
    printf("%sok %d - `%s` in pieces of %zu for `%s`: `%.*s`\n", good ? "" : "not ", ++tests, typed, piece, sequence, (int)have, got);
    failures += !good;
}

int main(void) {
    for (size_t piece = 1; piece < 9; piece++) {
        types("pq", "xpyq", piece, "xpyq", false);
        types("pq", "xpqy", piece, "x", true);
        types("pq", "ppq", piece, "p", true);
        types("pq", "xp", piece, "x", false); /* held back */
        types("x", "abx", piece, "ab", true);
        types("aab", "aaab", piece, "a", true);
        types("abab", "abaabab", piece, "aba", true);
        types("abcabd", "abcabcabd", piece, "abc", true);
        types("abcdefghijklmnop", "abcdefghijklmnoabcdefghijklmnop", piece, "abcdefghijklmno", true);
        types("", "pq", piece, "pq", false);
    }
    printf("1..%d\n", tests);
    return failures > 0;
}
