/* See text.h. */
#include "text.h"

size_t text_length(const char *s) {
    size_t n = 0;
    while (s[n] != 0) {
        n++;
    }
    return n;
}

bool text_equal(const char *a, const char *b) {
    size_t n = text_length(a);
    return n == text_length(b) && __builtin_memcmp(a, b, n) == 0;
}

bool text_copy(char *to, size_t size, const char *from) {
    size_t n = text_length(from);
    bool cut = n >= size;
    if (cut) {
        n = size - 1;
    }
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

uint64_t text_number(const char **s) {
    uint64_t value = 0;
    while (**s >= '0' && **s <= '9') {
        value = value * 10 + (uint64_t)(*(*s)++ - '0');
    }
    return value;
}
