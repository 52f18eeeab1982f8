/*
 * Judges programs as the pilot does: reads them from stdin, each behind its length (u32), and answers each by a line, `ok` or the instruction and
 * the reason.
 */
#include "program.h"
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    uint32_t length;
    while (fread(&length, sizeof length, 1, stdin) == 1) {
        uint8_t *bytes = malloc(length);
        struct program program = {0};
        if (bytes == NULL || fread(bytes, 1, length, stdin) != length) {
            return 1;
        }
        struct verdict verdict = program_check(bytes, length, &program);
        if (verdict.reason == NULL) {
            puts("ok");
        } else {
            printf("%d %s\n", (int)verdict.instruction, verdict.reason);
        }
        fflush(stdout);
        free(bytes);
    }
    return 0;
}
