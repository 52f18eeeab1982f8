/* Pilots: a sealed copy of this binary, a program, a socket, and for a tree task a pair of pipes shared with the JVM. */
#pragma once
#include "java.h"

struct pilot {
    int pid;
    int pidfd;
    int socket; /* our end, non-blocking */
};

struct pilot_start {
    int image;  /* of image_seal */
    int socket; /* becomes descriptor 4; closed here */
    uint32_t strand;
    const uint8_t *program;
    size_t length;
    int stream;  /* becomes 5, or -1; closed here */
    int replies; /* becomes 6, or -1; closed here */
    uint64_t mask;
};

/* A tree pair. The JVM holds the opposite ends from its start to its end. */
struct pair {
    int data_writer;    /* as the JVM's; keeps the pipe alive, and is the way to a new reader */
    int replies_reader; /* as the JVM's */
    int data_reader;    /* for the next pilot, or -1: handed out */
    int replies_writer; /* for the next pilot, or -1 */
};

/* A copy in memory that nobody can change any more: descriptor or -errno. */
int image_seal(void);
/* The two ends of a pilot's socket, ours first: 0 or -errno. */
int pilot_socket(int pair[2]);
/* 0 or -errno; `pilot->socket` is left to the caller. */
int pilot_spawn(struct pilot *pilot, const struct pilot_start *start);

int pair_open(struct pair *pair);
/* Makes both ends for a pilot ready and the pipes empty: 0 or -errno. */
int pair_arm(struct pair *pair);
