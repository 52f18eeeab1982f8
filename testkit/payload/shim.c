/*
 * A containerd shim that is none: `containerd-shim-WORD-v1` does what its word says (the tests make links to it). Its container is a process that writes `up` and waits for a signal.
 *   good     answers as it should
 *   silent   never answers            garbage  answers Create with what is no message
 *   longest  claims a frame of 4 MiB  half     closes in the middle of an answer
 *   lying    says that its process is 1
 *   mute     prints no address        loud     prints 1 MiB as its address
 *   failing  says why and exits with 1
 *   stuck    does all, and hangs in `delete`
 *   telling  insists on a service for its events: publishes two before each of its answers, one in pieces, and wants both taken; asks there for what is not an event, and wants that refused
 *   babbling says things there that are no frames, leaves frames half, and answers once all of that is hung up on
 *   flooding floods it through as many connections as it gets, reads nothing, and does not end with that
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EVENTS_FLOODED = 12, LONG = 100000, HEADER = 10, METHOD = 36 /* its length, behind header and service */, FRAME = 1 << 16, TICK = 20 };

struct shim {
    const char *word;
    int client;
    pid_t container;
    uint32_t wait; /* stream */
};

static uint8_t frame[FRAME];

static int is(const struct shim *s, const char *word) {
    return strcmp(s->word, word) == 0;
}

/* events */

static int connect_events(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = getenv("TTRPC_ADDRESS");
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path == NULL ? "" : path);
    return connect(fd, (struct sockaddr *)&address, sizeof address) < 0 ? -1 : fd;
}

/* A request of that length at least; its length. */
static size_t request(uint8_t *to, uint32_t stream, const char *service, const char *method, size_t least) {
    size_t n = HEADER + 4 + strlen(service) + strlen(method);
    size_t length = n > least ? n : least;
    memset(to, 'x', length);
    memset(to, 0, HEADER);
    for (unsigned k = 0; k < 4; k++) {
        to[k] = (uint8_t)((length - HEADER) >> (24 - 8 * k));
        to[4 + k] = (uint8_t)(stream >> (24 - 8 * k));
    }
    to[8] = 1;
    to[HEADER] = 0x0A;
    to[HEADER + 1] = (uint8_t)strlen(service);
    memcpy(to + HEADER + 2, service, strlen(service));
    to[n - strlen(method) - 2] = 0x12;
    to[n - strlen(method) - 1] = (uint8_t)strlen(method);
    memcpy(to + n - strlen(method), method, strlen(method));
    return length;
}

static size_t event(uint8_t *to, uint32_t stream, size_t least) {
    return request(to, stream, "containerd.services.events.ttrpc.v1.Events", "Forward", least);
}

/* The whole answer: its body's length, or -1 if it is none to that request. */
static int answer_to(int fd, uint32_t stream, uint8_t body[64]) {
    uint8_t header[HEADER];
    if (recv(fd, header, HEADER, MSG_WAITALL) != HEADER || header[8] != 2 || header[7] != stream || header[3] > 64) {
        return -1;
    }
    return recv(fd, body, header[3], header[3] == 0 ? MSG_DONTWAIT : MSG_WAITALL) == header[3] || header[3] == 0 ? header[3] : -1;
}

static void tell(void) {
    static uint8_t bytes[LONG];
    static uint32_t stream = 1;
    static int fd = -1;
    uint8_t body[64];
    fd = fd < 0 ? connect_events() : fd;
    size_t n = event(bytes, stream, 0);
    for (size_t at = 0; at < n; at++) {
        (void)!send(fd, bytes + at, 1, MSG_NOSIGNAL);
    }
    int small = answer_to(fd, stream, body);
    n = event(bytes, stream + 2, LONG);
    (void)!send(fd, bytes, n, MSG_NOSIGNAL);
    int large = answer_to(fd, stream + 2, body);
    n = request(bytes, stream + 4, "containerd.services.events.ttrpc.v1.Events", "Subscribe", 0);
    (void)!send(fd, bytes, n, MSG_NOSIGNAL);
    int other = answer_to(fd, stream + 4, body);
    if (small != 0 || large != 0 || other < 4 || body[0] != 0x0A || body[2] != 0x08 || body[3] != 12) {
        exit(1);
    }
    stream = stream % 120 + 6;
}

static void babble(void) {
    static uint8_t garbage[LONG];
    memset(garbage, 0xFF, sizeof garbage);
    for (unsigned kind = 0; kind < 4; kind++) {
        int fd = connect_events();
        size_t n = kind == 0 ? sizeof garbage : event(garbage, 1, 0);
        garbage[8] = kind == 1 ? 2 : garbage[8]; /* an answer to nothing */
        garbage[0] = kind == 2 ? 0x7F : garbage[0]; /* 2 GiB */
        (void)!send(fd, garbage, kind == 3 ? n - 1 : n, MSG_NOSIGNAL);
        if (kind < 3 && recv(fd, garbage, sizeof garbage, 0) > 0) {
            exit(1);
        }
        if (kind < 3) {
            close(fd);
        }
    }
}

static void flood(void) {
    uint8_t bytes[128];
    size_t n = event(bytes, 1, 0);
    for (int k = 0; k < EVENTS_FLOODED; k++) {
        if (fork() == 0) {
            for (int fd = connect_events();; close(fd), fd = connect_events()) {
                while (send(fd, bytes, n, MSG_NOSIGNAL) > 0) {
                }
            }
        }
    }
}

static void publish(const struct shim *s) {
    if (is(s, "telling")) {
        tell();
    } else if (is(s, "babbling")) {
        babble();
    }
}

/* the task */

static void send_frame(const struct shim *s, uint32_t length, uint32_t stream, const uint8_t *bytes, size_t sent) {
    uint8_t whole[HEADER + 64] = {0};
    for (unsigned k = 0; k < 4; k++) {
        whole[k] = (uint8_t)(length >> (24 - 8 * k));
        whole[4 + k] = (uint8_t)(stream >> (24 - 8 * k));
    }
    whole[8] = 2;
    memcpy(whole + HEADER, bytes, sent);
    (void)!send(s->client, whole, HEADER + sent, MSG_NOSIGNAL);
}

/* Response {2: {1: number}}, the number as five bytes of seven bits. */
static void answer(const struct shim *s, uint32_t stream, uint32_t number) {
    uint8_t bytes[8] = {0x12, 6, 0x08};
    for (unsigned k = 0; k < 5; k++) {
        bytes[3 + k] = (uint8_t)((number >> 7 * k & 0x7F) | (k < 4 ? 0x80 : 0));
    }
    send_frame(s, sizeof bytes, stream, bytes, sizeof bytes);
}

static void create(struct shim *s, uint32_t stream) {
    static const uint8_t garbage[64] = {0xFF, 0xFF, 0xFF};
    if (is(s, "garbage")) {
        send_frame(s, sizeof garbage, stream, garbage, sizeof garbage);
    } else if (is(s, "longest")) {
        send_frame(s, 4 << 20, stream, garbage, sizeof garbage);
    } else if (is(s, "half")) {
        send_frame(s, 32, stream, garbage, 7);
        exit(1);
    } else if (!is(s, "silent")) {
        answer(s, stream, 2);
    }
}

static void start(struct shim *s, uint32_t stream) {
    int out = open("stdout", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    s->container = fork();
    if (s->container == 0) {
        dup2(out, 1);
        (void)!write(1, "up\n", 3);
        pause();
        _exit(0);
    }
    close(out);
    FILE *file = fopen("container", "w");
    if (file != NULL) {
        fprintf(file, "%d", s->container);
        fclose(file);
    }
    answer(s, stream, is(s, "lying") ? 1 : (uint32_t)s->container);
}

static void obey(struct shim *s, size_t length) {
    uint32_t stream = (uint32_t)frame[4] << 24 | (uint32_t)frame[5] << 16 | (uint32_t)frame[6] << 8 | frame[7];
    const char *method = (const char *)frame + METHOD + 1;
    size_t n = frame[METHOD];
    publish(s);
    if (strncmp(method, "Create", n) == 0) {
        create(s, stream);
    } else if (strncmp(method, "Start", n) == 0) {
        start(s, stream);
    } else if (strncmp(method, "Wait", n) == 0) {
        s->wait = stream;
    } else if (strncmp(method, "Kill", n) == 0) {
        kill(s->container, frame[length - 1]);
        answer(s, stream, 0);
    } else {
        answer(s, stream, 0);
        if (strncmp(method, "Shutdown", n) == 0) {
            exit(0);
        }
    }
}

/* Whole frames only: nobody here sends half of one. */
static void serve(struct shim *s, int listener) {
    size_t have = 0;
    s->client = accept(listener, NULL, NULL);
    if (is(s, "flooding")) {
        flood();
    }
    for (;;) {
        struct pollfd fd = {.fd = s->client, .events = POLLIN};
        int status = 0;
        if (poll(&fd, 1, TICK) > 0) {
            ssize_t n = read(s->client, frame + have, sizeof frame - have);
            if (n <= 0) {
                pause(); /* its monitor is gone; the sweep must end this one */
            }
            have += (size_t)n;
        }
        size_t whole = HEADER + ((size_t)frame[2] << 8 | frame[3]);
        if (have >= HEADER && have >= whole) {
            obey(s, whole);
            have -= whole;
            memmove(frame, frame + whole, have);
        }
        if (s->container > 0 && waitpid(s->container, &status, WNOHANG) == s->container) {
            s->container = 0;
            answer(s, s->wait, (uint32_t)(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)));
        }
    }
}

static int begin(struct shim *s) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char folder[96] = "";
    if (is(s, "failing")) {
        fprintf(stderr, "no machine to put it in\n");
        return 1;
    }
    if (is(s, "telling") && getenv("TTRPC_ADDRESS") == NULL) {
        fprintf(stderr, "TTRPC_ADDRESS is not set\n");
        return 1;
    }
    for (int k = 0; is(s, "loud") && k < 1 << 16; k++) {
        fputs("unix:///aaaaaaaa", stdout);
    }
    if (is(s, "mute") || is(s, "loud")) {
        return 0;
    }
    if (getcwd(folder, sizeof folder) == NULL) {
        return 1;
    }
    snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", folder);
    unlink(address.sun_path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 4) < 0) {
        perror("socket");
        return 1;
    }
    if (fork() == 0) {
        setsid();
        serve(s, listener);
    }
    printf("unix://%s", address.sun_path);
    return 0;
}

static int finish(const struct shim *s) {
    FILE *file = fopen("container", "r");
    int container = 0;
    if (is(s, "stuck")) {
        pause();
    }
    if (file != NULL && fscanf(file, "%d", &container) == 1 && container > 1) {
        kill(container, SIGKILL);
    }
    return 0;
}

int main(int argc, char **argv) {
    static char word[32];
    const char *name = strstr(argv[0], "containerd-shim-");
    struct shim shim = {.word = word};
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2 || name == NULL || sscanf(name, "containerd-shim-%31[a-z]-v1", word) != 1) {
        return 2;
    }
    return strcmp(argv[argc - 1], "start") == 0 ? begin(&shim) : finish(&shim);
}
