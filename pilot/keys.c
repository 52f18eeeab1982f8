/* See keys.h. */
#include "keys.h"

void keys_set(struct keys *keys, const uint8_t *sequence, size_t length) {
    keys->length = length;
    keys->matched = 0;
    for (size_t k = 0; k < length; k++) {
        keys->sequence[k] = sequence[k];
    }
}

/* Whether the sequence begins with its own first `matched` bytes, without `skip` of them at the front, and then `byte`. */
static bool begins(const struct keys *keys, size_t skip, uint8_t byte) {
    size_t rest = keys->matched - skip;
    for (size_t k = 0; k < rest; k++) {
        if (keys->sequence[skip + k] != keys->sequence[k]) {
            return false;
        }
    }
    return keys->sequence[rest] == byte;
}

bool keys_filter(struct keys *keys, const uint8_t *from, size_t n, uint8_t *to, size_t *length) {
    size_t end = 0;
    for (size_t k = 0; k < n; k++) {
        size_t skip = 0;
        while (keys->length > 0 && skip <= keys->matched && !begins(keys, skip, from[k])) {
            skip++;
        }
        bool other = keys->length == 0 || skip > keys->matched; /* with this byte nothing of it goes on */
        size_t released = other ? keys->matched : skip;
        for (size_t r = 0; r < released; r++) {
            to[end++] = keys->sequence[r];
        }
        if (other) {
            to[end++] = from[k];
        }
        keys->matched = other ? 0 : keys->matched - skip + 1;
        if (keys->length > 0 && keys->matched == keys->length) {
            *length = end;
            return true;
        }
    }
    *length = end;
    return false;
}
