/* See stepping.h. */
#include "stepping.h"

enum { QUESTION = 8, ASIDE_MS = 50, SO_PASSCRED_ = 16, SCM_CREDENTIALS_ = 2, RUN = 0, RUN_ON = 1 };
enum { POLL_PILOT, POLL_SIGNALS, POLL_STRANDS, POLL_INPUT = POLL_STRANDS + STEPPED_STRANDS, POLL_COUNT };

static const char HELP[] = "Each newline runs the instruction that is shown. `c` and a newline runs all that is left; `q`, or the end of the input, ends the start.\n"
                           "Behind each: what went (-) and what came (+) of the process's namespaces, ids, capabilities, control groups and mounts.\n";

/* The kernel's words for the control message that says who sent it. */
struct sender {
    size_t length;
    int level;
    int type;
    int pid;
    uint32_t uid;
    uint32_t gid;
    int pad;
};

static void print(const char *text) {
    write_all(2, text, text_length(text));
}

bool stepping_texts(struct stepping *stepping, const uint8_t *texts, size_t length) {
    if (stepping->texts != NULL || length == 0 || texts[length - 1] != 0) {
        return false;
    }
    stepping->texts = sys_pages(length);
    if (sys_failed(stepping->texts)) {
        stepping->texts = NULL;
        return false;
    }
    memcpy(stepping->texts, texts, length);
    stepping->length = length;
    return true;
}

void stepping_forget(struct stepping *stepping) {
    sys_free_pages(stepping->texts, stepping->length);
    *stepping = (struct stepping){0};
}

static const char *text_of(const struct stepping *stepping, uint32_t instruction) {
    size_t at = 0;
    for (; instruction > 0 && at < stepping->length; instruction--) {
        at += text_length(stepping->texts + at) + 1;
    }
    return at < stepping->length ? stepping->texts + at : "        an instruction without a text\n";
}

int stepping_open(struct stepping *stepping, struct pilot_start *start) {
    int *const theirs[STEPPED_STRANDS] = {&start->stream, &start->replies};
    int on = 1;
    for (unsigned k = 0; stepping->texts != NULL && k < STEPPED_STRANDS; k++) {
        int pair[2];
        TRY(SYS(socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
        TRY(SYS(setsockopt, pair[0], SOL_SOCKET, SO_PASSCRED_, &on, sizeof on));
        stepping->strands[k] = (struct stepped){.socket = pair[0]};
        *theirs[k] = pair[1];
        TRY(snapshot_room(&stepping->strands[k].seen));
    }
    return 0;
}

static void close_strand(struct stepped *strand) {
    if (strand->socket >= 0) {
        sys_close(strand->socket);
    }
    strand->socket = -1;
    strand->asks = false;
}

/* A question of a strand, or its end: the descriptor closes when its process executes the program, and when it dies. */
static void hear(struct stepping *s, struct stepped *strand) {
    uint32_t words[2] = {0};
    struct sender sender = {0};
    struct iovec part = {.iov_base = words, .iov_len = sizeof words};
    struct msghdr message = {.parts = &part, .part_count = 1, .control = &sender, .control_length = sizeof sender};
    if (sys_recvmsg(strand->socket, &message, MSG_DONTWAIT) != QUESTION || sender.type != SCM_CREDENTIALS_) {
        close_strand(strand);
        print(strand == &s->strands[0] || s->runs_on ? "" : "        (strand 1 asks no more: its process executes the program, or has ended)\n");
        return;
    }
    strand->pid = sender.pid;
    strand->at = words[0];
    strand->error = words[1];
    strand->asks = true;
}

static void answer(struct stepped *strand, uint8_t what) {
    strand->asks = false;
    if (sys_write(strand->socket, &what, 1) != 1) {
        close_strand(strand);
    }
}

/* Waits for something; false: the start is over, or is to be. */
static bool listen(struct stepping *s, struct pollfd fds[POLL_COUNT], bool input, int milliseconds, uint64_t ending, uint64_t *pending) {
    uint32_t info[32];
    for (unsigned k = 0; k < STEPPED_STRANDS; k++) {
        struct stepped *strand = &s->strands[k];
        fds[POLL_STRANDS + k] = (struct pollfd){.fd = strand->asks ? -1 : strand->socket, .events = POLLIN};
    }
    fds[POLL_INPUT] = (struct pollfd){.fd = input ? 0 : -1, .events = POLLIN};
    if (sys_poll(fds, POLL_COUNT, milliseconds) <= 0) {
        fds[POLL_INPUT].revents = 0;
        return true;
    }
    while (fds[POLL_SIGNALS].revents != 0 && sys_read(fds[POLL_SIGNALS].fd, info, sizeof info) == sizeof info) {
        *pending |= UINT64_C(1) << (info[0] - 1);
    }
    for (unsigned k = 0; k < STEPPED_STRANDS; k++) {
        if (fds[POLL_STRANDS + k].revents != 0) {
            hear(s, &s->strands[k]);
        }
    }
    return fds[POLL_PILOT].revents == 0 && (*pending & ending) == 0;
}

/* The strand that was served last goes on, unless it waits for the other: then *milliseconds are left to see that, -1 without an end. */
static struct stepped *choose(struct stepping *s, struct stepped *last, int64_t served, int *milliseconds) {
    struct stepped *other = last == &s->strands[0] ? &s->strands[1] : &s->strands[0];
    int64_t left = served + ASIDE_MS - sys_now_ms();
    bool waits = last->socket < 0 || (left <= 0 && sleeps(last->pid));
    struct stepped *next = last->asks ? last : other->asks && waits ? other : NULL;
    *milliseconds = next != NULL ? 0 : !other->asks ? -1 : left > 0 ? (int)left : ASIDE_MS;
    return next;
}

static void show(struct stepping *s, struct stepped *strand) {
    struct snapshot now;
    char line[64];
    struct stepped *parent = &s->strands[0];
    if (snapshot_room(&now) < 0) {
        return;
    }
    snapshot_take(&now, strand->pid, strand->known ? &strand->seen : NULL);
    if (strand->pid != s->shown) { /* the first time, and when it is its turn again */
        text_copy(text_pair(line, "\nprocess ", (uint64_t)strand->pid), 2, "\n");
        print(line);
        s->shown = strand->pid;
    }
    if (strand->error != 0) {
        text_copy(text_pair(line, "        = errno ", strand->error), 30, ", which the program expects\n");
        print(line);
    }
    if (strand->known || strand != parent) {
        snapshot_differences(strand->known ? &strand->seen : &parent->seen, &now);
    }
    sys_free_pages(strand->seen.text, SNAPSHOT_LIMIT);
    strand->seen = now;
    strand->known = true;
    print(text_of(s, strand->at));
}

/* A line of the person's: its first byte, or 'q' at the end of the input; 0: the start is over. */
static uint8_t read_line(struct stepping *s, struct pollfd fds[POLL_COUNT], uint64_t ending, uint64_t *pending) {
    uint8_t first = 0;
    uint8_t byte = 0;
    while (listen(s, fds, true, -1, ending, pending)) {
        long n = fds[POLL_INPUT].revents == 0 ? -EAGAIN : sys_read(0, &byte, 1);
        if (n == -EAGAIN) {
            continue;
        }
        if (n <= 0) {
            return 'q';
        }
        first = first == 0 ? byte : first;
        if (byte == '\n') {
            return first;
        }
    }
    return 0;
}

void stepping_run(struct stepping *s, int pilot, int signals, uint64_t ending, uint64_t *pending) {
    struct pollfd fds[POLL_COUNT] = {{.fd = pilot, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    struct stepped *last = &s->strands[0];
    struct stepped *next = NULL;
    int64_t served = 0;
    int milliseconds = -1;
    print(HELP);
    while (listen(s, fds, false, milliseconds, ending, pending)) {
        next = choose(s, last, served, &milliseconds);
        if (next == NULL) {
            continue;
        }
        last = next;
        if (!s->runs_on) {
            show(s, next);
            uint8_t word = read_line(s, fds, ending, pending);
            if (word == 0 || word == 'q') {
                break;
            }
            s->runs_on = word == 'c';
        }
        answer(next, s->runs_on ? RUN_ON : RUN);
        served = sys_now_ms();
        milliseconds = 0;
    }
    for (unsigned k = 0; k < STEPPED_STRANDS; k++) {
        close_strand(&s->strands[k]);
        sys_free_pages(s->strands[k].seen.text, SNAPSHOT_LIMIT);
    }
}
