/* The clients of a monitor: who they are, what they send, what waits for them. See monitor.h. */
#include "monitor.h"

enum { HELLO_BYTES = 8 };

static const char CUT[] = "\r\nwherry: cut off here, because the output was not read in time\r\n";

/* who */

void client_add(struct monitor *m, int fd) {
    for (unsigned k = 0; k < CLIENT_LIMIT; k++) {
        struct client *c = &m->clients[k];
        if (!c->used) {
            *c = (struct client){.used = true, .fd = own_fd(m, fd)};
            c->reader = (struct frame_reader){.bytes = c->frame, .limit = sizeof c->frame};
            set_nonblocking(c->fd);
            return;
        }
    }
    sys_close(fd);
}

void client_accept(struct monitor *m) {
    long fd = SYS(accept4, m->block.listener, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0 && peer_is_friend((int)fd)) {
        client_add(m, (int)fd);
    } else if (fd >= 0) {
        sys_close((int)fd);
    }
}

static void free_outbox(struct client *c) {
    if (c->outbox_pages > 0) {
        sys_free_pages(c->outbox.bytes, c->outbox_pages);
    }
    c->outbox = (struct outbox){0};
    c->outbox_pages = 0;
}

void client_drop(struct monitor *m, struct client *c) {
    if (!c->used) {
        return;
    }
    bool last_input = (c->streams & ATTACH_ONCE) != 0 && (c->streams & ATTACH_STDIN) != 0;
    if (c->holds) {
        c->holds = false;
        monitor_let_go(m); /* before its end of the connection sees ours */
    }
    free_outbox(c);
    sys_close(c->fd);
    if (m->input_owner == c - m->clients) {
        m->input_owner = -1;
    }
    *c = (struct client){0};
    if (last_input) {
        monitor_input_end(m);
    }
    if (last_input && (m->block.flags & BLOCK_HANGUP) != 0 && !m->ended) {
        monitor_hang_up(m);
    }
}

bool output_blocked(const struct monitor *m) {
    if (log_waits(&m->log)) {
        return true;
    }
    for (unsigned k = 0; k < CLIENT_LIMIT; k++) {
        if (m->clients[k].used && m->clients[k].primary && outbox_waiting(&m->clients[k].outbox) > 0) {
            return true;
        }
    }
    return false;
}

/* what is sent */

static bool map_outbox(struct client *c, size_t size) {
    uint8_t *pages = sys_pages(size + NOTE_ROOM);
    if (sys_failed(pages)) {
        return false;
    }
    c->outbox = (struct outbox){.bytes = pages, .size = size};
    c->outbox_pages = size + NOTE_ROOM;
    return true;
}

void client_widen(struct monitor *m, struct client *c) {
    struct outbox old = c->outbox;
    size_t pages = c->outbox_pages;
    (void)m;
    if (pages < LAST_OUTBOX && map_outbox(c, LAST_OUTBOX)) {
        memcpy(c->outbox.bytes, old.bytes + old.start, outbox_waiting(&old));
        c->outbox.end = outbox_waiting(&old);
        if (pages > 0) {
            sys_free_pages(old.bytes, pages);
        }
    }
}

static void cut(struct monitor *m, struct client *c) {
    if (c->outbox_pages == 0) { /* no memory */
        client_drop(m, c);
        return;
    }
    c->outbox.size += NOTE_ROOM;
    outbox_frame(&c->outbox, FRAME_STDERR, NULL, 0, CUT, sizeof CUT - 1);
    c->streams = 0;
    c->waits = false;
    c->closing = true;
    client_flush(m, c);
}

void client_send(struct monitor *m, struct client *c, enum frame_type type, uint8_t *frame, size_t length) {
    long sent = 0;
    if (c->closing) {
        return;
    }
    frame_header(frame, type, length);
    length += FRAME_HEADER;
    if (outbox_waiting(&c->outbox) == 0) {
        sent = send_with(c->fd, frame, length, -1, MSG_DONTWAIT);
        if (sent < 0 && sent != -EAGAIN) {
            client_drop(m, c);
            return;
        }
        sent = sent < 0 ? 0 : sent;
    }
    size_t rest = length - (size_t)sent;
    if (rest > 0 && c->outbox_pages == 0) {
        map_outbox(c, c->primary ? (size_t)CHUNK + NOTE_ROOM : OBSERVER_OUTBOX);
    }
    if (!outbox_room(&c->outbox, rest)) {
        cut(m, c);
    } else {
        outbox_add(&c->outbox, frame + sent, rest);
    }
}

void client_tell(struct monitor *m, struct client *c, enum frame_type type, const void *payload, size_t length) {
    uint8_t frame[FRAME_HEADER + CONTROL_LIMIT];
    memcpy(frame + FRAME_HEADER, payload, length);
    client_send(m, c, type, frame, length);
}

void client_flush(struct monitor *m, struct client *c) {
    int result = outbox_flush(&c->outbox, c->fd);
    if (result == -EAGAIN) {
        return;
    }
    if (result < 0 || c->closing) {
        client_drop(m, c);
    } else if (!c->primary) {
        free_outbox(c);
    }
}

/* what is received */

static void reply(struct monitor *m, struct client *c, uint32_t type, int error) {
    const uint32_t payload[2] = {type, (uint32_t)error};
    client_tell(m, c, FRAME_REPLY, payload, sizeof payload);
}

static void pass_pidfd(struct monitor *m, struct client *c) {
    uint8_t bytes[FRAME_HEADER + 8] = {[FRAME_HEADER] = FRAME_PIDFD};
    frame_header(bytes, FRAME_REPLY, 8);
    if (outbox_waiting(&c->outbox) > 0 || send_with(c->fd, bytes, sizeof bytes, first_process(m), MSG_DONTWAIT) != sizeof bytes) {
        reply(m, c, FRAME_PIDFD, EAGAIN);
    }
}

static void hello(struct monitor *m, struct client *c, const uint8_t *payload) {
    const uint32_t own[2] = {FRAME_VERSION, m->block.flags & (BLOCK_TERMINAL | BLOCK_STDIN)};
    c->greeted = get_u32(payload) == FRAME_VERSION;
    if (c->greeted) {
        client_tell(m, c, FRAME_HELLO, own, sizeof own);
    } else {
        reply(m, c, FRAME_HELLO, EPROTO);
        c->closing = true;
    }
}

static void attach(struct monitor *m, struct client *c, uint32_t streams) {
    for (unsigned k = 0; k < CLIENT_LIMIT && (streams & ATTACH_PRIMARY) != 0; k++) {
        if (m->clients[k].used && m->clients[k].primary) {
            reply(m, c, FRAME_ATTACH, EBUSY);
            return;
        }
    }
    c->primary = (streams & ATTACH_PRIMARY) != 0;
    c->streams = streams;
    c->waits = true;
    monitor_event(m, "attach");
    reply(m, c, FRAME_ATTACH, 0);
}

/* A whole frame of fixed size. False: the client does not speak this protocol. */
static bool obey(struct monitor *m, struct client *c) {
    static const struct {
        uint8_t type;
        uint8_t length;
    } known[] = {{FRAME_HELLO, HELLO_BYTES}, {FRAME_ATTACH, 4}, {FRAME_RESIZE, 4}, {FRAME_SIGNAL, 4}, {FRAME_WAIT, 0},
                 {FRAME_PIDFD, 0}, {FRAME_STOP, 8}, {FRAME_PAUSE, 4}, {FRAME_POLICY, 8}, {FRAME_DETACH, 0}, {FRAME_REOPEN, 0}};
    enum frame_type type = (enum frame_type)c->frame[0];
    const uint8_t *payload = c->frame + FRAME_HEADER;
    bool fits = false;
    for (unsigned k = 0; k < sizeof known / sizeof known[0]; k++) {
        fits |= known[k].type == type && known[k].length == frame_length(c->frame);
    }
    if (!fits || c->greeted == (type == FRAME_HELLO)) {
        return false;
    }
    switch (type) {
    case FRAME_HELLO:
        hello(m, c, payload);
        break;
    case FRAME_ATTACH:
        attach(m, c, get_u32(payload));
        break;
    case FRAME_WAIT:
        c->waits = true;
        break;
    case FRAME_PIDFD:
        pass_pidfd(m, c);
        break;
    case FRAME_DETACH:
        monitor_event(m, "detach");
        c->streams = 0; /* whoever comes back finds the input open */
        c->closing = true;
        break;
    default: {
        int error = monitor_request(m, type, payload);
        c->holds |= error == 0 && type == FRAME_PAUSE && get_u32(payload) == PAUSE_HOLD;
        reply(m, c, type, error);
    }
    }
    return true;
}

/* The header of a STDIN frame has come. */
static bool begin_input(struct monitor *m, struct client *c) {
    if (!c->greeted || (c->streams & ATTACH_STDIN) == 0) {
        return false;
    }
    c->input_left = frame_length(c->frame);
    c->reader.have = 0;
    if (c->input_left == 0) {
        monitor_input_end(m);
    } else if (m->input_at == m->input_end) {
        monitor_input(m, c);
    }
    return true;
}

static bool is_input(const struct client *c) {
    return c->reader.have == FRAME_HEADER && c->frame[0] == FRAME_STDIN;
}

void client_read(struct monitor *m, struct client *c) {
    if (c->input_left > 0) {
        monitor_input(m, c);
        return;
    }
    size_t whole = c->reader.limit;
    if (c->reader.have < FRAME_HEADER) {
        c->reader.limit = FRAME_HEADER; /* the payload of STDIN goes elsewhere */
    }
    int result = frame_read(&c->reader, c->fd);
    c->reader.limit = whole;
    bool good = result >= 0 || (result == -EMSGSIZE && c->reader.have == FRAME_HEADER && frame_length(c->frame) <= CONTROL_LIMIT);
    if (is_input(c)) {
        good = begin_input(m, c);
    } else if (result == 1) {
        c->reader.have = 0;
        good = obey(m, c);
    }
    if (!good || (c->used && c->closing && outbox_waiting(&c->outbox) == 0)) {
        client_drop(m, c);
    }
}
