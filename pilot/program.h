/*
 * A kernel program in memory (docs/program.md): its layout, the tables of operand types, and the check that everything else relies
 * on. Depends on no system call, so that it is tested hosted, under sanitizers.
 */
#pragma once
#include "tables.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PROGRAM_HEADER = 128,
    PROGRAM_LIMIT = 4 << 20,
    PROGRAM_ARCHITECTURE = (int)0xC000003E,
    STRAND_COUNT = 8,
    STRAND_BETWEEN = 3, /* what the sweep does between two starts */
    STRAND_REMOVAL = 6,
    STRAND_SWEEP = 7,
    OPERAND_COUNT = 6,
    CALL_ARGUMENTS = 5,
    POLICY_ERRNOS = 4,
    DST_NONE = 0xFFFF,
    FD_FIRST = 8,
    FD_LAST = 250,
    FD_PROGRAM = 3,
    FD_LAUNCHER = 4,
    FD_STREAM = 5,
    FD_REPLIES = 6,
    PID_TEXT = 12,
    MONITOR_BLOCK = 128,
    SHIM_BLOCK = 64,
};

enum program_flag { PROGRAM_TEST = 1, PROGRAM_PROBE = 2, PROGRAM_STARTS = 4, PROGRAM_STEPPED = 8, PROGRAM_FLAGS = 15 };
enum test_switch { SWITCH_NONE, SWITCH_DIE, SWITCH_FAIL, SWITCH_STOP, SWITCH_LIMIT };
enum policy { POLICY_ABORT, POLICY_OK_IF, POLICY_SKIP, POLICY_STICKY, POLICY_IGNORE, POLICY_NOTE, POLICY_ELSE, POLICY_LIMIT };
enum barrier { BARRIER_GO = 1, BARRIER_MAPPED, BARRIER_ATTACHED, BARRIER_NETWORK, BARRIER_TERMINAL, BARRIER_EXECUTING, BARRIER_ROOT, BARRIER_PROCESS, BARRIER_DEVICES, BARRIER_LIMIT };

enum operand_kind { KIND_NONE, KIND_FD, KIND_STR, KIND_STR_OPT, KIND_TEXT, KIND_IMM, KIND_IN, KIND_BUF, KIND_FILTER, KIND_STRS, KIND_PAIR, KIND_CALL };
enum result_kind { RESULT_NONE, RESULT_FD, RESULT_FD_OPT, RESULT_PAIR };

struct operand {
    uint8_t kind;
    int8_t length_at; /* the operand that counts the units, or -1 */
    uint8_t size;     /* bytes of an `in`, or of one counted unit */
};

struct signature {
    bool known;
    uint8_t result;
    uint8_t count;
    uint16_t number; /* the kernel's, for calls */
    struct operand operands[OPERAND_COUNT];
};

extern const struct signature op_table[OP_LIMIT];
extern const struct signature call_table[CALL_LIMIT];

struct instruction {
    uint8_t op;
    uint8_t policy;
    uint16_t skip;
    uint16_t dst;
    uint16_t step;
    uint16_t errnos[POLICY_ERRNOS];
    uint64_t operands[OPERAND_COUNT];
};
_Static_assert(sizeof(struct instruction) == 64, "docs/program.md");

struct strand {
    uint32_t first;
    uint32_t count;
};

struct program_header {
    char magic[8];
    uint32_t version;
    uint32_t architecture;
    uint32_t total;
    uint32_t flags;
    uint32_t count;
    uint32_t data_at;
    uint32_t test_switch;
    uint32_t switch_at;
    uint32_t switch_errno;
    uint32_t zero[3];
    struct strand strands[STRAND_COUNT];
    uint64_t zero_too;
};
_Static_assert(sizeof(struct program_header) == PROGRAM_HEADER, "docs/program.md");

struct program {
    const struct program_header *header;
    const struct instruction *code;
    char *data; /* PUTPID writes here, and ASK and the monitor the numbers of requests to a shim; nothing else */
    uint32_t data_length;
};

/* Why a program was refused: a fixed text and the instruction (~0 for the header). `reason` is NULL when it was accepted. */
struct verdict {
    const char *reason;
    uint32_t instruction;
};

/*
 * Checks `length` bytes, which are 8-aligned and belong to nobody else, against docs/program.md "What is checked", and fills
 * `program`. No byte beyond them is read, whatever they hold.
 */
struct verdict program_check(uint8_t *bytes, size_t length, struct program *program);

/* Whether a strand cleans up by name: the sweep, or what does the same between two starts. */
bool sweeps(uint32_t strand);

/* Operand K of a call or an instruction is counted by this many units; the rows guarantee the index. */
static inline int64_t as_signed(uint64_t operand) {
    return (int64_t)operand;
}
