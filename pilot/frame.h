/*
 * Frames on sockets and pipes (kernel/tables/frames.txt): type, three zeros, length as big endian, payload; numbers in payloads are
 * little endian. Nothing here blocks: descriptors are non-blocking, what is not complete waits in a buffer of fixed size.
 */
#pragma once
#include "pilot.h"

enum { FRAME_HEADER = 8, FRAME_VERSION = 1 };

/* ATTACH flags. */
enum { ATTACH_STDIN = 1, ATTACH_STDOUT = 2, ATTACH_STDERR = 4, ATTACH_PRIMARY = 8, ATTACH_ONCE = 16 };
/* HELLO flags of a monitor. */
enum { HELLO_TERMINAL = 1, HELLO_STDIN = 2 };

/* The frame that is arriving: header and payload in `bytes`, at most `limit` in all. */
struct frame_reader {
    uint8_t *bytes;
    size_t limit;
    size_t have;
};

/* What could not be sent yet. */
struct outbox {
    uint8_t *bytes;
    size_t size;
    size_t start;
    size_t end;
};

void frame_header(uint8_t to[FRAME_HEADER], enum frame_type type, size_t length);
static inline uint32_t frame_length(const uint8_t *header) {
    return (uint32_t)header[4] << 24 | (uint32_t)header[5] << 16 | (uint32_t)header[6] << 8 | header[7];
}

static inline uint32_t get_u32(const uint8_t *from) {
    uint32_t value;
    memcpy(&value, from, sizeof value);
    return value;
}
static inline uint16_t get_u16(const uint8_t *from) {
    return (uint16_t)(from[0] | from[1] << 8);
}

/*
 * Reads once, never beyond the frame's end: 1 a frame is complete (set `have` to 0 behind its use), 0 not yet, -EPIPE the peer is
 * gone, -EMSGSIZE the frame is larger than the buffer, or -errno.
 */
int frame_read(struct frame_reader *reader, int fd);

/* Whether so many more bytes can be added; makes room by moving what waits. */
bool outbox_room(struct outbox *outbox, size_t length);
/* Adds bytes for which there is room. */
void outbox_add(struct outbox *outbox, const void *bytes, size_t length);
/* Adds a whole frame, or nothing: false if there is no room. */
bool outbox_frame(struct outbox *outbox, enum frame_type type, const void *head, size_t head_length, const void *body, size_t body_length);
/* Sends what it can: 0 all is gone, -EAGAIN something is left, or -errno. */
int outbox_flush(struct outbox *outbox, int fd);
static inline size_t outbox_waiting(const struct outbox *outbox) {
    return outbox->end - outbox->start;
}

static inline void outbox_clear(struct outbox *outbox) {
    outbox->start = outbox->end = 0;
}

/* O_NONBLOCK on, for descriptors whose file description nobody else uses. */
void set_nonblocking(int fd);

/* Whether the other end of a unix socket is our own user, or root. */
bool peer_is_friend(int fd);
