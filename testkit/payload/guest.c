/*
 * guest: what the script of a test's virtual machine needs beside busybox (testkit/guest/init).
 *
 *   guest module FILE            loads a kernel module
 *   guest as UID PROGRAM WORD…   runs a program as an ordinary user, whose group has the same number
 *   guest pilot FILE [STRAND]    runs a program by /wherry as the launcher would: prints `started`, or `failed STRAND INSTRUCTION ERRNO TEXT`, as
 *                                it comes, and ends when the pilot (by then perhaps a monitor) has ended, with its code
 *   guest exec FILE RECORD       the same for the program of an execution, which was compiled where nobody knew the container's process: that of its
 *                                record `started`
 *   guest quota FOLDER PROJECT   prints what the folder's filesystem keeps of a project: `bytes N limit N files N`, as quotactl(2) gives it
 *   guest ask SOCKET FRAME WORD… sends HELLO, a frame with a number in hex, and 32-bit words to a monitor; prints `reply ERRNO`
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/quota.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HELLO = 0x10, REPLY = 0x20, FAILED = 0x22, STARTED = 0x23, LONGEST = 1 << 16 };
enum { HEADER = 128, INSTRUCTION = 64, PROCESS = 24 };

static int fail(const char *what) {
    printf("guest: %s: %s\n", what, strerror(errno));
    return 125;
}

static bool read_all(int fd, void *to, size_t length) {
    for (size_t at = 0; at < length;) {
        ssize_t n = read(fd, (char *)to + at, length - at);
        if (n <= 0 && !(n < 0 && errno == EINTR)) {
            return false;
        }
        at += n < 0 ? 0 : (size_t)n;
    }
    return true;
}

/* The type of the next frame, or -1 at the end. */
static int frame(int fd, uint8_t *payload) {
    uint8_t head[8];
    if (!read_all(fd, head, sizeof head)) {
        return -1;
    }
    size_t length = (size_t)head[4] << 24 | (size_t)head[5] << 16 | (size_t)head[6] << 8 | head[7];
    return length <= LONGEST && read_all(fd, payload, length) ? head[0] : -1;
}

static int module(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || syscall(SYS_finit_module, fd, "", 0) != 0) {
        return fail(path);
    }
    return 0;
}

static int pilot(const char *path, int program, char *strand) {
    static uint8_t payload[LONGEST];
    int pair[2], status = 0;
    if (program < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        return fail(path);
    }
    pid_t pid = fork();
    if (pid == 0) {
        int high_program = fcntl(program, F_DUPFD_CLOEXEC, 30);
        int high_socket = fcntl(pair[1], F_DUPFD_CLOEXEC, 30);
        dup2(high_program, 3);
        dup2(high_socket, 4);
        char name[] = "wherry-pilot", word[] = "strand";
        char *words[] = {name, strand == NULL ? NULL : word, strand, NULL};
        execv("/wherry", words);
        _exit(126);
    }
    close(pair[1]);
    for (int type; (type = frame(pair[0], payload)) >= 0;) {
        if (type == STARTED) {
            puts("started");
        } else if (type == FAILED) {
            uint32_t record[8];
            memcpy(record, payload, sizeof record);
            payload[127] = 0;
            printf("failed %u %u %s %s\n", record[0], record[1], strerrorname_np((int)record[5]), (char *)payload + sizeof record);
        }
        fflush(stdout);
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* A number of a record of `key value` lines. */
static uint64_t number(const char *path, const char *key) {
    char line[256];
    uint64_t found = 0;
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        size_t length = strlen(key);
        if (strncmp(line, key, length) == 0 && line[length] == ' ') {
            found = strtoull(line + length, NULL, 10);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return found;
}

/* docs/program.md: instructions of 64 bytes behind a header of 128; the operands begin at 16. */
static int execution(const char *path, const char *record) {
    static uint8_t program[LONGEST];
    int from = open(path, O_RDONLY | O_CLOEXEC), to = memfd_create("execution", MFD_CLOEXEC);
    ssize_t length = read(from, program, sizeof program);
    uint64_t process[2] = {number(record, "pid"), number(record, "start")};
    uint32_t count = 0;
    if (length < HEADER || length == LONGEST) {
        return fail(path);
    }
    memcpy(&count, program + 24, sizeof count);
    for (size_t i = 0; i < count && HEADER + (i + 1) * INSTRUCTION <= (size_t)length; i++) {
        uint8_t *at = program + HEADER + i * INSTRUCTION;
        if (*at == PROCESS) {
            memcpy(at + 16, process, sizeof process);
        }
    }
    if (write(to, program, (size_t)length) != length || lseek(to, 0, SEEK_SET) != 0) {
        return fail("memfd");
    }
    return pilot(path, to, NULL);
}

static bool send_frame(int fd, uint8_t type, const uint32_t *words, size_t count) {
    uint8_t bytes[64] = {type};
    bytes[7] = (uint8_t)(4 * count);
    memcpy(bytes + 8, words, 4 * count);
    return write(fd, bytes, 8 + 4 * count) == (ssize_t)(8 + 4 * count);
}

static int ask(int argc, char **argv) {
    static uint8_t payload[LONGEST];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    uint32_t words[8], hello[2] = {1, 0};
    size_t count = 0;
    uint8_t asked = (uint8_t)strtoul(argv[3], NULL, 16);
    while (count < 8 && (int)count + 4 < argc) {
        words[count] = (uint32_t)strtoul(argv[4 + count], NULL, 10);
        count++;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    strncpy(address.sun_path, argv[2], sizeof address.sun_path - 1);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0 || !send_frame(fd, HELLO, hello, 2)
        || !send_frame(fd, asked, words, count)) {
        return fail(argv[2]);
    }
    for (int type; (type = frame(fd, payload)) >= 0;) {
        uint32_t answer[2];
        memcpy(answer, payload, sizeof answer);
        if (type == REPLY && answer[0] == asked) {
            printf("reply %s\n", answer[1] == 0 ? "0" : strerrorname_np((int)answer[1]));
            return 0;
        }
    }
    return fail("no reply");
}

static int quota(const char *folder, const char *project) {
    struct dqblk kept = {0};
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (syscall(SYS_quotactl_fd, fd, QCMD(Q_GETQUOTA, 2 /* of projects */), strtoul(project, NULL, 10), &kept) != 0 && errno != ENOENT) {
        return fail(folder);
    }
    printf("bytes %llu limit %llu files %llu\n", (unsigned long long)kept.dqb_curspace, (unsigned long long)kept.dqb_bhardlimit << 10,
           (unsigned long long)kept.dqb_curinodes);
    return 0;
}

static int as(char **argv) {
    unsigned id = (unsigned)atoi(argv[2]);
    if (setgroups(0, NULL) == 0 && setresgid(id, id, id) == 0 && setresuid(id, id, id) == 0) {
        execv(argv[3], argv + 3);
    }
    return fail(argv[3]);
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "module") == 0) {
        return module(argv[2]);
    }
    if ((argc == 3 || argc == 4) && strcmp(argv[1], "pilot") == 0) {
        return pilot(argv[2], open(argv[2], O_RDONLY | O_CLOEXEC), argc == 4 ? argv[3] : NULL);
    }
    if (argc == 4 && strcmp(argv[1], "exec") == 0) {
        return execution(argv[2], argv[3]);
    }
    if (argc >= 4 && strcmp(argv[1], "as") == 0) {
        return as(argv);
    }
    if (argc == 4 && strcmp(argv[1], "quota") == 0) {
        return quota(argv[2], argv[3]);
    }
    if (argc >= 4 && strcmp(argv[1], "ask") == 0) {
        return ask(argc, argv);
    }
    fputs("usage: guest module FILE | as UID PROGRAM WORD… | pilot FILE [STRAND] | exec FILE RECORD | quota FOLDER PROJECT | ask SOCKET FRAME WORD…\n", stderr);
    return 2;
}
