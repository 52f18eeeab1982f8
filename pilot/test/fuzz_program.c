/* libFuzzer's entry to the check of a program: whatever the bytes, an answer, and nothing outside of them is read. uses: program.c device_rules.c text.c tables.c */
#include "walk_program.h"

enum { LENGTH_AT = 16 };

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Begins with a sound program and keeps the length in the header true most of the time: a wrong one is refused at once. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed) {
    static struct assembly a;
    if (size < PROGRAM_HEADER) {
        sample_program(&a);
        uint8_t *sample = asm_end(&a, &size);
        size = size < most ? size : most;
        memcpy(data, sample, size);
        free(sample);
    }
    size = LLVMFuzzerMutate(data, size, most);
    if (size >= PROGRAM_HEADER && seed % 8 != 0) {
        const uint32_t length = (uint32_t)size;
        memcpy(data + LENGTH_AT, &length, sizeof length);
    }
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct program program;
    uint8_t *exact = malloc(size + (size == 0));
    if (exact == NULL) {
        abort();
    }
    memcpy(exact, data, size);
    if (program_check(exact, size, &program).reason == NULL) {
        walk_program(&program);
    }
    free(exact);
    return 0;
}
