/* The keys that leave a terminal: a sequence that is looked for in what is typed. Needs nothing of the kernel, so that hosted tests can use it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KEYS_LIMIT = 16 };

struct keys {
    uint8_t sequence[KEYS_LIMIT];
    size_t length;  /* 0: there is none */
    size_t matched; /* how much of it was typed last, and is held back */
};

/* At most KEYS_LIMIT bytes. */
void keys_set(struct keys *keys, const uint8_t *sequence, size_t length);
/*
 * Takes the sequence out of what was typed: true when it is complete; what follows it is dropped. A beginning of it is held back until it turns out to be none.
 * `to` has room for KEYS_LIMIT bytes more than `n`.
 */
bool keys_filter(struct keys *keys, const uint8_t *from, size_t n, uint8_t *to, size_t *length);
