/*
 * Gives the record check seeded mutations of good records, under sanitizers, and asserts what the server relies on for each that passes.
 * hosted_tree_mutate [SEED [ROUNDS]]
 * uses: trees_check.c text.c
 */
#include "tree_samples.h"

int main(int argc, char **argv) {
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
    uint64_t rounds = argc > 2 ? strtoull(argv[2], NULL, 0) : 2000000;
    uint64_t passed[TREE_LIMIT] = {0};
    state = seed * 0x9E3779B97F4A7C15u + 1;
    struct tree_state s = {.filled = {true, true}};
    static struct tree_record record;
    for (uint64_t i = 0; i < rounds; i++) {
        uint8_t bytes[TREE_RECORD_LIMIT];
        uint32_t length = good_record(bytes);
        for (uint32_t m = draw(3); m > 0; m--) {
            bytes[draw(length)] = (uint8_t)(draw(2) ? draw(256) : 0xFF * draw(2));
        }
        s.file_open = draw(2);
        s.promised = draw(200);
        s.position = draw(2) ? s.promised : draw((uint32_t)s.promised + 1);
        uint32_t claimed = tree_record_length(bytes);
        if (claimed == 0 || claimed > length) {
            continue; /* A longer record would be read from the stream first. */
        }
        /* A block of its own, so that a read behind the record is seen. */
        uint8_t *exact = malloc(claimed);
        memcpy(exact, bytes, claimed);
        if (tree_check(&s, exact, claimed, &record)) {
            require_safe(&s, &record);
            passed[record.op]++;
        }
        free(exact);
    }
    for (unsigned op = 1; op < TREE_LIMIT; op++) {
        if (passed[op] == 0) {
            printf("not ok - no record of op %u ever passed\n", op);
            return 1;
        }
    }
    printf("ok - %llu mutations of tree records, seed %llu\n", (unsigned long long)rounds, (unsigned long long)seed);
    return 0;
}
