/* What the pilot's files share: the process, the context of a running program, failures, reports. */
#pragma once
#include "program.h"
#include "sys.h"

struct process {
    int argc;
    char **argv;
    char **envp;
};

/* A failure as it travels (docs/program.md "Failure record"). */
struct failure {
    uint32_t strand;
    uint32_t instruction;
    uint32_t step;
    uint32_t op;
    uint32_t call;
    uint32_t error;
    uint32_t argument;
    uint32_t flags;
    char text[96];
};
_Static_assert(sizeof(struct failure) == 128, "docs/program.md");

enum { FAILURE_CUT = 1, FAILURE_FOREIGN = 0x100 /* internal: filled by another process, take it as it is */ };

/* A process made by CLONE, as its parent knows it. */
struct child {
    int pid;    /* 0: none, or reaped */
    int pidfd;  /* number in the program */
    int socket; /* our end, or -1 */
};

/* One process that interprets a program. Copied by fork; no two processes share one. */
struct context {
    struct program program;
    int report;        /* where failures go: the launcher's socket, or the child's end of a pair; -1 nowhere */
    bool is_child;     /* report is a pair's end: messages, not frames */
    bool executing;    /* the first EXEC has announced itself */
    uint32_t strand;   /* being run */
    uint32_t position; /* instruction being run */
    int last_pid;      /* of the last CLONE; 0 before */
    int sticky;        /* errno remembered by policy `sticky`, 0 none */
    struct child children[STRAND_COUNT];
    struct failure failure; /* of the instruction being run; text and argument are set by the op */
};

/*
 * Runs a strand to its end: 0, or -errno of the instruction that ended it, described in ctx->failure. Nothing is reported and
 * nobody is ended. The monitor calls it with STRAND_SWEEP after it reported the exit, then, if asked, with STRAND_REMOVAL.
 */
int run_strand(struct context *ctx, uint32_t strand);

/* Puts the object's name, or the kernel's words, into the failure record. */
void failure_text(struct context *ctx, const char *text);

/* report.c: one frame of frames.txt as `head` then `body`; 0 or -errno. A launcher that is gone is no error of ours. */
int report_frame(int socket, enum frame_type type, const void *head, size_t head_length, const void *body, size_t body_length);
void report_failure(struct context *ctx);
int report_note(struct context *ctx, uint32_t error);
int report_started(struct context *ctx);

/* ops.c: one function an instruction; 0 or -errno. */
int run_op(struct context *ctx, const struct instruction *instruction);
/* Moves a result to the number the program chose for it, close-on-exec. */
int place_fd(long fd, uint16_t dst);

/* The parts of others: */

/* monitor.c. Becomes the monitor of the process behind `pidfd` (ctx->last_pid), until it ended, was reported and was swept. */
int monitor_main(struct context *ctx, int pidfd, const uint8_t block[64]);
/* trees.c. Serves a tree stream on the root until its end (docs/trees.md); 0 or -errno. */
int trees_main(struct context *ctx, int stream, int replies, uint32_t flags);
/* launcher.c. Everything that is not the pilot's role; returns the exit status. */
int launcher_main(struct process *process);

/* main.c */
int pilot_start(struct process *process);
