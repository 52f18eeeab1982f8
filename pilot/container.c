/* What follows the conversation with the JVM: the container is started, or joined, and the launcher is its client. See launcher.h. */
#include "launcher.h"
#include "attach.h"
#include "terminal.h"

enum { EXIT_NOT_JOINED = 1, FAILURE_BYTES = sizeof(struct failure) };

static const char NOT_JOINED[] = "wherry: the container has ended meanwhile, or its monitor takes nobody: errno ";

/* Until the pilot says how it went: true STARTED; else l->failure is filled. Signals that come meanwhile are kept in *pending. */
static bool await_start(struct launcher *l, int socket, uint64_t *pending) {
    uint8_t bytes[FRAME_HEADER + FAILURE_BYTES + 64];
    struct frame_reader reader = {.bytes = bytes, .limit = sizeof bytes};
    struct pollfd fds[2] = {{.fd = socket, .events = POLLIN}, {.fd = l->signals, .events = POLLIN}};
    uint32_t info[32];
    l->failure = (struct failure){.strand = UINT32_MAX, .instruction = UINT32_MAX, .argument = UINT32_MAX, .error = EPIPE};
    text_copy(l->failure.text, sizeof l->failure.text, "the pilot ended without a report");
    for (;;) {
        sys_poll(fds, 2, -1);
        while (sys_read(l->signals, info, sizeof info) == sizeof info) {
            *pending |= BIT(info[0]);
        }
        int result = frame_read(&reader, socket);
        if (result < 0) {
            return false;
        }
        if (result == 1 && bytes[0] == FRAME_STARTED) {
            return true;
        }
        if (result == 1 && bytes[0] == FRAME_FAILED && reader.have == FRAME_HEADER + FAILURE_BYTES) {
            memcpy(&l->failure, bytes + FRAME_HEADER, FAILURE_BYTES);
            l->failure.text[sizeof l->failure.text - 1] = 0;
            return false;
        }
        reader.have = result == 1 ? 0 : reader.have;
    }
}

static void print_id(const struct launcher *l, uint32_t flags) {
    if ((flags & RUN_PRINT_ID) != 0 || (flags & (RUN_DETACHED | RUN_QUIET)) == RUN_DETACHED) {
        write_all(1, l->id, text_length(l->id));
        write_all(1, "\n", 1);
    }
}

static uint32_t wanted_streams(uint32_t flags) {
    return ATTACH_PRIMARY | ((flags & RUN_STDIN) != 0 ? ATTACH_STDIN : 0) | ((flags & RUN_NO_STDOUT) != 0 ? 0 : ATTACH_STDOUT) |
        ((flags & RUN_NO_STDERR) != 0 ? 0 : ATTACH_STDERR);
}

/* As the client `attach`, until the container ends or is left. */
static int follow(struct launcher *l, struct attach *attach) {
    struct terminal terminal = {.fd = -1};
    uint32_t flags = l->word.flags;
    attach->signals = l->signals;
    attach->keeps_signals = (flags & RUN_KEEPS_SIGNALS) != 0;
    attach->terminal = (flags & RUN_TERMINAL) != 0;
    attach->keys = l->word.keys;
    if (attach->terminal && (flags & RUN_STDIN) != 0) {
        terminal_raw(&terminal, 0);
    }
    int code = attach_run(attach);
    terminal_restore(&terminal);
    if (attach->words != NULL && (flags & RUN_QUIET) == 0) {
        say(attach->words);
    }
    return code;
}

int run_container(struct launcher *l) {
    bool detached = (l->word.flags & RUN_DETACHED) != 0;
    struct attach attach = {.streams = wanted_streams(l->word.flags) | ATTACH_ONCE};
    struct pilot pilot = {0};
    int sockets[2];
    memcpy(l->id, l->word.name, l->word.name_length);
    l->id[l->word.name_length] = 0;
    struct pilot_start start = requested(l, 0);
    int result = pilot_socket(sockets);
    if (result == 0) {
        result = stepping_open(&l->stepping, &start);
    }
    if (result == 0) {
        if (!detached) {
            attach_greet(sockets[0], attach.streams); /* before the pilot can become a monitor: no output may pass unseen */
        }
        start.socket = sockets[1];
        result = pilot_spawn(&pilot, &start);
    }
    if (result < 0) {
        say_number(NO_PILOT, (uint64_t)-result);
        return EXIT_OWN;
    }
    sys_free_pages(l->request.bytes, REQUEST_LIMIT);
    l->request.bytes = NULL;
    int code;
    attach.socket = sockets[0];
    if (l->stepping.texts != NULL) {
        stepping_run(&l->stepping, sockets[0], l->signals, ENDING, &attach.pending);
        stepping_forget(&l->stepping); /* a second try is not watched */
    }
    if (await_start(l, sockets[0], &attach.pending)) {
        print_id(l, l->word.flags);
        code = detached ? 0 : follow(l, &attach);
    } else {
        sys_wait4(pilot.pid, NULL, 0);
        code = (attach.pending & ENDING) != 0 ? EXIT_SIGNALLED + __builtin_ctzll(attach.pending & ENDING) + 1 : -1;
    }
    sys_close(sockets[0]);
    sys_close(pilot.pidfd);
    return code;
}

int join_container(struct launcher *l) {
    struct attach attach = {.streams = wanted_streams(l->word.flags), .redraw = true};
    attach.socket = join_monitor(l->word.name, l->word.name_length);
    if (attach.socket < 0) {
        say_number(NOT_JOINED, (uint64_t)-attach.socket);
        return EXIT_NOT_JOINED;
    }
    attach_greet(attach.socket, attach.streams);
    return follow(l, &attach);
}
