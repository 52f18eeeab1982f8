/* Bytes and texts. gcc emits calls to the first four; -fno-builtin keeps it from turning their bodies into calls to themselves. */
#include "sys.h"

void *memcpy(void *restrict to, const void *restrict from, size_t n) {
    void *result = to;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
    return result;
}

void *memmove(void *to, const void *from, size_t n) {
    if ((uintptr_t)to - (uintptr_t)from >= n) {
        return memcpy(to, from, n);
    }
    uint8_t *target = to;
    const uint8_t *source = from;
    while (n-- > 0) {
        target[n] = source[n];
    }
    return to;
}

void *memset(void *to, int byte, size_t n) {
    void *result = to;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(byte) : "memory");
    return result;
}

int memcmp(const void *a, const void *b, size_t n) {
    const uint8_t *left = a;
    const uint8_t *right = b;
    for (size_t i = 0; i < n; i++) {
        if (left[i] != right[i]) {
            return left[i] - right[i];
        }
    }
    return 0;
}

size_t text_length(const char *s) {
    size_t n = 0;
    while (s[n] != 0) {
        n++;
    }
    return n;
}

bool text_equal(const char *a, const char *b) {
    size_t n = text_length(a);
    return n == text_length(b) && memcmp(a, b, n) == 0;
}

bool text_copy(char *to, size_t size, const char *from) {
    size_t n = text_length(from);
    bool cut = n >= size;
    if (cut) {
        n = size - 1;
    }
    memcpy(to, from, n);
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
