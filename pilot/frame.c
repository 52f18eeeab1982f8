/* See frame.h. */
#include "frame.h"

enum { SO_PEERCRED_ = 17 };

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

bool outbox_room(struct outbox *outbox, size_t length) {
    if (outbox->start > 0 && outbox->size - outbox->end < length) {
        memmove(outbox->bytes, outbox->bytes + outbox->start, outbox_waiting(outbox));
        outbox->end -= outbox->start;
        outbox->start = 0;
    }
    return outbox->size - outbox->end >= length;
}

void outbox_add(struct outbox *outbox, const void *bytes, size_t length) {
    memcpy(outbox->bytes + outbox->end, bytes, length);
    outbox->end += length;
}

bool outbox_frame(struct outbox *outbox, enum frame_type type, const void *head, size_t head_length, const void *body, size_t body_length) {
    uint8_t header[FRAME_HEADER];
    frame_header(header, type, head_length + body_length);
    if (!outbox_room(outbox, sizeof header + head_length + body_length)) {
        return false;
    }
    outbox_add(outbox, header, sizeof header);
    outbox_add(outbox, head, head_length);
    outbox_add(outbox, body, body_length);
    return true;
}

int outbox_flush(struct outbox *outbox, int fd) {
    while (outbox->start < outbox->end) {
        outbox->start += (size_t)TRY(sys_write(fd, outbox->bytes + outbox->start, outbox_waiting(outbox)));
    }
    outbox_clear(outbox);
    return 0;
}

void set_nonblocking(int fd) {
    long flags = sys_fcntl(fd, F_GETFL, 0);
    if (flags >= 0) {
        sys_fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    }
}

bool peer_is_friend(int fd) {
    uint32_t credentials[3] = {0, UINT32_MAX, 0}; /* pid, uid, gid */
    uint32_t length = sizeof credentials;
    long result = SYS(getsockopt, fd, SOL_SOCKET, SO_PEERCRED_, credentials, &length);
    uint32_t self = (uint32_t)sys_raw(__NR_geteuid, 0, 0, 0, 0, 0, 0);
    return result == 0 && (credentials[1] == self || credentials[1] == 0);
}
