/*
 * The events service that containerd shims insist on (docs/runtimes.md): what they forward is answered and thrown away. Nothing here waits, and however a peer behaves it costs one read a turn,
 * and a connection at most.
 */
#pragma once
#include "pilot.h"
#include "ttrpc.h"

enum { FORWARD_PEERS = 8, FORWARD_FDS = FORWARD_PEERS + 1 };

struct forward {
    int listener;           /* or -1 */
    const uint8_t *service; /* TTRPC_SERVICE bytes */
    struct forward_peer {
        int fd; /* 0: none */
        struct ttrpc_request request;
    } peers[FORWARD_PEERS];
};

/* What is to be polled for, and what is to be done behind the poll. */
void forward_fds(const struct forward *f, struct pollfd fds[FORWARD_FDS]);
void forward_turn(struct forward *f, const struct pollfd fds[FORWARD_FDS]);
/* Polls one or two descriptors until that time, serving meanwhile: how many of them are ready. */
int forward_poll(struct forward *f, struct pollfd *fds, unsigned count, int64_t until);
/* Closes the connections; the listener is the program's. */
void forward_end(struct forward *f);
