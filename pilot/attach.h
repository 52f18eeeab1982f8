/*
 * The client of a monitor: the caller's input, output, signals and terminal size on one side, a connected stream socket on the other.
 * Serves the foreground `run` and every later attach alike.
 */
#pragma once
#include "frame.h"
#include "keys.h"

struct attach {
    int socket;        /* connected, greeted, non-blocking */
    uint32_t streams;  /* ATTACH_..., as greeted with; descriptor 0 is forwarded if they have the input */
    int signals;       /* signalfd of what is forwarded (SIGWINCH and SIGCHLD are dealt with), or -1 */
    uint64_t pending;  /* signals still to be forwarded; bit n-1 is signal n */
    bool keeps_signals; /* they are ours: one that ends programs ends the client */
    bool terminal;     /* the container has one, and ours is in raw mode: size and detach keys */
    bool redraw;       /* it shows something already: have it drawn anew */
    struct keys keys;  /* that detach */
    const char *words; /* a fixed text to tell when the terminal is restored, or NULL */
};

/* HELLO and ATTACH: 0 or -errno. */
int attach_greet(int socket, uint32_t streams);
/* Until the container's end, or the detach keys (0), or a broken output (141), or, without any output, the input's end (0): the exit code. */
int attach_run(struct attach *attach);
