/* See text.h. */
#include "text.h"

size_t text_length(const char *s) {
    size_t n = 0;
    while (s[n] != 0) {
        n++;
    }
    return n;
}

bool text_starts(const char *s, const char *prefix) {
    while (*prefix != 0 && *s == *prefix) {
        s++;
        prefix++;
    }
    return *prefix == 0;
}

bool text_equal(const char *a, const char *b) {
    return text_starts(a, b) && text_length(a) == text_length(b);
}

bool text_copy(char *to, size_t size, const char *from) {
    size_t n = text_length(from);
    bool cut = n >= size;
    n = cut ? size - 1 : n;
    __builtin_memcpy(to, from, n);
    to[n] = 0;
    return cut;
}

char *text_decimal(char *to, uint64_t value) {
    char digits[20];
    size_t n = 0;
    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    while (n > 0) {
        *to++ = digits[--n];
    }
    *to = 0;
    return to;
}

char *text_pair(char *to, const char *key, uint64_t value) {
    text_copy(to, text_length(key) + 1, key);
    return text_decimal(to + text_length(key), value);
}

uint64_t text_number(const char **s) {
    uint64_t value = 0;
    while (**s >= '0' && **s <= '9') {
        value = value * 10 + (uint64_t)(*(*s)++ - '0');
    }
    return value;
}

const char *text_line(const char *text, const char *key) {
    while (*text != 0 && !text_starts(text, key)) {
        while (*text != 0 && *text++ != '\n') {
        }
    }
    return *text == 0 ? NULL : text + text_length(key);
}
