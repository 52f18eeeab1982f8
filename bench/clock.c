// The bench's clock: starts one thing, waits for its end, prints when it began, when it was over and what it said.
//
//   clock run ARGV…                     a command
//   clock quiet ARGV…                   a command whose output goes nowhere
//   clock pilot PROGRAM BINARY          the pilot, given a stored program, as the launcher would start it; without a JVM
//   clock payload                       prints CLOCK_BOOTTIME: the first instruction of a container
//   clock payload hold                  the same, then waits until there is a file /go
//
// One line: begin end status peak-rss-KiB reaped (times in ns of CLOCK_BOOTTIME), then what came on standard output. Of a command `end` and `reaped` are the
// moment after it was waited for; of the pilot `end` is when it said how the container ended, `reaped` when it had swept everything.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void die(const char *what) {
    fprintf(stderr, "clock: %s: %s\n", what, strerror(errno));
    _exit(125);
}

static char said[65536];
static size_t said_length;

static void keep(const char *bytes, size_t length) {
    if (length > sizeof said - said_length) length = sizeof said - said_length;
    memcpy(said + said_length, bytes, length);
    said_length += length;
}

static int report(int64_t begin, int64_t end, int status, long rss, int64_t reaped) {
    int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    printf("%lld %lld %d %ld %lld\n", (long long)begin, (long long)end, code, rss, (long long)reaped);
    fwrite(said, 1, said_length, stdout);
    return 0;
}

// Who is started may leave something behind that holds its standard output, so what it said is read after its end and without waiting.
static int run(char **argv, int quiet) {
    int out[2];
    if (pipe2(out, O_CLOEXEC) != 0) die("pipe");
    fcntl(out[1], F_SETPIPE_SZ, sizeof said);
    int64_t begin = now();
    pid_t child = vfork();
    if (child < 0) die("vfork");
    if (child == 0) {
        dup2(quiet ? open("/dev/null", O_WRONLY) : out[1], 1);
        execvp(argv[0], argv);
        _exit(127);
    }
    struct rusage usage;
    int status;
    while (wait4(child, &status, 0, &usage) < 0)
        if (errno != EINTR) die("wait4");
    int64_t end = now();
    fcntl(out[0], F_SETFL, O_NONBLOCK);
    char bytes[4096];
    for (ssize_t n; (n = read(out[0], bytes, sizeof bytes)) > 0;) keep(bytes, (size_t)n);
    return report(begin, end, status, usage.ru_maxrss, end);
}

static int whole(int socket, void *to, size_t length) {
    for (size_t have = 0; have < length;) {
        ssize_t n = read(socket, (char *)to + have, length - have);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return 0;
        have += (size_t)n;
    }
    return 1;
}

// Frames: type, 0, 0, 0, length (big endian), payload (docs/pilot.md).
enum { STDOUT = 0x01, STDERR = 0x02, HELLO = 0x10, ATTACH = 0x11, EXIT = 0x21, FAILED = 0x22 };

static int pilot(const char *program, const char *binary) {
    int file = open(program, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (file < 0 || fstat(file, &about) != 0) die(program);
    int memory = memfd_create("program", MFD_CLOEXEC);
    if (memory < 0 || ftruncate(memory, about.st_size) != 0) die("memfd");
    for (off_t at = 0, left = about.st_size; left > 0;) {
        char bytes[65536];
        ssize_t n = pread(file, bytes, sizeof bytes, at);
        if (n <= 0 || pwrite(memory, bytes, (size_t)n, at) != n) die("copy");
        at += n, left -= n;
    }
    int link[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, link) != 0) die("socketpair");
    static const uint8_t greeting[] = {
        HELLO, 0, 0, 0, 0, 0, 0, 8, 1, 0, 0, 0, 0, 0, 0, 0, ATTACH, 0, 0, 0, 0, 0, 0, 4, 2 | 4 | 8, 0, 0, 0};
    if (write(link[0], greeting, sizeof greeting) != sizeof greeting) die("greeting");
    // Out of the way of 3 and 4, whatever the caller has left open there.
    int third = fcntl(memory, F_DUPFD_CLOEXEC, 10), fourth = fcntl(link[1], F_DUPFD_CLOEXEC, 10), talk = fcntl(link[0], F_DUPFD_CLOEXEC, 10);
    if (third < 0 || fourth < 0 || talk < 0) die("dup");
    close(link[0]), close(link[1]), close(memory);
    char *const argv[] = {"wherry-pilot", NULL};
    int64_t begin = now();
    pid_t child = vfork();
    if (child < 0) die("vfork");
    if (child == 0) {
        dup2(third, 3);
        dup2(fourth, 4);
        execv(binary, argv);
        _exit(127);
    }
    close(fourth);
    int64_t end = 0;
    int code = 125;
    for (uint8_t head[8]; whole(talk, head, sizeof head);) {
        static uint8_t body[1 << 20];
        uint32_t length = (uint32_t)head[4] << 24 | (uint32_t)head[5] << 16 | (uint32_t)head[6] << 8 | head[7];
        if (length > sizeof body || !whole(talk, body, length)) break;
        if (head[0] == STDOUT || head[0] == STDERR) keep((char *)body, length);
        if (head[0] == EXIT) end = now(), code = body[0];
        if (head[0] == FAILED && length >= 32) {
            uint32_t f[8];
            memcpy(f, body, sizeof f);
            fprintf(stderr, "clock: the program failed: strand %u instruction %u step %u op %u call %u errno %u\n", f[0], f[1], f[2], f[3], f[4], f[5]);
        }
    }
    struct rusage usage;
    int status;
    while (wait4(child, &status, 0, &usage) < 0)
        if (errno != EINTR) die("wait4");
    return report(begin, end, code << 8, usage.ru_maxrss, now());
}

static int payload(int hold) {
    char text[32];
    int length = snprintf(text, sizeof text, "%lld\n", (long long)now());
    if (write(1, text, (size_t)length) != length) return 1;
    while (hold && access("/go", F_OK) != 0) usleep(20000);
    return 0;
}

int main(int argc, char **argv) {
    if (argc > 2 && strcmp(argv[1], "run") == 0) return run(argv + 2, 0);
    if (argc > 2 && strcmp(argv[1], "quiet") == 0) return run(argv + 2, 1);
    if (argc == 4 && strcmp(argv[1], "pilot") == 0) return pilot(argv[2], argv[3]);
    if (argc > 1 && strcmp(argv[1], "payload") == 0) return payload(argc > 2);
    fputs("usage: clock run ARGV... | pilot PROGRAM BINARY | payload [hold]\n", stderr);
    return 2;
}
