/* The command's life: JVM, tasks, the container's program, the attach client. Frames and order: docs/launcher.md. */
#pragma once
#include "frame.h"
#include "keys.h"
#include "spawn.h"
#include "stepping.h"
#include "terminal.h"

enum { TASK_LIMIT = 16, ID_LIMIT = 256, REQUEST_LIMIT = PROGRAM_LIMIT + 1024, REPORT_LIMIT = (1 << 20) + 64, PAIR_NONE = 255 };

/* PROGRAM and ATTACH_TO flags. */
enum { RUN_DETACHED = 1, RUN_STDIN = 2, RUN_TERMINAL = 4, RUN_PRINT_ID = 8, RUN_QUIET = 16, RUN_KEEPS_SIGNALS = 32, RUN_NO_STDOUT = 64, RUN_NO_STDERR = 128 };

/* Exit codes of the launcher's own; a signal is added to the second. */
enum { EXIT_OWN = 125, EXIT_SIGNALLED = 128 };

#define BIT(signal) (UINT64_C(1) << ((signal)-1))
/* Signals that end a command. */
static const uint64_t ENDING = BIT(SIGHUP) | BIT(SIGINT) | BIT(SIGQUIT) | BIT(SIGTERM) | BIT(SIGUSR1) | BIT(SIGUSR2) | BIT(SIGALRM);

#define NO_PILOT "wherry: no process or no memory for the container is to be had: errno "

/* The JVM's last frame where a container follows. */
struct last_word {
    uint32_t flags;
    const uint8_t *name; /* of the container, or the path of a socket */
    size_t name_length;
    struct keys keys;
    size_t length; /* of all this; PROGRAM's program is behind it */
};

/* A pilot that runs for the JVM. */
struct task {
    bool running;
    bool silent; /* its socket is at its end */
    uint32_t number;
    uint8_t pair;
    struct pilot pilot;
    struct frame_reader reader;
};

struct launcher {
    const struct process *process;
    struct home home;
    uint64_t mask; /* of blocked signals, as the caller had it */
    uint64_t boot_time;
    int signals;
    int image;
    bool training;
    bool reporting; /* the second JVM */
    struct jvm jvm;
    struct pair pairs[PAIR_COUNT];
    struct task tasks[TASK_LIMIT];
    struct frame_reader request;
    struct outbox replies;
    uint32_t interrupt; /* the signal that ends the command, 0 none */
    int64_t deadline;   /* milliseconds of the monotonic clock: then the JVM is killed */
    struct last_word word; /* its name is in `request` */
    char id[ID_LIMIT];  /* of the container */
    struct stepping stepping;
    struct terminal terminal; /* while the JVM reads from it what must not show */
    struct failure failure;
};

/* As a shell counts what wait4 gave. */
static inline uint32_t exit_status(int status) {
    return (uint32_t)((status & 0x7f) != 0 ? 128 + (status & 0x7f) : status >> 8 & 0xff);
}

/* launcher.c: to the caller, on descriptor 2; the second with a number and a line feed behind it. */
void say(const char *text);
void say_number(const char *text, uint64_t number);
/* launcher.c: a strand of the program in the request, which is a PROGRAM frame. */
struct pilot_start requested(const struct launcher *l, uint32_t strand);

/* container.c: runs the program in the request, behind the JVM's last word: the exit code, or -1 with l->failure. */
int run_container(struct launcher *l);
/* container.c: becomes a client of the monitor that the request names, until the container ends or is left: the exit code. */
int join_container(struct launcher *l);

/* join.c: the monitor's socket at a path of any length: non-blocking, or -errno. */
int join_monitor(const uint8_t *path, size_t length);
/* False: it makes no sense. `limit` is beyond the longest name. */
bool last_word_read(struct last_word *word, const uint8_t *payload, size_t length, size_t limit);

/* tasks.c: what the JVM asks to be run while it goes on. False: the request makes no sense. */
bool task_begin(struct launcher *l, const uint8_t *payload, size_t length);
bool task_room(struct launcher *l);
/* Kills the pilot of a task that is still running; its end is reported as ever. True, whoever is meant. */
bool task_cancel(struct launcher *l, uint32_t number);
/* Forwards one frame of a task, if there is one and room for it. */
void task_forward(struct launcher *l, struct task *task);
/* Its pilot is nobody's any more. */
void task_leave(struct task *task);
/* Its process ended: what it still said, then DONE. */
void task_end(struct launcher *l, struct task *task);
