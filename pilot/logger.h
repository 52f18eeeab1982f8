/* The program that reads a container's log. */
#pragma once
#include "pilot.h"

struct logger {
    const struct context *ctx;
    uint64_t environment; /* where its variables are in the program, and how many */
    uint64_t variables;
    uint64_t words; /* the same of its words; the first is its path; 0: there is none */
    uint64_t word_count;
    uint32_t starts;
    int pidfd;
};

/* Starts it, or starts it once more if it has died: the end of a pipe to write to, non-blocking, or -errno. */
int logger_start(struct logger *logger);
/* Its pipe is closed: waits until it has read everything and ended, or has had its time. */
void logger_end(struct logger *logger);
