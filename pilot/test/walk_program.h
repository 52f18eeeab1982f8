/* What an interpreter reads of a program that has passed the check, without asking again. */
#ifndef WALK_PROGRAM_H
#define WALK_PROGRAM_H
#include "sample.h"

/* Walks what the interpreter would read without asking again; the sanitizer watches. */
static inline uint64_t walk_program(const struct program *program) {
    uint64_t sum = 0;
    for (uint32_t at = 0; at < program->header->count; at++) {
        const struct instruction *i = &program->code[at];
        const struct signature *row = i->op == OP_SYS ? &call_table[i->operands[0]] : &op_table[i->op];
        const uint64_t *values = i->operands + (i->op == OP_SYS);
        for (unsigned k = 0; k < row->count; k++) {
            const struct operand *type = &row->operands[k];
            if (type->kind == KIND_FD || type->kind == KIND_IMM || type->kind == KIND_CALL || type->kind == KIND_PAIR) {
                continue;
            }
            const char *start = program->data + values[k];
            uint64_t n = 0;
            if (type->kind == KIND_STR || type->kind == KIND_TEXT || (type->kind == KIND_STR_OPT && values[k] != 0)) {
                n = strlen(start);
            } else if (type->kind == KIND_IN) {
                n = type->size;
            } else if (type->kind == KIND_BUF || type->kind == KIND_FILTER) {
                n = values[type->length_at] * type->size;
            } else if (type->kind == KIND_STRS) {
                for (uint64_t left = values[type->length_at]; left > 0; left--) {
                    n += strlen(start + n) + 1;
                }
            }
            for (uint64_t b = 0; b < n; b++) {
                sum += (uint8_t)start[b];
            }
        }
    }
    return sum;
}

#endif
