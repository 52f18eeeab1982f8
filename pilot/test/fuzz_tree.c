/* libFuzzer's entry to the check of a tree record: the first bytes are the server's state, the rest is what came. uses: trees_check.c text.c */
#include "tree_samples.h"

enum { STATE = 3, LEAST = STATE + TREE_RECORD_LIMIT };

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Begins with a record that is often sound, now and then with another. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed) {
    uint8_t bytes[TREE_RECORD_LIMIT];
    if (most >= LEAST && (size < STATE + TREE_HEADER || seed % 4 == 0)) {
        state = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
        uint32_t length = good_record(bytes);
        for (size_t k = 0; k < STATE; k++) {
            data[k] = (uint8_t)draw(256);
        }
        memcpy(data + STATE, bytes, length);
        size = STATE + length;
    }
    return LLVMFuzzerMutate(data, size, most);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct tree_record record;
    if (size < STATE + TREE_HEADER) {
        return 0;
    }
    struct tree_state server = {.filled = {true, true}, .file_open = data[0] & 1, .promised = data[1], .position = data[2] % (data[1] + 1u)};
    uint32_t claimed = tree_record_length(data + STATE);
    if (claimed == 0 || claimed > size - STATE) {
        return 0; /* A longer record would be read from the stream first. */
    }
    uint8_t *exact = malloc(claimed); /* aligned, and a byte too far is seen */
    if (exact == NULL) {
        abort();
    }
    memcpy(exact, data + STATE, claimed);
    if (tree_check(&server, exact, claimed, &record)) {
        require_safe(&server, &record);
    }
    free(exact);
    return 0;
}
