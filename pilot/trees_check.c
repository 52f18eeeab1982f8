/* The check of a tree stream's record. Everything a record says is refused here or is safe to carry out in any tree. */
#include "trees.h"
#include "sys.h"
#include "tables.h"

#define KIND_CHR 0020000u
#define KIND_BLK 0060000u

/* Which fields an operation uses; all others must be zero. */
enum field {
    F_NAME = 1 << 0,
    F_NAME_OPT = 1 << 1,
    F_LINK = 1 << 2,
    F_DST = 1 << 3,     /* a register to fill */
    F_DST_OPT = 1 << 4, /* the same, or none */
    F_SOURCE = 1 << 5,  /* a register that is filled */
    F_MODE = 1 << 6,
    F_OWNER = 1 << 7,
    F_TIME = 1 << 8,
    F_SIZE = 1 << 9,
    F_AUX = 1 << 10,
    F_OPEN = 1 << 11, /* only while a FILE is open; without it only while none is */
};

struct shape {
    uint16_t fields;
    uint8_t flags;
};

static const struct shape SHAPES[TREE_LIMIT] = {
    [TREE_OPEN] = {F_NAME | F_DST | F_MODE | F_OWNER | F_TIME, FLAG_MAKE | FLAG_ABSENT | FLAG_COUNT},
    [TREE_WALK] = {F_NAME | F_DST | F_MODE | F_OWNER | F_TIME, FLAG_MAKE | FLAG_ABSENT},
    [TREE_MKDIR] = {F_NAME | F_DST_OPT | F_MODE | F_OWNER, FLAG_REPLACE | FLAG_GENTLE},
    [TREE_SYMLINK] = {F_NAME | F_LINK | F_OWNER | F_TIME, FLAG_REPLACE | FLAG_GENTLE},
    [TREE_LINK] = {F_NAME | F_LINK | F_SOURCE, FLAG_REPLACE | FLAG_GENTLE},
    [TREE_FIFO] = {F_NAME | F_MODE | F_OWNER | F_TIME, FLAG_REPLACE | FLAG_GENTLE},
    [TREE_NODE] = {F_NAME | F_MODE | F_OWNER | F_TIME | F_AUX, FLAG_REPLACE | FLAG_GENTLE | FLAG_COUNT},
    [TREE_FILE] = {F_NAME | F_MODE | F_OWNER | F_TIME | F_SIZE, FLAG_REPLACE | FLAG_GENTLE | FLAG_MORE},
    [TREE_DATA] = {F_SIZE | F_OPEN, 0},
    [TREE_HOLE] = {F_SIZE | F_OPEN, 0},
    [TREE_XATTR] = {F_NAME_OPT | F_LINK | F_SIZE, FLAG_COUNT},
    [TREE_END] = {F_OPEN, 0},
    [TREE_META] = {F_NAME_OPT | F_MODE | F_OWNER | F_TIME, FLAG_ABSENT | FLAG_OWNER | FLAG_MODE | FLAG_TIME},
    [TREE_WHITEOUT] = {F_NAME, 0},
    [TREE_OPAQUE] = {0, 0},
    [TREE_REMOVE] = {F_NAME, FLAG_ABSENT},
    [TREE_RMTREE] = {F_NAME, FLAG_ABSENT},
    [TREE_SYNC] = {F_AUX, FLAG_DURABLE},
    [TREE_EOF] = {0, 0},
    [TREE_COPY] = {F_SOURCE, FLAG_ALONE},
    [TREE_READ] = {F_NAME_OPT, FLAG_ABSENT | FLAG_DATA | FLAG_BELOW | FLAG_LIST},
    [TREE_SUBVOLUME] = {F_NAME | F_MODE | F_OWNER, 0},
    [TREE_SNAPSHOT] = {F_NAME | F_SOURCE, 0},
    [TREE_OWN] = {F_OWNER, 0},
    [TREE_USAGE] = {F_NAME, 0},
};

static uint64_t take(const uint8_t *at, unsigned bytes) {
    uint64_t value = 0;
    while (bytes-- > 0) {
        value = value << 8 | at[bytes];
    }
    return value;
}

static uint32_t padded_length(uint32_t names) { return (TREE_HEADER + names + 7) & ~7u; }

uint32_t tree_record_length(const uint8_t *header) {
    uint32_t length = (uint32_t)take(header, 4);
    uint32_t names = (uint32_t)(take(header + 10, 2) + take(header + 12, 2) + take(header + 14, 2));
    return length <= TREE_RECORD_LIMIT && length == padded_length(names) ? length : 0;
}

static bool is_name(const char *name, uint32_t length) {
    if (length == 0 || length > TREE_NAME_LIMIT || (name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.')))) {
        return false;
    }
    for (uint32_t i = 0; i < length; i++) {
        if (name[i] == 0 || name[i] == '/') {
            return false;
        }
    }
    return true;
}

static bool is_text(const char *text, uint32_t length, uint32_t limit) {
    if (length == 0 || length > limit) {
        return false;
    }
    for (uint32_t i = 0; i < length; i++) {
        if (text[i] == 0) {
            return false;
        }
    }
    return true;
}

static bool starts_with(const char *text, const char *prefix) {
    size_t n = text_length(prefix);
    return text_length(text) >= n && memcmp(text, prefix, n) == 0;
}

bool tree_is_overlay_note(const char *name) { return starts_with(name, "user.overlay.") || starts_with(name, "trusted.overlay."); }

static bool is_xattr_name(const char *name, uint32_t length) {
    return is_text(name, length, TREE_NAME_LIMIT) && !tree_is_overlay_note(name);
}

static bool names_fit(const struct tree_record *r, unsigned fields) {
    if (r->op == TREE_WALK) {
        return r->dir == TREE_ROOT && is_text(r->name, r->name_length, TREE_PATH_LIMIT) && r->link_length == 0;
    }
    bool named = r->name_length != 0;
    if (named ? !(fields & (F_NAME | F_NAME_OPT)) || !is_name(r->name, r->name_length) : (fields & F_NAME) != 0) {
        return false;
    }
    if (!(fields & F_LINK)) {
        return r->link_length == 0;
    }
    switch (r->op) {
    case TREE_LINK: return is_name(r->link, r->link_length);
    case TREE_XATTR: return is_xattr_name(r->link, r->link_length);
    default: return is_text(r->link, r->link_length, TREE_LINK_LIMIT);
    }
}

static bool registers_fit(const struct tree_state *state, const struct tree_record *r, unsigned fields) {
    if (r->dir >= TREE_REGISTERS || !state->filled[r->dir]) {
        return false;
    }
    if (fields & F_SOURCE) {
        return r->dst < TREE_REGISTERS && state->filled[r->dst];
    }
    if (r->dst == TREE_NO_REGISTER) {
        return !(fields & F_DST);
    }
    return (fields & (F_DST | F_DST_OPT)) != 0 && r->dst != TREE_ROOT && r->dst < TREE_REGISTERS;
}

static bool mode_fits(const struct tree_record *r) {
    if (r->op != TREE_NODE) {
        return r->mode <= 07777;
    }
    uint32_t kind = r->mode & ~07777u;
    return (kind == KIND_CHR && r->aux != 0) || kind == KIND_BLK;
}

static bool numbers_fit(const struct tree_record *r, unsigned fields) {
    return r->data == 0 && r->xattr_length == 0                                                                  //
           && (fields & F_MODE ? mode_fits(r) : r->mode == 0)                                                    //
           && (fields & F_OWNER ? r->uid != UINT32_MAX && r->gid != UINT32_MAX : r->uid == 0 && r->gid == 0)     //
           && (fields & F_TIME ? r->nsec < 1000000000 : r->nsec == 0 && r->sec == 0)                             //
           && (fields & F_SIZE || r->size == 0) && r->size <= INT64_MAX                                          //
           && (fields & F_AUX || r->aux == 0)                                                                    //
           && (r->op != TREE_NODE || ((uint32_t)(r->aux >> 32) < 1u << 12 && (uint32_t)r->aux < 1u << 20));
}

/* Metadata that is not to be set is zero. */
static bool metadata_fits(const struct tree_record *r) {
    if (r->op != TREE_META && r->op != TREE_OPEN && r->op != TREE_WALK) {
        return true;
    }
    unsigned set = r->op == TREE_META ? r->flags : r->flags & FLAG_MAKE ? FLAG_MODE | FLAG_OWNER | FLAG_TIME : 0;
    return (set & FLAG_MODE || r->mode == 0) && (set & FLAG_OWNER || (r->uid == 0 && r->gid == 0)) &&
           (set & FLAG_TIME || (r->sec == 0 && r->nsec == 0));
}

static bool file_fits(const struct tree_state *state, const struct tree_record *r, unsigned fields) {
    if (r->op == TREE_XATTR) {
        /* Of the open FILE; while none is open, of an entry or of the register. */
        return r->size <= TREE_XATTR_LIMIT && (!state->file_open || (r->name_length == 0 && r->dir == TREE_ROOT));
    }
    if (((fields & F_OPEN) != 0) != state->file_open) {
        return false;
    }
    if (r->op == TREE_DATA || r->op == TREE_HOLE) {
        return r->size <= state->promised - state->position;
    }
    return r->op != TREE_END || state->position == state->promised;
}

bool tree_check(const struct tree_state *state, const uint8_t *bytes, uint32_t length, struct tree_record *to) {
    to->length = length;
    to->op = bytes[4];
    to->flags = bytes[5];
    to->dir = (uint16_t)take(bytes + 6, 2);
    to->dst = (uint16_t)take(bytes + 8, 2);
    to->name_length = (uint16_t)take(bytes + 10, 2);
    to->link_length = (uint16_t)take(bytes + 12, 2);
    to->xattr_length = (uint16_t)take(bytes + 14, 2);
    to->mode = (uint32_t)take(bytes + 16, 4);
    to->uid = (uint32_t)take(bytes + 20, 4);
    to->gid = (uint32_t)take(bytes + 24, 4);
    to->nsec = (uint32_t)take(bytes + 28, 4);
    to->size = take(bytes + 32, 8);
    to->sec = (int64_t)take(bytes + 40, 8);
    to->data = take(bytes + 48, 8);
    to->aux = take(bytes + 56, 8);
    to->name[0] = to->link[0] = 0;
    if (to->op == 0 || to->op >= TREE_LIMIT || to->name_length > TREE_PATH_LIMIT || to->link_length > TREE_LINK_LIMIT) {
        return false;
    }
    memcpy(to->name, bytes + TREE_HEADER, to->name_length);
    memcpy(to->link, bytes + TREE_HEADER + to->name_length, to->link_length);
    to->name[to->name_length] = to->link[to->link_length] = 0;
    for (uint32_t at = TREE_HEADER + (uint32_t)to->name_length + to->link_length + to->xattr_length; at < length; at++) {
        if (bytes[at] != 0) {
            return false;
        }
    }
    const struct shape *shape = &SHAPES[to->op];
    return (to->flags & ~shape->flags) == 0 && names_fit(to, shape->fields) && registers_fit(state, to, shape->fields) &&
           numbers_fit(to, shape->fields) && file_fits(state, to, shape->fields) && metadata_fits(to);
}

uint64_t tree_inline_length(const struct tree_record *r) {
    bool has_data = r->op == TREE_DATA || r->op == TREE_XATTR || (r->op == TREE_FILE && !(r->flags & FLAG_MORE));
    return has_data ? r->size : 0;
}
