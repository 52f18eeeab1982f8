/* See frame.h. */
#include "frame.h"

void frame_header(uint8_t to[FRAME_HEADER], enum frame_type type, size_t length) {
    const uint8_t header[FRAME_HEADER] = {
        (uint8_t)type, 0, 0, 0, (uint8_t)(length >> 24), (uint8_t)(length >> 16), (uint8_t)(length >> 8), (uint8_t)length};
    memcpy(to, header, sizeof header);
}

int frame_read(struct frame_reader *reader, int fd) {
    for (int part = 0; part < 2; part++) {
        size_t whole = FRAME_HEADER;
        if (reader->have >= FRAME_HEADER) {
            whole += frame_length(reader->bytes);
        }
        if (whole > reader->limit) {
            return -EMSGSIZE;
        }
        if (reader->have < whole) {
            long n = sys_read(fd, reader->bytes + reader->have, whole - reader->have);
            if (n <= 0) {
                return n == 0 ? -EPIPE : n == -EAGAIN ? 0 : (int)n;
            }
            reader->have += (size_t)n;
        }
    }
    return reader->have >= FRAME_HEADER && reader->have == FRAME_HEADER + frame_length(reader->bytes);
}

bool outbox_frame(struct outbox *outbox, enum frame_type type, const void *head, size_t head_length, const void *body, size_t body_length) {
    size_t whole = FRAME_HEADER + head_length + body_length;
    if (outbox->start > 0 && outbox->size - outbox->end < whole) {
        memmove(outbox->bytes, outbox->bytes + outbox->start, outbox_waiting(outbox));
        outbox->end -= outbox->start;
        outbox->start = 0;
    }
    if (outbox->size - outbox->end < whole) {
        return false;
    }
    uint8_t *to = outbox->bytes + outbox->end;
    frame_header(to, type, head_length + body_length);
    if (head_length > 0) {
        memcpy(to + FRAME_HEADER, head, head_length);
    }
    if (body_length > 0) {
        memcpy(to + FRAME_HEADER + head_length, body, body_length);
    }
    outbox->end += whole;
    return true;
}

int outbox_flush(struct outbox *outbox, int fd) {
    while (outbox->start < outbox->end) {
        long n = sys_write(fd, outbox->bytes + outbox->start, outbox_waiting(outbox));
        if (n < 0) {
            return (int)n;
        }
        outbox->start += (size_t)n;
    }
    outbox->start = 0;
    outbox->end = 0;
    return 0;
}

void set_nonblocking(int fd) {
    long flags = sys_fcntl(fd, F_GETFL, 0);
    if (flags >= 0) {
        sys_fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    }
}
