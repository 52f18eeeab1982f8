/* What the pilot's files share: the process, the context of a running program, failures, reports. */
#pragma once
#include "program.h"
#include "sys.h"

struct process {
    int argc;
    char **argv;
    char **envp;
};

struct follower;

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

enum { FAILURE_CUT = 1, FAILURE_FOREIGN = 0x100 /* never travels: filled by another process, to be taken as it is */ };

/* A process made by CLONE, as its parent knows it. */
struct child {
    int pid;    /* 0: none, reaped, or somebody else's child (CLONE_PARENT) */
    int pidfd;  /* number in the program */
    int socket; /* our end, or -1 */
};

/* One process that interprets a program. Copied by fork; no two processes share one. */
struct context {
    struct program program;
    int launcher;      /* the launcher's socket, or -1 in children of anything but a probe */
    int report;        /* a child's end of its socket pair, or -1 */
    bool is_child;     /* failures go to `report` as messages; else to the launcher as frames */
    bool executing;    /* the first EXEC has announced itself */
    uint32_t strand;   /* being run */
    uint32_t position; /* instruction being run */
    int last_pid;      /* of the last CLONE; 0 before */
    int adopted;       /* descriptor of the process that ADOPT took over last, 0 none */
    uint32_t restarts; /* how many starts this one has behind it */
    int sticky;        /* errno remembered by policy `sticky`, 0 none */
    int watcher;       /* who lets each instruction run (docs/program.md "Stepping"), or -1 */
    int last_error;    /* of the instruction before, 0 none */
    struct child children[STRAND_COUNT];
    struct shim *shim; /* the containerd shim that is spoken with, or NULL */
    struct follower *follower; /* hotplug.c; NULL: no devices are followed */
    struct failure failure; /* of the instruction being run; text and argument are set by the op */
};

/* run.c */

/*
 * Runs a strand to its end: 0, or -errno of the instruction that ended it, described in ctx->failure. Nothing is reported and
 * nobody is ended. The monitor calls it with STRAND_SWEEP after it reported the exit, then, if asked, with STRAND_REMOVAL.
 */
int run_strand(struct context *ctx, uint32_t strand);
/* The same for some of its instructions. */
int run_part(struct context *ctx, uint32_t strand, uint32_t from, uint32_t to);
/* The life of a process made by CLONE: the strand, its report, the end. */
_Noreturn void run_child(struct context *ctx, uint32_t strand);
/* From here on nobody is asked whether an instruction may run. */
void end_watch(struct context *ctx);
/* Ends and reaps every process that a CLONE of ours made and that still lives. */
void end_children(struct context *ctx);
/*
 * A step of ours may fail because a child is dead, as a control group takes no zombie: then what the child said is the failure. `otherwise` if no
 * child said anything.
 */
int words_of_children(struct context *ctx, int otherwise);

/* Puts an object's name, or the kernel's words, into the failure record. */
void failure_text(struct context *ctx, const char *text);

/* report.c */

/* One frame of frames.txt; its payload lies behind room for a header: 0 or -errno. */
int report_frame(int socket, enum frame_type type, uint8_t *frame, size_t length);
/* ctx->failure to whom it concerns; who is gone does not care. */
void report_failure(const struct context *ctx);
int report_note(const struct context *ctx, uint32_t error);
void report_started(const struct context *ctx);

/* One function an instruction: 0 or -errno. ops.c, process.c, sweep.c. */
typedef int op_function(struct context *ctx, const struct instruction *i);
op_function op_call, op_write, op_read, op_check, op_netlink, op_putpid, op_fail, op_record, op_workdir, op_makepath;
op_function op_clone, op_send, op_recv, op_spawn, op_exec, op_monitor, op_init, op_trees, op_wait, op_process;
op_function op_killcg, op_rmcg, op_rmtree, op_devices, op_pass, op_adopt, op_console, op_killrec, op_shim, op_ask, op_follow;

/* Operands. A descriptor's number, a string (NULL if absent). */
static inline int fd_at(const struct instruction *i, unsigned k) {
    return (int)as_signed(i->operands[k]);
}
static inline const char *text_at(const struct context *ctx, uint64_t offset) {
    return offset == 0 ? NULL : ctx->program.data + offset;
}
/*
 * Starts a program that dies with us: argv and envp as SPAWN has them, descriptors for its input and errors or -1. 0 once it runs, or -errno of what
 * hindered it; then *pidfd may be there all the same.
 */
int start_helper(const struct context *ctx, const uint64_t operands[4], int input, int words, int *pidfd);
/* Waits for a child of ours: 0 if it exited with 0, else -errno, with what it said. */
int await_child(struct context *ctx, int pidfd);
/* Moves a descriptor of ours out of the way of those that programs number, if that can be; passes a negative one through. */
int own_number(int fd);
/* Moves a result to the number that the program chose for it, close-on-exec; 0 or -errno. Passes a negative `fd` through. */
int place_fd(long fd, uint16_t dst);
/* Writes all bytes to a pipe, socket or file: 0 or -errno. */
int write_all(int fd, const void *bytes, size_t length);
/* One message, with a descriptor unless that is negative: the bytes that went, or -errno. */
long send_with(int socket, const void *bytes, size_t length, int fd, int flags);
/* A file in memory with these bytes, to be read from its start: descriptor or -errno. */
int memory_file(const char *name, const void *bytes, size_t length);
/* Writes a text to a file of a folder that has it already, a link excepted: 0 or -errno. */
int put_value(int dir, const char *name, const char *text);

/* Fields of /proc/PID/stat that are numbers, as proc_pid_stat(5) counts: the parent; PF_ bits; clock ticks since the boot. */
enum { STAT_PARENT = 4, STAT_FLAGS = 9, STAT_START = 22 };
/* 0 if there is no such process. */
uint64_t stat_field(int pid, int wanted);
/* The number of the process behind a descriptor of it; 0 if it has been reaped. */
int pid_of(int pidfd);
enum { MESSAGE_LIMIT = 160 };
/* One message into `bytes`: its length, 0 at the end, or -errno; *fd is a descriptor that came with it, or -1. Without `fd` it is closed. */
long receive_with(int socket, uint8_t bytes[MESSAGE_LIMIT], int *fd, int flags);

/* The parts of others: */

/* monitor.c. Becomes the monitor of the process behind `pidfd` (ctx->last_pid), until it ended, was reported and was swept. */
int monitor_main(struct context *ctx, int pidfd, const uint8_t block[MONITOR_BLOCK]);
/* trees.c. Serves a tree stream on the root until its end (docs/trees.md); 0 or -errno. */
int trees_main(struct context *ctx, int stream, int replies, uint32_t flags, int beside);
/* launcher.c. Everything that is not the pilot's role; returns the exit status. */
int launcher_main(struct process *process);

/* library.c: the long-lived child of a program that uses the library. */
int library_main(const struct process *process, const char *socket);

/* main.c */
int pilot_start(struct process *process);
