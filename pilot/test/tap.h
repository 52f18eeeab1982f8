/* What the hosted tests say (the Test Anything Protocol), and numbers at random that are the same each time. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

static int tests, failures;

static inline void ok(bool good, const char *name) {
    printf("%sok %d - %s\n", good ? "" : "not ", ++tests, name);
    failures += !good;
}

/* The end of `main`. */
static inline int plan(void) {
    printf("1..%d\n", tests);
    return failures > 0;
}

static inline uint64_t next(void) {
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}
