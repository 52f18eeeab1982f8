/* See attach.h. */
#include "attach.h"
#include "terminal.h"

enum {
    FRAME_LIMIT = 256 << 10, INPUT_LIMIT = 32 << 10, OUTBOX_SIZE = INPUT_LIMIT + 4096, OUTPUT_PIECE = 4096 /* POLLOUT promises a pipe's page */,
    EXIT_LOST = 137, EXIT_BROKEN = 125, EXIT_SIGNALLED = 128, EXIT_PAYLOAD = 24, GOES_ON = -1,
};

static const char LOST[] = "wherry: the container's monitor was lost\n";
static const char UNREADABLE[] = "wherry: what the container's monitor said is not understood\n";
static const char UNWRITABLE[] = "wherry: the output cannot be written\n";

struct client {
    struct attach *attach;
    struct frame_reader reader;
    size_t written;    /* of the payload of the frame in `reader` */
    bool writing;      /* that frame is output */
    struct outbox outbox;
    uint8_t *input;
    bool attached;     /* the monitor said so: before, it would take input for nonsense */
    bool in_flight;    /* the last input has not been taken yet */
    bool input_ended;
    bool resized;
};

int attach_greet(int socket, uint32_t streams) {
    uint8_t bytes[2 * FRAME_HEADER + 12];
    const uint32_t hello[2] = {FRAME_VERSION, 0};
    struct outbox outbox = {.bytes = bytes, .size = sizeof bytes};
    outbox_frame(&outbox, FRAME_HELLO, hello, sizeof hello, NULL, 0);
    outbox_frame(&outbox, FRAME_ATTACH, &streams, sizeof streams, NULL, 0);
    return outbox_flush(&outbox, socket);
}

/* One piece to the caller: GOES_ON or an exit code. Somebody else may have made the descriptor non-blocking. */
static int write_output(struct client *c) {
    int fd = c->reader.bytes[0] == FRAME_STDERR ? 2 : 1;
    size_t left = c->reader.have - FRAME_HEADER - c->written;
    if (left > 0) {
        long n = sys_write(fd, c->reader.bytes + FRAME_HEADER + c->written, left < OUTPUT_PIECE ? left : OUTPUT_PIECE);
        if (n == -EPIPE) {
            return EXIT_SIGNALLED + SIGPIPE;
        }
        if (n < 0 && n != -EAGAIN) {
            c->attach->words = UNWRITABLE;
            return EXIT_BROKEN;
        }
        c->written += n < 0 ? 0 : (size_t)n;
        left -= n < 0 ? 0 : (size_t)n;
    }
    if (left == 0) {
        c->writing = false;
        c->reader.have = 0;
        c->written = 0;
    }
    return GOES_ON;
}

/* Somebody may be there whom the container waits for: then we look on. */
static void receive_reply(struct client *c, uint32_t type, uint32_t error) {
    if (type == FRAME_STDIN) {
        c->in_flight = false;
        c->input_ended |= error != 0;
    } else if (type == FRAME_ATTACH && error == EBUSY) {
        c->attach->streams &= ~(uint32_t)ATTACH_PRIMARY;
        outbox_frame(&c->outbox, FRAME_ATTACH, &c->attach->streams, 4, NULL, 0);
    } else if (type == FRAME_ATTACH) {
        c->attached = error == 0;
    }
}

static int receive(struct client *c) {
    int result = frame_read(&c->reader, c->attach->socket);
    const uint8_t *payload = c->reader.bytes + FRAME_HEADER;
    if (result < 0) {
        c->attach->words = result == -EMSGSIZE ? UNREADABLE : LOST;
        return EXIT_LOST;
    }
    if (result == 0) {
        return GOES_ON;
    }
    size_t length = c->reader.have - FRAME_HEADER;
    switch (c->reader.bytes[0]) {
    case FRAME_STDOUT:
    case FRAME_STDERR:
        c->writing = true;
        return GOES_ON;
    case FRAME_EXIT:
        return length == EXIT_PAYLOAD ? (int)(get_u32(payload) & 0xff) : EXIT_LOST;
    case FRAME_REPLY:
        if (length == 8) {
            receive_reply(c, get_u32(payload), get_u32(payload + 4));
        }
        break;
    default:
        break;
    }
    c->reader.have = 0;
    return GOES_ON;
}

/* One frame of input is under way at a time, so that a signal never waits behind input that the container does not read. */
static int forward_input(struct client *c) {
    uint8_t *raw = c->attach->terminal ? c->input + INPUT_LIMIT + KEYS_LIMIT : c->input;
    size_t length = 0;
    long n = sys_read(0, raw, INPUT_LIMIT);
    if (n == -EAGAIN) {
        return GOES_ON;
    }
    if (n <= 0) { /* the end, or a terminal that is gone */
        c->input_ended = true;
        outbox_frame(&c->outbox, FRAME_STDIN, NULL, 0, NULL, 0);
        return GOES_ON;
    }
    length = (size_t)n;
    if (c->attach->terminal && keys_filter(&c->attach->keys, raw, (size_t)n, c->input, &length)) {
        outbox_frame(&c->outbox, FRAME_DETACH, NULL, 0, NULL, 0);
        outbox_flush(&c->outbox, c->attach->socket);
        return 0;
    }
    if (length > 0) {
        c->in_flight = true;
        outbox_frame(&c->outbox, FRAME_STDIN, NULL, 0, c->input, length);
    }
    return GOES_ON;
}

static void read_signals(struct client *c) {
    uint32_t info[32];
    while (sys_read(c->attach->signals, info, sizeof info) == sizeof info) {
        c->attach->pending |= UINT64_C(1) << (info[0] - 1);
    }
}

static void send_size(struct client *c) {
    uint16_t size[4] = {0};
    if (c->resized && (terminal_size(0, size) || terminal_size(1, size))) {
        if (c->attach->redraw) { /* programs draw when the size changes */
            const uint16_t other[2] = {(uint16_t)(size[0] + 1), (uint16_t)(size[1] + 1)};
            outbox_frame(&c->outbox, FRAME_RESIZE, other, 4, NULL, 0);
        }
        outbox_frame(&c->outbox, FRAME_RESIZE, size, 4, NULL, 0);
        c->attach->redraw = false;
    }
    c->resized = false;
}

/* What signals ask for. A terminal that hung up leaves the container alone. */
static int forward_signals(struct client *c) {
    uint64_t *pending = &c->attach->pending;
    for (uint32_t signal = 1; *pending != 0 && signal <= 64; signal++) {
        uint64_t bit = UINT64_C(1) << (signal - 1);
        if ((*pending & bit) == 0) {
            continue;
        }
        *pending &= ~bit;
        if (signal == SIGCHLD) {
            while (sys_wait4(-1, NULL, 1 /* WNOHANG */) > 0) {
            }
        } else if (signal == SIGWINCH) {
            c->resized = c->attach->terminal;
        } else if ((signal == SIGHUP && c->attach->terminal) || (c->attach->keeps_signals && signal != SIGCONT)) {
            return EXIT_SIGNALLED + (int)signal;
        } else if (!c->attach->keeps_signals) {
            if (!outbox_frame(&c->outbox, FRAME_SIGNAL, &signal, sizeof signal, NULL, 0)) {
                *pending |= bit;
                break;
            }
        }
    }
    send_size(c);
    return GOES_ON;
}

static int turn(struct client *c) {
    const struct attach *a = c->attach;
    bool sending = outbox_waiting(&c->outbox) > 0;
    bool reads = (a->streams & ATTACH_STDIN) != 0 && c->attached && !c->input_ended && !c->in_flight && !sending;
    int output = c->reader.bytes[0] == FRAME_STDERR ? 2 : 1;
    struct pollfd fds[4] = {
        {.fd = a->socket, .events = (short)((c->writing ? 0 : POLLIN) | (sending ? POLLOUT : 0))},
        {.fd = a->signals, .events = POLLIN},
        {.fd = reads ? 0 : -1, .events = POLLIN},
        {.fd = c->writing ? output : -1, .events = POLLOUT},
    };
    if (c->writing && !sending) {
        fds[0].fd = -1; /* the monitor may have hung up behind what it sent */
    }
    if (sys_poll(fds, 4, -1) < 0) {
        return GOES_ON;
    }
    int code = GOES_ON;
    if (fds[1].revents != 0) {
        read_signals(c);
    }
    if (fds[3].revents != 0) {
        code = write_output(c);
    } else if (fds[0].revents != 0 && !c->writing) {
        code = receive(c);
    }
    if (code == GOES_ON && fds[2].revents != 0) {
        code = forward_input(c);
    }
    if (code == GOES_ON) {
        code = forward_signals(c);
    }
    if (code == GOES_ON) {
        int result = outbox_flush(&c->outbox, a->socket);
        if (result < 0 && result != -EAGAIN) { /* gone; receive comes to its last words, then to the end */
            outbox_clear(&c->outbox);
        }
        bool given = c->input_ended && !c->in_flight && outbox_waiting(&c->outbox) == 0;
        code = given && (a->streams & (ATTACH_STDOUT | ATTACH_STDERR)) == 0 ? 0 : code;
    }
    return code;
}

int attach_run(struct attach *attach) {
    size_t size = FRAME_LIMIT + OUTBOX_SIZE + 2 * INPUT_LIMIT + KEYS_LIMIT;
    uint8_t *pages = sys_pages(size);
    int code = GOES_ON;
    if (sys_failed(pages)) {
        attach->words = LOST;
        return EXIT_LOST;
    }
    struct client c = {
        .attach = attach, .resized = attach->terminal, .reader = {.bytes = pages, .limit = FRAME_LIMIT},
        .outbox = {.bytes = pages + FRAME_LIMIT, .size = OUTBOX_SIZE}, .input = pages + FRAME_LIMIT + OUTBOX_SIZE,
    };
    code = forward_signals(&c);
    outbox_flush(&c.outbox, attach->socket);
    while (code == GOES_ON) {
        code = turn(&c);
    }
    sys_free_pages(pages, size);
    return code;
}
