/* See forward.h. */
#include "forward.h"
#include "frame.h"

enum { THROWN = 4096, OTHERS_MOST = 2 };

void forward_fds(const struct forward *f, struct pollfd fds[FORWARD_FDS]) {
    for (unsigned k = 0; k < FORWARD_PEERS; k++) {
        fds[k] = (struct pollfd){.fd = f->peers[k].fd > 0 ? f->peers[k].fd : -1, .events = POLLIN};
    }
    fds[FORWARD_PEERS] = (struct pollfd){.fd = f->listener, .events = POLLIN};
}

static void drop(struct forward_peer *peer) {
    sys_close(peer->fd);
    *peer = (struct forward_peer){0};
}

/* Whoever is one too many is turned away: who waited in the queue would stand still there. */
static void admit(struct forward *f) {
    int fd = own_number((int)SYS(accept4, f->listener, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK));
    for (unsigned k = 0; k < FORWARD_PEERS && fd >= 0 && peer_is_friend(fd); k++) {
        if (f->peers[k].fd == 0) {
            f->peers[k].fd = fd;
            return;
        }
    }
    if (fd >= 0) {
        sys_close(fd);
    }
}

/* False if the answer does not go at once: who does not read has asked too much. */
static bool answer(const struct forward *f, const struct forward_peer *peer, uint32_t length) {
    uint8_t bytes[TTRPC_PIECE];
    uint32_t known = ttrpc_header(f->service).length;
    bool event = length >= known && memcmp(peer->bytes + TTRPC_HEADER, f->service + TTRPC_HEADER, known) == 0;
    memcpy(bytes, f->service + (event ? 1 : 2) * TTRPC_PIECE, sizeof bytes);
    ttrpc_address(bytes, ttrpc_header(peer->bytes).stream, 0);
    long whole = TTRPC_HEADER + (long)ttrpc_header(bytes).length;
    return send_with(peer->fd, bytes, (size_t)whole, -1, MSG_DONTWAIT) == whole;
}

/* Reads once, of a frame its beginning or what is thrown away of it; false if that peer is gone, or does not keep to the protocol. */
static bool hear(const struct forward *f, struct forward_peer *peer) {
    uint8_t thrown[THROWN];
    size_t whole = TTRPC_HEADER + (peer->have < TTRPC_HEADER ? 0 : ttrpc_header(peer->bytes).length);
    size_t begin = whole < TTRPC_PIECE ? whole : TTRPC_PIECE;
    bool begins = peer->have < begin;
    size_t left = (begins ? begin : whole) - peer->have;
    long n = sys_read(peer->fd, begins ? peer->bytes + peer->have : thrown, begins || left < THROWN ? left : THROWN);
    if (n <= 0) {
        return n == -EAGAIN;
    }
    peer->have += (size_t)n;
    if (peer->have < TTRPC_HEADER) {
        return true;
    }
    struct ttrpc_header header = ttrpc_header(peer->bytes);
    if (header.type != TTRPC_REQUEST || header.length > TTRPC_MOST || peer->have < TTRPC_HEADER + header.length) {
        return header.type == TTRPC_REQUEST && header.length <= TTRPC_MOST;
    }
    peer->have = 0;
    return answer(f, peer, header.length);
}

void forward_turn(struct forward *f, const struct pollfd fds[FORWARD_FDS]) {
    for (unsigned k = 0; k < FORWARD_PEERS; k++) {
        if (fds[k].revents != 0 && !hear(f, &f->peers[k])) {
            drop(&f->peers[k]);
        }
    }
    if (fds[FORWARD_PEERS].revents != 0) {
        admit(f);
    }
}

int forward_poll(struct forward *f, struct pollfd *fds, unsigned count, int64_t until) {
    int ready = 0;
    for (int64_t left = until - sys_now_ms(); ready == 0 && left > 0; left = until - sys_now_ms()) {
        struct pollfd all[OTHERS_MOST + FORWARD_FDS] = {0};
        memcpy(all, fds, count * sizeof *fds);
        forward_fds(f, all + count);
        sys_poll(all, count + FORWARD_FDS, (int)left);
        forward_turn(f, all + count);
        for (unsigned k = 0; k < count; k++) {
            fds[k].revents = all[k].revents;
            ready += all[k].revents != 0;
        }
    }
    return ready;
}

void forward_end(struct forward *f) {
    for (unsigned k = 0; k < FORWARD_PEERS; k++) {
        if (f->peers[k].fd > 0) {
            drop(&f->peers[k]);
        }
    }
    f->listener = -1;
}
