/* The helpers for texts. uses: text.c */
#include "text.h"
#include "tap.h"
#include <stdio.h>
#include <string.h>

int main(void) {
    char to[8];
    char digits[21];
    ok(text_length("") == 0 && text_length("abc") == 3, "length");
    ok(text_equal("abc", "abc") && !text_equal("abc", "ab") && !text_equal("abc", "abd") && text_equal("", ""), "equal");
    ok(!text_copy(to, 4, "abc") && strcmp(to, "abc") == 0, "a copy that fits exactly is not cut");
    ok(text_copy(to, 3, "abc") && strcmp(to, "ab") == 0, "a copy that does not fit is cut and ends");
    ok(text_copy(to, 1, "abc") && to[0] == 0, "a copy into one byte is empty");
    ok(text_decimal(digits, UINT64_MAX) == digits + 20 && strcmp(digits, "18446744073709551615") == 0, "the largest number");
    ok(text_decimal(digits, 0) == digits + 1 && strcmp(digits, "0") == 0, "zero");
    const char *at = "4096 rest";
    ok(text_number(&at) == 4096 && *at == ' ', "a number and what follows it");
    ok(text_starts("abc", "ab") && text_starts("abc", "") && !text_starts("ab", "abc") && !text_starts("", "a"), "a beginning");
    ok(text_pair(digits, "pid ", 42) == digits + 6 && strcmp(digits, "pid 42") == 0, "a key and its value");
    const char *lines = "oom 1\nnot oom_kill 2\noom_kill 3\noom_kill 4";
    ok(text_line(lines, "oom_kill ") == lines + 30 && text_line(lines, "kill ") == NULL && text_line("", "x") == NULL && text_line("a\n", "b") == NULL,
       "the first line with a key");
    return plan();
}
