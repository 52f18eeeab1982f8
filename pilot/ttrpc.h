/*
 * What a containerd shim says, as bytes: its address, and its answers in ttrpc. Depends on no system call, so that it is tested hosted, under sanitizers. Requests are
 * frames that Java compiled; only the numbers below are put into them.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TTRPC_HEADER = 10,       /* big endian: u32 length, u32 stream, u8 type, u8 flags */
    TTRPC_ANSWER = 16 << 10, /* no answer that we wait for is longer; the protocol allows 4 MiB */
    TTRPC_REQUEST = 1,
    TTRPC_RESPONSE = 2,
    TTRPC_VERSION_AT = 29,   /* the digit in `containerd.task.v2.Task`, which begins a request */
    TTRPC_MOST = 4 << 20,    /* of any frame */
    TTRPC_PIECE = 64,        /* a short frame and what it leaves of that */
    TTRPC_SERVICE = 3 * TTRPC_PIECE, /* how a request begins, the answer to it, the answer to any other */
    SHIM_PATH = 108,         /* of a unix socket's address, with its NUL */
};

struct ttrpc_header {
    uint32_t length;
    uint32_t stream;
    uint8_t type;
};

/* Response {1 status {1 code, 2 message}, 2 payload}; of the payload only its field 1, a number, counts. */
struct ttrpc_answer {
    uint32_t code;       /* 0: it is done */
    const char *message; /* inside the answer, no NUL behind it */
    size_t message_length;
    uint64_t number;     /* pid or exit code; 0 if there is none */
};

/* A request that comes, of which only the beginning is kept. */
struct ttrpc_request {
    size_t have;
    uint8_t bytes[TTRPC_PIECE];
};

struct shim_address {
    uint32_t version; /* of the task service, 2 or 3 */
    char path[SHIM_PATH];
};

static inline uint32_t big_endian(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}
static inline struct ttrpc_header ttrpc_header(const uint8_t bytes[TTRPC_HEADER]) {
    return (struct ttrpc_header){.length = big_endian(bytes), .stream = big_endian(bytes + 4), .type = bytes[8]};
}
/* Puts the stream's number, and unless that is 0 the service's version, into a request. */
void ttrpc_address(uint8_t *request, uint32_t stream, uint32_t version);
/* False if the bytes are not a Response. */
bool ttrpc_answer(const uint8_t *bytes, size_t length, struct ttrpc_answer *answer);
/* How many bytes may come next, more than 0, and where to: NULL if they are thrown away. */
size_t ttrpc_next(struct ttrpc_request *request, uint8_t **to);
/* So many of those have come: 1 the request is whole, 0 not yet, -1 it is none, or longer than the protocol allows. */
int ttrpc_came(struct ttrpc_request *request, size_t n);
/* The length of the service's answer to a whole request; the next one may come. */
size_t ttrpc_answer_to(struct ttrpc_request *request, const uint8_t service[TTRPC_SERVICE], uint8_t answer[TTRPC_PIECE]);
/*
 * What `start` prints: a protobuf BootstrapResult, an object of JSON, or an address alone; in all of them the address begins with `unix://`. NULL, or why there is none.
 */
const char *shim_address(const uint8_t *said, size_t length, struct shim_address *address);
