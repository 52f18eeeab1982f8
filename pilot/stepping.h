/* `run --step`: a person decides when each instruction of a start runs, and sees what it changed (docs/program.md "Stepping"). */
#pragma once
#include "snapshot.h"
#include "spawn.h"

enum { STEPPED_STRANDS = 2 };

/* One strand as the person sees it. */
struct stepped {
    int socket; /* ours; -1: it asks no more */
    bool asks;
    bool known;     /* it has asked before */
    int pid;
    uint32_t at;    /* the instruction it asks for */
    uint32_t error; /* what became of the one before: an errno or 0 */
    struct snapshot seen;
};

struct stepping {
    char *texts; /* for each instruction a text, NUL behind it; NULL: the program is not stepped */
    size_t length;
    bool runs_on; /* nothing is asked any more */
    int shown;    /* the process whose instruction was shown last, 0 none */
    struct stepped strands[STEPPED_STRANDS];
};

/* Keeps a copy of the texts of a STEPS frame; false: they make no sense, or there is no memory. */
bool stepping_texts(struct stepping *stepping, const uint8_t *texts, size_t length);
/* Makes the sockets and gives the pilot its ends: 0 or -errno. Nothing where the program is not stepped. */
int stepping_open(struct stepping *stepping, struct pilot_start *start);
/* The texts are not needed any more. */
void stepping_forget(struct stepping *stepping);
/*
 * Until the pilot at `pilot` says how the start went, somebody ends it, or a signal of `ending` comes; signals are kept in *pending. The sockets are closed
 * then, which ends a start that is not at its end.
 */
void stepping_run(struct stepping *stepping, int pilot, int signals, uint64_t ending, uint64_t *pending);
