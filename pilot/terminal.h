/* The caller's terminal: its size, raw mode, input that does not show, and a guard that restores it whatever happens to us. */
#pragma once
#include "pilot.h"
#include <asm/termbits.h>

struct terminal {
    int fd; /* the terminal, or -1: untouched */
    int guard; /* pid of the guard, 0 none */
    int guard_pipe; /* its reason to live */
    struct termios saved;
};

/* rows, columns, 0, 0; false if `fd` is no terminal. */
bool terminal_size(int fd, uint16_t size[4]);
/* Raw mode on `fd`, with a guard: 0 or -errno. */
int terminal_raw(struct terminal *terminal, int fd);
/* Lines as ever, of which nothing shows, with a guard: 0 or -errno. */
int terminal_quiet(struct terminal *terminal, int fd);
/* As it was; any number of times. */
void terminal_restore(struct terminal *terminal);
