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

/* Reads once; false if that peer is gone, does not keep to the protocol, or does not read: then its answer does not go at once. */
static bool hear(const struct forward *f, struct forward_peer *peer) {
    uint8_t thrown[THROWN];
    uint8_t answer[TTRPC_PIECE];
    uint8_t *to;
    size_t most = ttrpc_next(&peer->request, &to);
    long n = sys_read(peer->fd, to == NULL ? thrown : to, to == NULL && most > THROWN ? THROWN : most);
    if (n <= 0) {
        return n == -EAGAIN;
    }
    int came = ttrpc_came(&peer->request, (size_t)n);
    if (came <= 0) {
        return came == 0;
    }
    long length = (long)ttrpc_answer_to(&peer->request, f->service, answer);
    return send_with(peer->fd, answer, (size_t)length, -1, MSG_DONTWAIT) == length;
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
