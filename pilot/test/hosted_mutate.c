/*
 * Feeds the check with a valid program whose bytes were changed: it must give an answer and never touch a byte outside. Seeded;
 * arguments: how many mutations, the seed. uses: program.c device_rules.c text.c tables.c
 */
#include "walk_program.h"

static uint64_t state;

static uint64_t next(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static const uint64_t interesting[] = {0, 1, 7, 8, 63, 64, 127, 128, 255, 4095, 4096, 65535, 65536, 1u << 22, (1u << 22) + 1, INT32_MAX, UINT32_MAX,
    INT64_MAX, UINT64_MAX, UINT64_MAX - 7, UINT64_MAX - 99};

static void mutate(uint8_t *bytes, size_t length) {
    size_t width = (size_t)1 << next() % 4;
    /* Most changes go where they are not refused at once: instructions and data. */
    size_t from = next() % 8 == 0 ? 0 : PROGRAM_HEADER;
    size_t at = from + next() % (length - from);
    at &= ~(width - 1);
    uint64_t value = next() % 2 == 0 ? next() : interesting[next() % (sizeof interesting / sizeof *interesting)];
    if (next() % 4 == 0) {
        bytes[at] ^= (uint8_t)(1 << next() % 8);
        return;
    }
    memcpy(bytes + at, &value, width > length - at ? length - at : width);
}

int main(int argc, char **argv) {
    static struct assembly a;
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 100000;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    size_t length;
    long accepted = 0;
    uint64_t sum = 0;
    sample_program(&a);
    uint8_t *good = asm_end(&a, &length);
    struct program program;
    struct verdict verdict = program_check(good, length, &program);
    if (verdict.reason != NULL) {
        printf("not ok 1 - the sample is refused: %s (instruction %u)\n1..1\n", verdict.reason, verdict.instruction);
        return 1;
    }
    for (long k = 0; k < count; k++) {
        state = (seed << 32 ^ (uint64_t)k) * UINT64_C(0x9E3779B97F4A7C15) + 1;
        size_t n = next() % 16 == 0 ? next() % (length + 1) : length;
        uint8_t *bytes = malloc(n + (n == 0)); /* exactly as long as it is, so that a byte too far is seen */
        if (bytes == NULL) {
            abort();
        }
        memcpy(bytes, good, n);
        if (n >= PROGRAM_HEADER + 8 && next() % 2 == 0) {
            uint32_t total = (uint32_t)n;
            memcpy(bytes + 16, &total, sizeof total); /* cut, but consistent */
        }
        for (uint64_t times = next() % 6; times > 0 && n > PROGRAM_HEADER + 8; times--) {
            mutate(bytes, n);
        }
        if (program_check(bytes, n, &program).reason == NULL) {
            accepted++;
            sum += walk_program(&program);
        }
        free(bytes);
    }
    free(good);
    printf("ok 1 - %ld mutations of seed %llu, %ld accepted, sum %llu\n1..1\n", count, (unsigned long long)seed, accepted,
           (unsigned long long)sum);
    return 0;
}
