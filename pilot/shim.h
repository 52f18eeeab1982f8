/* A containerd shim: the connection to it, and what the monitor asks there (docs/runtimes.md). */
#pragma once
#include "forward.h"

/* What is known of the shim, from its first answer on; in pages of its own, kept over restarts. */
struct shim {
    uint32_t stream;  /* of the last request: odd, rising */
    uint32_t version; /* of its service, put into requests; 0: they have it */
    uint32_t wait;    /* stream of Wait, or 0 */
    bool ended;       /* Wait was answered */
    bool lost;        /* nothing sensible comes from there any more */
    uint32_t code;    /* how the process ended */
    struct forward forward; /* its events */
    size_t have;      /* bytes of the frame that comes */
    uint8_t bytes[TTRPC_HEADER + TTRPC_ANSWER];
};

/* docs/program.md "The shim's block". */
enum shim_request { SHIM_KILL, SHIM_PAUSE, SHIM_RESUME, SHIM_RESIZE, SHIM_CLOSE, SHIM_DELETE, SHIM_SHUTDOWN, SHIM_REQUESTS };
struct shim_block {
    int32_t socket;
    int32_t log;
    struct {
        uint32_t at;
        uint32_t length;
    } requests[SHIM_REQUESTS];
};
_Static_assert(sizeof(struct shim_block) == SHIM_BLOCK, "docs/program.md");

/*
 * Sends one of the requests with these as its last bytes and waits for the answer: 0 or -errno; ESRCH if what it is for is not there, EOPNOTSUPP without such a request,
 * EREMOTEIO if the shim says no. Should the end of the process come meanwhile, it is noted.
 */
int shim_request(struct context *ctx, const struct shim_block *block, enum shim_request which, const uint8_t *tail, size_t length);
/* Reads what has come, without waiting; true once Wait was answered or the shim is lost. */
bool shim_look(struct context *ctx, const struct shim_block *block);
