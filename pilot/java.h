/* Where the files of this installation are, and how its JVM is started. */
#pragma once
#include "pilot.h"

enum { HOME_PATH = 4096, PAIR_COUNT = 4, JVM_REQUESTS = 3, JVM_REPLIES = 4, JVM_FIRST_PAIR = 5, JVM_LAST = JVM_FIRST_PAIR + 2 * PAIR_COUNT - 1 };

struct home {
    char self[HOME_PATH]; /* this binary: …/bin/wherry */
    char lib[HOME_PATH];  /* …/lib */
    char java[HOME_PATH]; /* the `java` to run */
};

struct jvm {
    int pid;      /* 0: none, or reaped */
    int requests; /* we read */
    int replies;  /* we write */
};

/* NULL, or the fixed text that says what is missing. */
const char *home_find(struct home *home, const struct process *process);

/*
 * Starts the JVM: words of the command (or of the report) behind CONTEXT; `inherited[n]` becomes its descriptor JVM_REQUESTS + n, JVM_LAST
 * being the last; `mask` is its mask of blocked signals. 0 or -errno.
 */
struct jvm_start {
    const struct home *home;
    const struct process *process;
    const char *const *words;
    int inherited[JVM_LAST - JVM_REQUESTS + 1];
    uint64_t mask;
    bool training;
    uint64_t boot_time; /* CLOCK_BOOTTIME in nanoseconds when the command began */
};
long jvm_fork(const struct jvm_start *start);

/* The value of NAME in the environment, or NULL. */
const char *environment(const struct process *process, const char *name);

/* caller.c. Writes the word that stands for the caller, at most 48 bytes, `UID.GID.SYSTEMROOT.HASH`; returns the position of its NUL. */
char *caller_word(char *to);
