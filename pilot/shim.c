/* See shim.h. Everything but the answer to Wait has its time; what comes is bounded; who does not keep to the protocol is lost. */
#include "shim.h"
#include "frame.h"

enum { SAID_LIMIT = 4096, START_MS = 30000, REQUEST_MS = 5000, STREAM_LAST = INT32_MAX };
enum { CODE_DEADLINE = 4, CODE_NOT_FOUND = 5, CODE_EXISTS = 6, CODE_UNIMPLEMENTED = 12 };

/* frames */

/* Whoever publishes an event before the answer is answered meanwhile. */
static int ready(struct shim *s, int fd, int events, int64_t until) {
    struct pollfd poll = {.fd = fd, .events = (short)events};
    return forward_poll(&s->forward, &poll, 1, until) == 0 ? -ETIMEDOUT : 0;
}

static int send_request(struct shim *s, int socket, const uint8_t *bytes, size_t length, int64_t until) {
    while (length > 0) {
        long n = send_with(socket, bytes, length, -1, MSG_DONTWAIT);
        if (n == -EAGAIN) {
            TRY(ready(s, socket, POLLOUT, until));
            continue;
        }
        bytes += TRY(n);
        length -= (size_t)n;
    }
    return 0;
}

/* 1 once a frame is whole, 0 while more must come, or -errno. */
static int receive(struct shim *s, int socket) {
    for (;;) {
        size_t whole = TTRPC_HEADER;
        if (s->have >= TTRPC_HEADER) {
            struct ttrpc_header header = ttrpc_header(s->bytes);
            if (header.length > TTRPC_ANSWER || header.type != TTRPC_RESPONSE || header.stream > s->stream) {
                return -EPROTO;
            }
            whole += header.length;
            if (s->have == whole) {
                return 1;
            }
        }
        long n = sys_read(socket, s->bytes + s->have, whole - s->have);
        if (n == -EAGAIN) {
            return 0;
        }
        s->have += (size_t)TRY(n == 0 ? -ECONNRESET : n);
    }
}

/* Takes a whole frame: 1 if it is the answer on `stream`, 0 if it is Wait's, or one that nobody waits for any more; or -errno. */
static int take(struct shim *s, uint32_t stream, struct ttrpc_answer *answer) {
    struct ttrpc_header header = ttrpc_header(s->bytes);
    s->have = 0;
    if (!ttrpc_answer(s->bytes + TTRPC_HEADER, header.length, answer)) {
        return -EPROTO;
    }
    if (header.stream == s->wait && !s->ended) {
        TRY(answer->code != 0 ? -EPROTO : 0);
        s->ended = true;
        s->code = answer->number < UINT8_MAX ? (uint32_t)answer->number : UINT8_MAX;
        return 0;
    }
    return header.stream == stream;
}

static int answered(const struct ttrpc_answer *answer) {
    switch (answer->code) {
    case 0:
        return 0;
    case CODE_NOT_FOUND:
        return -ESRCH;
    case CODE_EXISTS:
        return -EEXIST;
    case CODE_DEADLINE:
        return -ETIMEDOUT;
    case CODE_UNIMPLEMENTED:
        return -EOPNOTSUPP;
    default:
        return -EREMOTEIO;
    }
}

static int ask(struct shim *s, int socket, uint8_t *request, size_t length, uint32_t milliseconds, struct ttrpc_answer *answer) {
    int64_t until = sys_now_ms() + (milliseconds == 0 ? REQUEST_MS : milliseconds);
    TRY(s->lost || s->stream >= STREAM_LAST - 2 ? -ECONNRESET : 0);
    s->stream += s->stream == 0 ? 1 : 2;
    ttrpc_address(request, s->stream, s->version);
    int result = send_request(s, socket, request, length, until);
    if (result == 0 && milliseconds == 0) {
        s->wait = s->stream;
        return 0;
    }
    for (int came = 0; result == 0 && came == 0;) {
        came = receive(s, socket);
        if (came > 0) {
            came = take(s, s->stream, answer);
        } else if (came == 0) {
            result = ready(s, socket, POLLIN, until);
        }
        result = came < 0 ? came : result;
    }
    s->lost |= result < 0 && result != -ETIMEDOUT;
    return result < 0 ? result : answered(answer);
}

int shim_request(struct context *ctx, const struct shim_block *block, enum shim_request which, const uint8_t *tail, size_t length) {
    struct ttrpc_answer answer;
    uint32_t whole = block->requests[which].length;
    uint8_t *request = (uint8_t *)ctx->program.data + block->requests[which].at;
    if (whole < length + TTRPC_VERSION_AT) {
        return -EOPNOTSUPP;
    }
    memcpy(request + whole - length, tail, length);
    return ask(ctx->shim, block->socket, request, whole, REQUEST_MS, &answer);
}

bool shim_look(struct context *ctx, const struct shim_block *block) {
    struct shim *s = ctx->shim;
    struct ttrpc_answer answer;
    int came = 1;
    while (!s->ended && !s->lost && came > 0) {
        came = receive(s, block->socket);
        if (came > 0 && take(s, 0, &answer) < 0) {
            came = -EPROTO;
        }
        s->lost |= came < 0;
    }
    return s->ended || s->lost;
}

/* instructions */

/* What the child prints until it ends: its length, or -errno. */
static int read_said(struct context *ctx, int pipe, int child, uint8_t said[SAID_LIMIT]) {
    int64_t until = sys_now_ms() + START_MS;
    size_t length = 0;
    long n = 1;
    bool ended = child < 0;
    set_nonblocking(pipe);
    while (n > 0 || !ended) {
        struct pollfd fds[2] = {{.fd = n == 0 ? -1 : pipe, .events = POLLIN}, {.fd = child, .events = POLLIN}};
        if (!ended && forward_poll(&ctx->shim->forward, fds, 2, until) == 0) {
            failure_text(ctx, "no address came in 30 s");
            return -ETIMEDOUT;
        }
        ended = ended || fds[1].revents != 0;
        n = n == 0 ? 0 : sys_read(pipe, said + length, SAID_LIMIT - length);
        length += n > 0 ? (size_t)n : 0;
        if (length == SAID_LIMIT) {
            failure_text(ctx, "more than 4 KiB of an address");
            return -EMSGSIZE;
        }
        if (n == -EAGAIN) {
            n = ended ? 0 : 1; /* whoever it left behind may hold the pipe */
        }
        TRY(n);
    }
    return (int)length;
}

/* So that executions find it: a BootstrapResult in JSON. */
static int write_address(int folder, const struct shim_address *address) {
    char text[SHIM_PATH + 64];
    CLOSING int fd = (int)TRY(sys_openat(folder, "shim", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600));
    char *end = text_pair(text, "{\"version\":", address->version);
    text_copy(end, sizeof text - 32, ",\"address\":\"unix://");
    text_copy(text + text_length(text), SHIM_PATH, address->path);
    text_copy(text + text_length(text), 4, "\"}\n");
    return write_all(fd, text, text_length(text));
}

static long connect_to(const struct shim_address *address) {
    struct {
        uint16_t family;
        char path[SHIM_PATH];
    } name = {.family = AF_UNIX};
    CLOSING int fd = (int)TRY(SYS(socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    memcpy(name.path, address->path, sizeof name.path);
    TRY(SYS(connect, fd, &name, sizeof name));
    int kept = fd;
    fd = -1;
    return kept;
}

/* As if nothing had been heard of any shim before. */
static int begin(struct context *ctx, const struct instruction *i) {
    struct shim *s = ctx->shim == NULL ? sys_pages(sizeof *s) : ctx->shim;
    if (sys_failed(s)) {
        return -ENOMEM;
    }
    forward_end(&s->forward);
    *s = (struct shim){.forward = {.listener = fd_at(i, 3), .service = (const uint8_t *)ctx->program.data + i->operands[4]}};
    ctx->shim = s;
    return 0;
}

int op_shim(struct context *ctx, const struct instruction *i) {
    uint8_t said[SAID_LIMIT];
    struct shim_address address = {0};
    int child = fd_at(i, 1);
    TRY(begin(ctx, i));
    int length = TRY(read_said(ctx, fd_at(i, 0), child, said));
    TRY(child < 0 ? 0 : await_child(ctx, child));
    const char *wrong = shim_address(said, (size_t)length, &address);
    if (wrong != NULL) {
        failure_text(ctx, wrong);
        return -EPROTO;
    }
    failure_text(ctx, address.path);
    ctx->shim->version = address.version;
    long socket = TRY(connect_to(&address));
    TRY(fd_at(i, 2) < 0 ? 0 : write_address(fd_at(i, 2), &address));
    return place_fd(socket, i->dst);
}

/* The end of what the shim says, as causes stand last there. */
static void words_of_shim(struct context *ctx, const struct ttrpc_answer *answer) {
    char text[sizeof ctx->failure.text];
    size_t room = sizeof text - 1;
    size_t n = answer->message_length < room ? answer->message_length : room;
    memcpy(text, answer->message + answer->message_length - n, n);
    text[n] = 0;
    failure_text(ctx, text);
    ctx->failure.flags |= n < answer->message_length ? FAILURE_CUT : 0;
}

int op_ask(struct context *ctx, const struct instruction *i) {
    struct ttrpc_answer answer = {.message = ""};
    int result = ctx->shim == NULL ? -EBADF
        : ask(ctx->shim, fd_at(i, 0), (uint8_t *)ctx->program.data + i->operands[1], i->operands[2], (uint32_t)i->operands[3], &answer);
    if (result < 0) {
        words_of_shim(ctx, &answer);
        return result;
    }
    if (i->dst == DST_NONE) {
        return 0;
    }
    TRY(answer.number > 1 && answer.number < INT32_MAX ? 0 : -EPROTO);
    ctx->last_pid = (int)answer.number;
    long pidfd = SYS(pidfd_open, ctx->last_pid, 0);
    return pidfd == -ESRCH ? 0 : place_fd(pidfd, i->dst); /* it has ended already: Wait tells how */
}
