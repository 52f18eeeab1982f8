/* libFuzzer's entry to what a containerd shim says: the first byte chooses between an answer, an address, and events that come in pieces. uses: ttrpc.c text.c */
#include "ttrpc_samples.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Begins with what a real shim said, now and then with another. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed) {
    unsigned k = seed / 8 % 13;
    const struct ttrpc_sample *sample = k < 5 ? &answer_samples[k] : k < 8 ? &address_samples[k - 5] : &request_samples[k - 8];
    if ((size < 2 || seed % 8 == 0) && sample->length < most) {
        data[0] = k < 5 ? 0 : k < 8 ? 1 : (uint8_t)(2 + 4 * (seed % 60));
        memcpy(data + 1, sample->bytes, sample->length);
        size = 1 + sample->length;
    }
    return LLVMFuzzerMutate(data, size, most);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct ttrpc_answer answer;
    struct shim_address address = {0};
    if (size == 0) {
        return 0;
    }
    uint8_t *exact = malloc(size);
    if (exact == NULL) {
        abort();
    }
    memcpy(exact, data + 1, size - 1);
    if (data[0] % 4 == 0 && ttrpc_answer(exact, size - 1, &answer) && answer.message_length > 0
        && (answer.message < (char *)exact || answer.message + answer.message_length > (char *)exact + size - 1)) {
        abort();
    }
    if (data[0] % 4 == 1 && shim_address(exact, size - 1, &address) == NULL && (address.path[0] != '/' || memchr(address.path, 0, SHIM_PATH) == NULL)) {
        abort();
    }
    if (data[0] % 4 > 1 && !serve_stream(exact, size - 1, 1 + data[0] / 4).sound) {
        abort();
    }
    free(exact);
    return 0;
}
