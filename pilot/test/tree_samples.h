/* Tree records to begin with, and what none that passes the check may break, stated apart from how the check decides it. */
#ifndef TREE_SAMPLES_H
#define TREE_SAMPLES_H
#include "trees.h"
#include "tables.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void require(bool holds, const char *what, const struct tree_record *r) {
    if (!holds) {
        printf("not ok - %s: op %u flags %u dir %u dst %u name %u link %u\n", what, r->op, r->flags, r->dir, r->dst, r->name_length, r->link_length);
        abort();
    }
}

static inline void require_safe(const struct tree_state *s, const struct tree_record *r) {
    require(r->op > 0 && r->op < TREE_LIMIT, "op is known", r);
    require(r->dir < TREE_REGISTERS && s->filled[r->dir], "folder is filled", r);
    require(strlen(r->name) == r->name_length && strlen(r->link) == r->link_length, "no NUL inside", r);
    if (r->op != TREE_WALK) {
        require(strcmp(r->name, ".") != 0 && strcmp(r->name, "..") != 0, "no dots", r);
        for (const char *c = r->name; *c != 0; c++) {
            require(*c != '/', "single name", r);
        }
    }
    if (r->op == TREE_LINK || r->op == TREE_COPY || r->op == TREE_SNAPSHOT) {
        require(r->dst < TREE_REGISTERS && s->filled[r->dst], "source is filled", r);
        for (const char *c = r->link; *c != 0; c++) {
            require(*c != '/', "single source", r);
        }
    } else if (r->dst != TREE_NO_REGISTER) {
        require(r->dst > 0 && r->dst < TREE_REGISTERS, "root is never refilled", r);
    }
    if (r->op == TREE_NODE) {
        require(!((r->mode & 0170000) == 0020000 && r->aux == 0), "no whiteout by NODE", r);
    }
    if (r->op == TREE_DATA || r->op == TREE_HOLE || r->op == TREE_END) {
        require(s->file_open && r->size <= s->promised - s->position, "data of the open file", r);
    }
    require(r->op == TREE_XATTR ? tree_inline_length(r) <= TREE_XATTR_LIMIT : true, "xattr fits the buffer", r);
    require(r->op == TREE_XATTR ? memcmp(r->link, "user.overlay.", 13) != 0 : true, "no order to overlayfs", r);
}

static uint64_t state; /* of the generator; not 0 */

static inline uint32_t draw(uint32_t limit) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (uint32_t)(state >> 16) % limit;
}

static inline void put(uint8_t *at, uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++) {
        at[i] = (uint8_t)(value >> 8 * i);
    }
}

static inline uint32_t good_record(uint8_t *bytes) {
    static const char *const NAMES[] = {"", "a", "..", ".", "a/b", "user.x", "user.overlay.opaque", "trusted.overlay.redirect", "name.that.is.long"};
    const char *name = NAMES[draw(9)], *link = NAMES[draw(9)];
    size_t n = strlen(name), l = draw(2) ? strlen(link) : 0;
    uint32_t length = (TREE_HEADER + (uint32_t)(n + l) + 7) & ~7u;
    memset(bytes, 0, length);
    put(bytes, length, 4);
    bytes[4] = (uint8_t)draw(TREE_LIMIT + 1);
    bytes[5] = (uint8_t)(draw(3) == 0 ? 1u << draw(8) : 0);
    put(bytes + 6, draw(4), 2);
    put(bytes + 8, draw(2) ? TREE_NO_REGISTER : draw(2) ? draw(3) : draw(300), 2);
    put(bytes + 10, n, 2);
    put(bytes + 12, l, 2);
    put(bytes + 16, bytes[4] == TREE_NODE ? 0020600u : draw(2) * 0755u, 4);
    put(bytes + 32, draw(2) * draw(200), 8);
    put(bytes + 56, draw(2) * draw(3), 8);
    memcpy(bytes + TREE_HEADER, name, n);
    memcpy(bytes + TREE_HEADER + n, link, l);
    return length;
}

#endif
