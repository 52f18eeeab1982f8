/* The container's input and output: what clients send to it, what is read from it, for the log and for them. */
#include "monitor.h"

enum { QUIET_MS = 200, DRAIN_MS = 50, SHIM_DRAIN_MS = 1000, DRAIN_MOST = 4 << 20 };

/* input */

static void input_done(struct monitor *m, int error) {
    struct client *owner = m->input_owner < 0 ? NULL : &m->clients[m->input_owner];
    m->input_at = 0;
    m->input_end = 0;
    m->input_owner = -1;
    if (owner != NULL && owner->input_left == 0) {
        const uint32_t payload[2] = {FRAME_STDIN, (uint32_t)error};
        client_tell(m, owner, FRAME_REPLY, payload, sizeof payload);
    }
    if (m->input_closes) {
        m->input_closes = false;
        monitor_input_end(m);
    }
}

/* A shim holds the other end open itself, until it is asked. */
static void close_input(struct monitor *m) {
    sys_close(m->block.in);
    m->block.in = -1;
    monitor_ask_shim(m, SHIM_CLOSE, NULL, 0);
}

void monitor_write_input(struct monitor *m) {
    long n = m->block.in < 0 ? -EPIPE : 0;
    while (n >= 0 && m->input_at < m->input_end) {
        n = sys_write(m->block.in, m->input + m->input_at, m->input_end - m->input_at);
        m->input_at += n < 0 ? 0 : (size_t)n;
    }
    if (n == -EAGAIN) {
        return;
    }
    if (n < 0 && m->block.in >= 0 && (m->block.flags & BLOCK_TERMINAL) == 0) { /* nobody reads it any more */
        close_input(m);
    }
    input_done(m, n < 0 ? (int)-n : 0);
}

void monitor_input(struct monitor *m, struct client *c) {
    long n = sys_read(c->fd, m->input, c->input_left < CHUNK ? c->input_left : (size_t)CHUNK);
    if (n == -EAGAIN) {
        return;
    }
    if (n <= 0) {
        client_drop(m, c);
        return;
    }
    c->input_left -= (size_t)n;
    m->input_at = 0;
    m->input_end = (size_t)n;
    m->input_owner = (int)(c - m->clients);
    monitor_write_input(m);
}

void monitor_input_end(struct monitor *m) {
    if (m->block.in < 0 || (m->block.flags & BLOCK_TERMINAL) != 0) {
        return;
    }
    if (m->input_at < m->input_end) {
        m->input_closes = true;
        return;
    }
    close_input(m);
}

/* output */

static void publish(struct monitor *m, unsigned stream, size_t n) {
    uint32_t bit = stream == 0 ? ATTACH_STDOUT : ATTACH_STDERR;
    log_write(&m->log, stream, m->chunk, n);
    for (unsigned k = 0; k < CLIENT_LIMIT; k++) {
        struct client *c = &m->clients[k];
        if (c->used && (c->streams & bit) != 0) {
            client_send(m, c, stream == 0 ? FRAME_STDOUT : FRAME_STDERR, m->chunk - FRAME_HEADER, n);
        }
    }
}

long monitor_read_output(struct monitor *m, unsigned stream) {
    int *fd = stream == 0 ? &m->block.out : &m->block.err;
    long n = sys_read(*fd, m->chunk, CHUNK);
    if (n > 0) {
        publish(m, stream, (size_t)n);
    } else if (n == -EIO && (m->block.flags & BLOCK_TERMINAL) != 0) {
        m->quiet_until = sys_now_ms() + QUIET_MS; /* nobody has the terminal open; somebody may open it again */
    } else if (n != -EAGAIN) {
        sys_close(*fd);
        *fd = -1;
        return 0;
    }
    return n;
}

/* A shim that waits for us to take an event writes nothing meanwhile. */
static void wait_for_output(struct monitor *m, struct pollfd *fd, int64_t until) {
    if (m->shim != NULL) {
        forward_poll(&m->ctx->shim->forward, fd, 1, until);
    } else {
        sys_poll(fd, 1, (int)(until - sys_now_ms()));
    }
}

void monitor_drain(struct monitor *m, unsigned stream) {
    bool more = m->shim != NULL || (m->block.flags & BLOCK_TERMINAL) != 0; /* may be on its way through the terminal, or through the shim */
    int64_t until = sys_now_ms() + (m->shim != NULL ? SHIM_DRAIN_MS : DRAIN_MS);
    size_t total = 0;
    while (total < DRAIN_MOST && (stream == 0 ? m->block.out : m->block.err) >= 0) {
        long n = monitor_read_output(m, stream);
        if (n == -EAGAIN && more && sys_now_ms() < until) {
            struct pollfd fd = {.fd = stream == 0 ? m->block.out : m->block.err, .events = POLLIN};
            wait_for_output(m, &fd, until);
        } else if (n <= 0) {
            return;
        } else {
            total += (size_t)n;
        }
    }
}
