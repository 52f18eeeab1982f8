/* A small assembler for tests: programs by hand, valid or deliberately not. Hosted; errors of its own end the test. */
#pragma once
#include "program.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ASSEMBLY_CODE = 1024, ASSEMBLY_DATA = 1 << 16 };

struct assembly {
    struct program_header header;
    struct instruction code[ASSEMBLY_CODE];
    char data[ASSEMBLY_DATA];
    uint32_t data_length;
    uint32_t strand;
};

static inline void asm_begin(struct assembly *a, uint32_t flags) {
    memset(a, 0, sizeof *a);
    memcpy(a->header.magic, "WHERRYK1", 8);
    a->header.version = 1;
    a->header.architecture = (uint32_t)PROGRAM_ARCHITECTURE;
    a->header.flags = flags;
    a->data_length = 8;
}

static inline void asm_strand(struct assembly *a, uint32_t strand) {
    a->strand = strand;
    a->header.strands[strand].first = a->header.count;
}

static inline uint64_t bytes_of(struct assembly *a, const void *bytes, size_t n) {
    uint32_t at = (a->data_length + 7) & ~7u;
    if (at + n > ASSEMBLY_DATA) {
        abort();
    }
    memcpy(a->data + at, bytes, n);
    a->data_length = at + (uint32_t)n;
    return at;
}

static inline uint64_t str(struct assembly *a, const char *s) {
    return bytes_of(a, s, strlen(s) + 1);
}

/* Strings given as one literal, separated by '|'. */
static inline uint64_t strs(struct assembly *a, const char *joined, uint64_t *count) {
    char copy[4096];
    size_t n = strlen(joined) + 1;
    *count = 1;
    memcpy(copy, joined, n);
    for (size_t k = 0; k < n; k++) {
        if (copy[k] == '|') {
            copy[k] = 0;
            *count += 1;
        }
    }
    return bytes_of(a, copy, n);
}

static inline struct instruction *add(struct assembly *a, enum op op, unsigned n, const uint64_t *operands) {
    struct instruction *i = &a->code[a->header.count++];
    if (a->header.count >= ASSEMBLY_CODE || n > OPERAND_COUNT) {
        abort();
    }
    i->op = (uint8_t)op;
    i->dst = DST_NONE;
    memcpy(i->operands, operands, n * sizeof *operands);
    a->header.strands[a->strand].count++;
    return i;
}

#define OPERANDS(...) (const uint64_t[]){__VA_ARGS__}
#define OP(a, op, ...) add(a, op, sizeof OPERANDS(__VA_ARGS__) / sizeof(uint64_t), OPERANDS(__VA_ARGS__))
#define SYS(a, call, ...) OP(a, OP_SYS, call, __VA_ARGS__)
#define FD(n) ((uint64_t)(int64_t)(n))

static inline struct instruction *to(struct instruction *i, int dst) {
    i->dst = (uint16_t)dst;
    return i;
}

static inline struct instruction *with(struct instruction *i, enum policy policy, int skip, int errno0, int errno1) {
    i->policy = (uint8_t)policy;
    i->skip = (uint16_t)skip;
    i->errnos[0] = (uint16_t)errno0;
    i->errnos[1] = (uint16_t)errno1;
    return i;
}

/* Freshly allocated bytes of the whole program. */
static inline uint8_t *asm_end(struct assembly *a, size_t *length) {
    size_t code = a->header.count * sizeof(struct instruction);
    for (unsigned s = 0; s < STRAND_COUNT; s++) {
        if (a->header.strands[s].count == 0) {
            a->header.strands[s].first = 0;
        }
    }
    a->header.data_at = (uint32_t)(PROGRAM_HEADER + code);
    a->header.total = a->header.data_at + a->data_length;
    uint8_t *bytes = aligned_alloc(8, (a->header.total + 7u) & ~(size_t)7);
    if (bytes == NULL) {
        abort();
    }
    memcpy(bytes, &a->header, PROGRAM_HEADER);
    memcpy(bytes + PROGRAM_HEADER, a->code, code);
    memcpy(bytes + a->header.data_at, a->data, a->data_length);
    *length = a->header.total;
    return bytes;
}
