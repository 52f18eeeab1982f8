/* Texts: NUL-terminated bytes. Needs nothing of the kernel, so that hosted tests can use it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

size_t text_length(const char *s);
bool text_equal(const char *a, const char *b);
bool text_starts(const char *s, const char *prefix);
/* Copies as much as fits with its NUL; true if something was cut off. `size` is at least 1. */
bool text_copy(char *to, size_t size, const char *from);
/* Writes the digits of `value` and a NUL, at most 21 bytes; returns the position of the NUL. */
char *text_decimal(char *to, uint64_t value);
/* The same behind a key. */
char *text_pair(char *to, const char *key, uint64_t value);
/* Reads the digits at *s and moves *s behind them. */
uint64_t text_number(const char **s);
/* What follows `key`, which is not empty, in the first line that begins with it, or NULL. */
const char *text_line(const char *text, const char *key);
