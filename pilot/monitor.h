/* The monitor's parts: the process that stays beside a container (docs/monitor.md). */
#pragma once
#include "events.h"
#include "frame.h"
#include "log.h"
#include "shim.h"

enum {
    CLIENT_LIMIT = 64, CONTROL_LIMIT = 64 /* payload of all frames but STDIN */, CHUNK = 32 << 10, OBSERVER_OUTBOX = 1 << 20,
    NOTE_ROOM = 4096, LAST_OUTBOX = 5 << 20,
};

enum { NEVER = -1 };

enum { BLOCK_TERMINAL = 1, BLOCK_STDIN = 2, BLOCK_LOG = 4, BLOCK_REMOVE = 8, BLOCK_OOM_V1 = 16, BLOCK_OOM_V2 = 32, BLOCK_HANGUP = 64 };

/* What follows the end of the container. */
enum { RESTART_NO, RESTART_ON_FAILURE, RESTART_ALWAYS, RESTART_LIMIT };

/* docs/program.md "The monitor block". */
struct monitor_block {
    uint32_t flags;
    int32_t in;
    int32_t out;
    int32_t err;
    int32_t folder;
    int32_t volatile_folder;
    int32_t listener;
    int32_t oom;
    uint64_t log_size;
    uint32_t log_files;
    int32_t cgroup;
    uint32_t log_format;
    uint32_t log_flags;
    uint32_t log_variables; /* of the strings, those that are the environment of the log's program */
    uint32_t log_zero;
    uint32_t policy; /* RESTART_… */
    uint32_t restarts_most;
    uint32_t again; /* step of strand 0 at which a repeated start begins */
    uint32_t stop_signal;
    int32_t events;
    uint32_t health_strand;
    uint32_t health_interval;
    uint32_t health_timeout;
    uint32_t health_start_period;
    uint32_t health_retries;
    uint32_t health_start_interval;
    int32_t health_output;
    int32_t target; /* the process that is signalled and joined, where that is another than the one that is waited for; else 0 */
    uint32_t shim; /* offset of a struct shim_block in the program's data, or 0 */
    uint8_t zero[8];
};
_Static_assert(sizeof(struct monitor_block) == MONITOR_BLOCK, "docs/program.md");

struct client {
    bool used;
    bool greeted;
    bool primary;  /* the container waits for it */
    bool waits;    /* is told the end */
    bool closing;  /* nothing is read any more; gone when its outbox is empty */
    bool holds;    /* the container is paused as long as it is connected */
    uint32_t streams; /* ATTACH_… */
    int fd;
    size_t input_left; /* of a STDIN frame's payload */
    struct frame_reader reader;
    uint8_t frame[FRAME_HEADER + CONTROL_LIMIT];
    struct outbox outbox;
    size_t outbox_pages; /* mapped length, 0 none */
};

/* How the container ended. */
struct ending {
    bool known;
    bool failed; /* it could not be started again */
    bool lost;   /* by its shim */
    uint32_t code;
    uint32_t signal;
    uint32_t oom;
    uint64_t seconds;
    uint32_t nanoseconds;
};

struct monitor {
    struct context *ctx;
    struct monitor_block block;
    int pidfd;
    const struct shim_block *shim; /* through which all goes, or NULL */
    int signals;
    bool ended;
    struct ending ending;
    struct log log;
    uint8_t *chunk; /* CHUNK, just read from the container; room for a header before it */
    uint8_t *input; /* CHUNK, to be written to the container */
    size_t input_at;
    size_t input_end;
    int input_owner;   /* index of the client whose input that is, or -1 */
    bool input_closes; /* when it is written */
    bool stopped;        /* somebody wants it to stay down */
    bool killed;         /* by us, through a tool that may not tell */
    bool paused;         /* its processes are frozen */
    bool kept_paused;    /* until somebody resumes it, and not only for clients that hold it */
    bool stop_asked;     /* by a stop, which is told when it has come about */
    int64_t started_at;  /* monotonic milliseconds */
    uint64_t begun;      /* when the container started: seconds since 1970 */
    int64_t again_at;    /* then it is started again, NEVER else */
    uint32_t delay;      /* milliseconds between the last end and the start behind it */
    int64_t kill_at;   /* monotonic milliseconds, or NEVER */
    int64_t quiet_until; /* a terminal that nobody has open */
    struct health *health; /* NULL without checks */
    struct client clients[CLIENT_LIMIT];
};

/* clients.c */
void client_add(struct monitor *m, int fd);
void client_accept(struct monitor *m);
void client_drop(struct monitor *m, struct client *c);
/* Sends a frame, whose payload lies behind room for a header, or keeps it until it can be sent; who is too slow is cut off. */
void client_send(struct monitor *m, struct client *c, enum frame_type type, uint8_t *frame, size_t length);
/* The same for a short payload that lies anywhere. */
void client_tell(struct monitor *m, struct client *c, enum frame_type type, const void *payload, size_t length);
/* Reads and obeys what is there. */
void client_read(struct monitor *m, struct client *c);
void client_flush(struct monitor *m, struct client *c);
/* Room for all that the container can have left in its pipes. */
void client_widen(struct monitor *m, struct client *c);
/* The primary has not taken everything yet. */
bool output_blocked(const struct monitor *m);

/* monitor.c */
/* An execution has no folder of the container's, and two events. */
bool is_execution(const struct monitor *m);
/* Tells the journal what happened to the container. */
void monitor_event(const struct monitor *m, const char *action);
/* The same with one or two numbers; the second one's key may be NULL. */
void monitor_event_numbers(const struct monitor *m, const char *action, const char *key, uint64_t value, const char *key2, uint64_t value2);
/* The process that is signalled and joined. */
int first_process(const struct monitor *m);
/* A descriptor of the monitor's own, out of the way of those that the program numbers. */
int own_fd(const struct monitor *m, int fd);
/* The container's first process runs: from now on it is watched. */
void monitor_watch(struct monitor *m);
/* Serves clients and the container until something happened or a time has come. */
void monitor_turn(struct monitor *m);

/* requests.c */
/* Sends a signal to the container's first process: 0 or -errno. */
int monitor_signal(struct monitor *m, uint32_t signal);
/* Asks the shim, if there is one: 0 or -errno. */
int monitor_ask_shim(struct monitor *m, enum shim_request which, const uint8_t *tail, size_t length);
/* The argument of PAUSE. */
enum { PAUSE_RESUME, PAUSE_KEEP, PAUSE_HOLD, PAUSE_COUNT };
/* A client that held the container paused has gone. */
void monitor_let_go(struct monitor *m);
/* What a client asks, by its frame: 0 or a positive errno. */
int monitor_request(struct monitor *m, enum frame_type type, const uint8_t *payload);
/* Who started it is gone without a word, and it is not to go on alone. */
void monitor_hang_up(struct monitor *m);
/* The end of everything in the container. */
void monitor_kill_all(struct monitor *m);

/* streams.c */
/* More of a STDIN frame's payload; only while nothing waits to be written. */
void monitor_input(struct monitor *m, struct client *c);
/* A terminal's input does not end: its user types the key for that. */
void monitor_input_end(struct monitor *m);
/* Writes what waits for the container's input. */
void monitor_write_input(struct monitor *m);
/* Reads once from stdout (0) or stderr (1): bytes, 0 at the end (the descriptor is closed then), or -errno. */
long monitor_read_output(struct monitor *m, unsigned stream);
/* What is left in the pipes or the terminal. Whoever else holds them is waited for no longer than it takes a terminal to hand over. */
void monitor_drain(struct monitor *m, unsigned stream);

/* ending.c */
/* So that on a disk that is full at the end the record still fits. */
void monitor_reserve_exit(int folder);
/* Reaps orphans; sets `ended` if the container's first process was among those that ended. */
void monitor_reap(struct monitor *m);
/* It has ended: what it still said, and how often memory ran out. */
void monitor_take_leave(struct monitor *m);
/* Records how it ended, and tells who waits; for good, or until it is started again. */
void monitor_record(struct monitor *m, bool for_good);
/* Tells the shim, if there is one, that we are done with it. */
void monitor_leave_shim(struct monitor *m);
/* Records, cleans up, hands over what slow readers have not taken. */
void monitor_finish(struct monitor *m);

/* restart.c */
/* Another policy than the program's: 0 or -errno. */
int restart_policy(struct monitor *m, uint32_t policy, uint32_t most);
/* What ended is to be started again: its policy says so, and nobody stopped it. */
bool restart_wanted(const struct monitor *m);
/* Cleans up behind it, waits, starts it again; false: it was stopped meanwhile. If it could not be started it has ended once more. */
bool restart(struct monitor *m);
