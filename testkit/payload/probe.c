/*
 * probe [FACTS…]: the first process of a container under test. Prints what it is, sees and may do, sorted, one `name value` a line; with
 * names of groups of facts (fds, process, mounts, devices, paths, sockets, calls) only those.
 * Whatever differs from run to run of the same container (ids, inodes, host paths) is left out or replaced by `*`.
 *
 * probe ACT: does one thing instead.
 *   exit N, kill N          ends with a code, or by a signal sent to itself
 *   sleep S                 for so many seconds, deaf to nothing
 *   echo                    stdin to stdout until the end
 *   flood BYTES             so many bytes of lines of 64 to stdout
 *   winsize                 prints `ROWS COLUMNS` now and at each change, until stdin ends
 *   waitsig                 prints `ready`, then the name of the first signal that comes, and ends with 0
 *   fork-orphan             leaves a grandchild that sleeps 60 s, prints its pid, and ends
 *   oom MB                  touches so much memory, then prints `survived`
 *   write PATH              stdin into a new or emptied file; prints the error's name and ends with 1 if that fails
 */
#include "probe.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_FACTS = 4096, LONGEST = 4096 };

static char *lines[MOST_FACTS];
static size_t count;

void fact(const char *name, const char *format, ...) {
    char value[LONGEST];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(value, sizeof value, format, arguments);
    va_end(arguments);
    char *line = malloc(strlen(name) + 4 * strlen(value) + 2);
    if (line == NULL || count == MOST_FACTS) {
        fputs("probe: too many facts\n", stderr);
        exit(125);
    }
    char *at = line + sprintf(line, "%s ", name);
    for (const unsigned char *each = (unsigned char *)value; *each != 0; each++) {
        at += *each >= ' ' && *each < 127 ? sprintf(at, "%c", *each) : sprintf(at, "\\x%02x", *each);
    }
    *at = 0;
    lines[count++] = line;
}

const char *error_name(int number) {
    static char other[16];
    const char *name = strerrorname_np(number);
    if (name == NULL) {
        snprintf(other, sizeof other, "errno-%d", number);
        name = other;
    }
    return name;
}

ssize_t read_text(const char *path, char *to, size_t size) {
    to[0] = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return -errno;
    }
    size_t length = 0;
    ssize_t n;
    while (length < size - 1 && ((n = read(fd, to + length, size - 1 - length)) > 0 || (n < 0 && errno == EINTR))) {
        length += n < 0 ? 0 : (size_t)n;
    }
    close(fd);
    to[length] = 0;
    return (ssize_t)length;
}

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*collect)(void);
    } groups[] = {
        {"fds", facts_descriptors}, /* before anything is opened */
        {"process", facts_process},
        {"mounts", facts_mounts},
        {"devices", facts_devices},
        {"paths", facts_paths},
        {"sockets", facts_sockets},
        {"calls", facts_calls},
    };
    int code;
    if (argc > 1 && act(argc, argv, &code)) {
        return code;
    }
    int known = 0;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        bool wanted = argc == 1;
        for (int each = 1; each < argc; each++) {
            wanted |= strcmp(argv[each], groups[i].name) == 0;
        }
        if (wanted) {
            known++;
            groups[i].collect();
        }
    }
    if (argc > 1 && known != argc - 1) {
        fprintf(stderr, "probe: unknown word among: %s …\n", argv[1]);
        return 125;
    }
    qsort(lines, count, sizeof *lines, by_bytes);
    for (size_t i = 0; i < count; i++) {
        puts(lines[i]);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
