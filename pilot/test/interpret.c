/*
 * Whole programs on a real kernel: interpret PILOT. TAP. As root, or as root of a user namespace (then what needs real cgroups is
 * skipped). Everything happens below a folder of its own, in namespaces that the programs make, and in cgroups named after the pid.
 */
#define _GNU_SOURCE
#include "assemble.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct failure {
    uint32_t strand, instruction, step, op, call, error, argument, flags;
    char text[96];
};

struct outcome {
    int status; /* exit code, or 128 + signal */
    bool failed, started;
    struct failure failure;
    uint32_t pid;
    uint32_t notes, note_error[16];
    char data[4096];
    size_t data_length;
};

static const char *pilot;
static char folder[64];
static int tests, failures;
static struct assembly a;

static void ok(bool good, const char *name) {
    printf("%sok %d - %s\n", good ? "" : "not ", ++tests, name);
    failures += !good;
    fflush(stdout);
}

static void skip(const char *name, const char *why) {
    printf("ok %d - %s # SKIP %s\n", ++tests, name, why);
}

static void explain(const struct outcome *o) {
    printf("# status %d, failed %d: strand %u instruction %u op %u call %u: %s (argument %u) `%s`\n", o->status, o->failed, o->failure.strand,
           o->failure.instruction, o->failure.op, o->failure.call, strerror((int)o->failure.error), o->failure.argument, o->failure.text);
}

static const char *path(const char *name) {
    static char buffers[8][256];
    static unsigned turn;
    char *to = buffers[turn++ % 8];
    snprintf(to, 256, "%s/%s", folder, name);
    return to;
}

static bool exists(const char *name) {
    struct stat st;
    return lstat(path(name), &st) == 0;
}

static void put_file(const char *name, const char *text) {
    FILE *f = fopen(path(name), "w");
    if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0) {
        perror(name);
        exit(1);
    }
}

static size_t get_file(const char *name, char *to, size_t size) {
    int fd = open(path(name), O_RDONLY);
    ssize_t n = fd < 0 ? 0 : read(fd, to, size - 1);
    close(fd);
    to[n < 0 ? 0 : n] = 0;
    return (size_t)(n < 0 ? 0 : n);
}

static void take_frame(struct outcome *o, uint8_t type, const uint8_t *payload, size_t n) {
    if (type == FRAME_FAILED && n == sizeof o->failure) {
        o->failed = true;
        memcpy(&o->failure, payload, n);
    } else if (type == FRAME_STARTED) {
        o->started = true;
        memcpy(&o->pid, payload, 4);
    } else if (type == FRAME_NOTE && o->notes < 16) {
        memcpy(&o->note_error[o->notes++], payload + 4, 4);
    } else if (type == FRAME_DATA && n - 4 < sizeof o->data) {
        memcpy(o->data, payload + 4, n - 4);
        o->data_length = n - 4;
    }
}

static void take_frames(struct outcome *o, const uint8_t *bytes, size_t length) {
    while (length >= 8) {
        size_t n = (size_t)bytes[4] << 24 | (size_t)bytes[5] << 16 | (size_t)bytes[6] << 8 | bytes[7];
        if (n > length - 8) {
            return;
        }
        take_frame(o, bytes[0], bytes + 8, n);
        bytes += 8 + n;
        length -= 8 + n;
    }
}

static pid_t start(const uint8_t *program, size_t length, const char *strand, int *socket) {
    int pair[2];
    int file = memfd_create("program", 0);
    if (file < 0 || write(file, program, length) != (ssize_t)length || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        perror("start");
        exit(1);
    }
    pid_t pid = fork();
    if (pid == 0) {
        int high_file = fcntl(file, F_DUPFD, 30);
        int high_socket = fcntl(pair[1], F_DUPFD, 30);
        dup2(high_file, 3);
        dup2(high_socket, 4);
        char *argv[] = {(char *)(uintptr_t)"wherry-pilot", strand ? (char *)(uintptr_t)"strand" : NULL, (char *)(uintptr_t)strand, NULL};
        execv(pilot, argv);
        _exit(126);
    }
    close(file);
    close(pair[1]);
    *socket = pair[0];
    return pid;
}

static struct outcome run_strand(const char *strand) {
    static uint8_t bytes[1 << 16];
    struct outcome o = {0};
    size_t length;
    uint8_t *program = asm_end(&a, &length);
    int socket, status;
    pid_t pid = start(program, length, strand, &socket);
    size_t got = 0;
    ssize_t n;
    while ((n = read(socket, bytes + got, sizeof bytes - got)) > 0) {
        got += (size_t)n;
    }
    close(socket);
    waitpid(pid, &status, 0);
    o.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    take_frames(&o, bytes, got);
    free(program);
    return o;
}

static struct outcome run(void) {
    return run_strand(NULL);
}

static bool failed_with(struct outcome o, int error) {
    bool good = o.status == 1 && o.failed && o.failure.error == (uint32_t)error;
    if (!good) {
        explain(&o);
    }
    return good;
}

static bool succeeded(struct outcome o) {
    bool good = o.status == 0 && !o.failed;
    if (!good) {
        explain(&o);
    }
    return good;
}

/* Strand 0 of every test: the folder is descriptor 8. */
static void begin(uint32_t flags) {
    asm_begin(&a, flags);
    asm_strand(&a, 0);
    to(SYS(&a, CALL_OPENAT, FD(AT_FDCWD), str(&a, folder), O_PATH | O_DIRECTORY, 0), 8);
}

static struct instruction *make(const char *name) {
    return SYS(&a, CALL_MKDIRAT, 8, str(&a, name), 0755);
}

/* A sweep that leaves a mark. */
static void marking_sweep(void) {
    asm_strand(&a, STRAND_SWEEP);
    to(SYS(&a, CALL_OPENAT, FD(AT_FDCWD), str(&a, folder), O_PATH | O_DIRECTORY, 0), 8);
    with(make("swept"), POLICY_IGNORE, 0, 0, 0);
}

static bool unmark(void) {
    return rmdir(path("swept")) == 0;
}

static void executes(const char *program, const char *words) {
    uint64_t n;
    SYS(&a, CALL_PRCTL, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    SYS(&a, CALL_PRCTL, PR_SET_DUMPABLE, 0, 0, 0, 0);
    SYS(&a, CALL_CLOSE_RANGE, 3, UINT32_MAX, 4);
    uint64_t argv = strs(&a, words, &n);
    with(OP(&a, OP_EXEC, str(&a, program), argv, n, 0, 0), POLICY_STICKY, 0, ENOENT, EACCES);
}

static void clone_strand1(uint64_t flags) {
    to(SYS(&a, CALL_SOCKETPAIR, AF_UNIX, SOCK_SEQPACKET, 0, 0), 10);
    to(OP(&a, OP_CLONE, flags, 1, FD(-1), 10, 11), 12);
}

static void test_policies(void) {
    begin(0);
    make("one");
    with(make("one"), POLICY_OK_IF, 0, EEXIST, 0);
    with(make("one"), POLICY_SKIP, 1, EEXIST, 0);
    make("skipped");
    with(make("two"), POLICY_ELSE, 1, EEXIST, 0);
    make("not-else");
    with(make("two"), POLICY_ELSE, 1, EEXIST, 0);
    make("else");
    ok(succeeded(run()) && exists("one") && exists("two") && exists("else") && !exists("skipped") && !exists("not-else"),
       "ok-if, skip and else lead where they should");
    begin(0);
    with(make("no/such"), POLICY_STICKY, 0, EACCES, ENOENT);
    OP(&a, OP_FAIL, 0);
    a.code[2].step = 77;
    marking_sweep();
    struct outcome o = run();
    ok(failed_with(o, ENOENT) && o.failure.op == OP_FAIL && o.failure.instruction == 2 && o.failure.step == 77 && unmark(),
       "sticky is remembered, FAIL reports it, the sweep runs");
    begin(PROGRAM_TEST);
    with(make("denied"), POLICY_STICKY, 0, EACCES, 0);
    with(make("no/such"), POLICY_STICKY, 0, EACCES, ENOENT);
    OP(&a, OP_FAIL, 0);
    a.header.test_switch = SWITCH_FAIL;
    a.header.switch_at = 1;
    a.header.switch_errno = EACCES;
    ok(failed_with(run(), EACCES), "a remembered EACCES is not overwritten by ENOENT");
    begin(0);
    with(make("one"), POLICY_OK_IF, 0, ENOENT, 0);
    marking_sweep();
    o = run();
    ok(failed_with(o, EEXIST) && o.failure.call == CALL_MKDIRAT && o.failure.argument == UINT32_MAX && unmark(), "an errno that is not listed ends the program");
    begin(PROGRAM_PROBE);
    with(make("one"), POLICY_NOTE, 0, 0, 0);
    with(make("probed"), POLICY_NOTE, 0, 0, 0);
    make("one");
    marking_sweep();
    o = run();
    ok(failed_with(o, EEXIST) && o.notes == 2 && o.note_error[0] == EEXIST && o.note_error[1] == 0 && !exists("swept"),
       "a probe notes, and does not sweep");
}

static void test_switches(void) {
    for (uint32_t kind = SWITCH_DIE; kind < SWITCH_LIMIT; kind++) {
        begin(PROGRAM_TEST);
        make("before");
        make("after");
        marking_sweep();
        a.header.test_switch = kind;
        a.header.switch_at = 2;
        a.header.switch_errno = kind == SWITCH_FAIL ? EIO : 0;
        if (kind == SWITCH_DIE) {
            struct outcome o = run();
            ok(o.status == 137 && !o.failed && exists("before") && !exists("after") && !exists("swept"), "die: no report, no sweep");
        } else if (kind == SWITCH_FAIL) {
            ok(failed_with(run(), EIO) && !exists("after") && unmark(), "fail: the errno given, and the sweep");
        } else {
            size_t length;
            int socket, status;
            uint8_t *program = asm_end(&a, &length);
            pid_t pid = start(program, length, NULL, &socket);
            usleep(100000);
            bool blocked = waitpid(pid, &status, WNOHANG) == 0 && !exists("after");
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            close(socket);
            free(program);
            ok(blocked && WIFSIGNALED(status), "stop: blocks until it is killed");
        }
        rmdir(path("before"));
    }
}

static const uint64_t NAMESPACES = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET;

static void test_processes(void) {
    begin(PROGRAM_STARTS);
    clone_strand1(NAMESPACES);
    OP(&a, OP_SEND, 10, BARRIER_GO, FD(-1));
    OP(&a, OP_RECV, 10, BARRIER_EXECUTING, 1);
    OP(&a, OP_WAIT, 12);
    asm_strand(&a, 1);
    OP(&a, OP_RECV, 11, BARRIER_GO, 0);
    executes("/bin/true", "true");
    struct outcome o = run();
    ok(succeeded(o) && o.started && o.pid > 0, "a program runs in new namespaces and is reported");

    begin(PROGRAM_STARTS);
    clone_strand1(0);
    OP(&a, OP_RECV, 10, BARRIER_EXECUTING, 1);
    asm_strand(&a, 1);
    executes("/no/such/program", "x");
    OP(&a, OP_FAIL, 0);
    marking_sweep();
    o = run();
    ok(failed_with(o, ENOENT) && o.failure.strand == 1 && o.failure.op == OP_FAIL && !o.started && unmark(),
       "a child's failure travels to the launcher as it is");

    begin(PROGRAM_STARTS | PROGRAM_TEST);
    clone_strand1(0);
    OP(&a, OP_RECV, 10, BARRIER_EXECUTING, 1);
    asm_strand(&a, 1);
    executes("/bin/true", "true");
    a.header.test_switch = SWITCH_DIE;
    a.header.switch_at = a.header.strands[1].first + 1;
    o = run();
    ok(failed_with(o, EPIPE) && o.failure.strand == 0 && o.failure.op == OP_RECV, "a child that dies without a word is EPIPE in RECV");

    uint64_t n;
    begin(0);
    uint64_t doze = strs(&a, "/bin/sleep|0.1", &n);
    clone_strand1(0);
    OP(&a, OP_SEND, 10, BARRIER_GO, FD(-1));
    OP(&a, OP_RECV, 10, BARRIER_ATTACHED, 0);
    asm_strand(&a, 1);
    OP(&a, OP_SPAWN, doze, n, 0, 0, 0, 0);
    OP(&a, OP_FAIL, EXDEV);
    o = run();
    ok(failed_with(o, EXDEV) && o.failure.strand == 1, "a child's failure arrives although it left a message unread");

    begin(PROGRAM_STARTS);
    clone_strand1(0);
    OP(&a, OP_RECV, 10, BARRIER_EXECUTING, 1);
    OP(&a, OP_WAIT, 12);
    asm_strand(&a, 1);
    executes("/bin/sh", "sh|-c|exit 3");
    o = run();
    ok(failed_with(o, EREMOTEIO) && o.failure.argument == 3, "WAIT tells the exit code");

    begin(0);
    clone_strand1(0);
    to(OP(&a, OP_RECV, 10, BARRIER_TERMINAL, 0), 20);
    OP(&a, OP_CHECK, 20, S_IFIFO, UINT64_MAX, 0);
    OP(&a, OP_WAIT, 12);
    asm_strand(&a, 1);
    to(SYS(&a, CALL_PIPE2, 0, 0), 20);
    OP(&a, OP_SEND, 11, BARRIER_TERMINAL, 20);
    ok(succeeded(run()), "a descriptor passes through a barrier");

    begin(0);
    uint64_t nothing[2] = {0};
    uint64_t slot = bytes_of(&a, nothing, 12);
    clone_strand1(0);
    OP(&a, OP_PUTPID, slot, 0);
    OP(&a, OP_WRITE, 8, str(&a, "pid"), slot, 12, O_CREAT);
    OP(&a, OP_RECORD, 8, str(&a, "record"), str(&a, "boot 1\n"), 7);
    OP(&a, OP_SEND, 10, BARRIER_GO, FD(-1));
    OP(&a, OP_WAIT, 12);
    asm_strand(&a, 1);
    OP(&a, OP_RECV, 11, BARRIER_GO, 0);
    char text[512], record[512];
    unsigned pid = 0, monitor = 0;
    unsigned long long born = 0, now = 0;
    bool good = succeeded(run());
    get_file("pid", text, sizeof text);
    get_file("record", record, sizeof record);
    good = good && sscanf(record, "boot 1\npid %u\nstart %llu\nmonitor %u\ntime %llu\n", &pid, &born, &monitor, &now) == 4;
    ok(good && pid == (unsigned)atoi(text) && born > 0 && monitor > 0 && now > 1700000000, "PUTPID and RECORD tell the child's pid");
    if (!good) {
        printf("# %s\n", record);
    }
}

static void test_helpers(void) {
    uint64_t n, m;
    char text[128];
    begin(0);
    char script[256];
    snprintf(script, sizeof script, "/bin/sh|-c|cat > %s; echo $A >> %s", path("spawned"), path("spawned"));
    uint64_t argv = strs(&a, script, &n), envp = strs(&a, "A=env", &m);
    OP(&a, OP_SPAWN, argv, n, envp, m, str(&a, "input\n"), 6);
    bool good = succeeded(run());
    get_file("spawned", text, sizeof text);
    ok(good && strcmp(text, "input\nenv\n") == 0, "a helper reads its input and environment");

    begin(0);
    argv = strs(&a, "/bin/sh|-c|echo out of luck >&2; exit 4", &n);
    OP(&a, OP_SPAWN, argv, n, 0, 0, 0, 0);
    struct outcome o = run();
    ok(failed_with(o, EREMOTEIO) && o.failure.argument == 4 && strcmp(o.failure.text, "out of luck") == 0, "a failing helper's words are reported");

    begin(0);
    argv = strs(&a, "/bin/sh|-c|head -c 1000000 /dev/zero >&2; true", &n);
    OP(&a, OP_SPAWN, argv, n, 0, 0, 0, 0);
    ok(succeeded(run()), "a helper that never stops talking does not block");

    begin(0);
    OP(&a, OP_SPAWN, str(&a, "/no/such"), 1, 0, 0, 0, 0);
    o = run();
    ok(failed_with(o, ENOENT) && strcmp(o.failure.text, "/no/such") == 0, "a helper that does not exist is named");

    begin(0);
    argv = strs(&a, "/bin/sleep|1000", &n);
    to(OP(&a, OP_SPAWN, argv, n, 0, 0, 0, 0), 20);
    SYS(&a, CALL_PIDFD_SEND_SIGNAL, 20, SIGTERM, 0, 0);
    OP(&a, OP_WAIT, 20);
    o = run();
    ok(failed_with(o, EREMOTEIO) && o.failure.argument == 128 + SIGTERM, "a kept helper is reached by its descriptor");
}

static void test_files(void) {
    mkdir(path("root"), 0755);
    mkdir(path("root/etc"), 0755);
    put_file("outside", "secret");
    put_file("root/outside", "inside");
    int done = symlink("/outside", path("root/etc/link")) | symlink("../../../../outside", path("root/etc/up")) | mkfifo(path("root/fifo"), 0600);
    begin(PROGRAM_PROBE);
    to(SYS(&a, CALL_OPENAT, 8, str(&a, "root"), O_PATH | O_DIRECTORY, 0), 9);
    OP(&a, OP_READ, 9, str(&a, "etc/link"), 100);
    struct outcome o = run();
    ok(done == 0 && succeeded(o) && strcmp(o.data, "inside") == 0, "READ resolves links inside the root");
    begin(PROGRAM_PROBE);
    to(SYS(&a, CALL_OPENAT, 8, str(&a, "root"), O_PATH | O_DIRECTORY, 0), 9);
    OP(&a, OP_READ, 9, str(&a, "etc/up"), 100);
    with(OP(&a, OP_READ, 9, str(&a, "fifo"), 100), POLICY_NOTE, 0, 0, 0);
    with(OP(&a, OP_READ, 9, str(&a, "outside"), 5), POLICY_NOTE, 0, 0, 0);
    with(OP(&a, OP_READ, 9, str(&a, "etc"), 5), POLICY_NOTE, 0, 0, 0);
    o = run();
    ok(succeeded(o) && strcmp(o.data, "inside") == 0 && o.note_error[0] == EINVAL && o.note_error[1] == EFBIG && o.note_error[2] == EINVAL,
       "READ stays in the root, refuses a FIFO, a folder, and what is too long");
    begin(0);
    OP(&a, OP_WRITE, 8, str(&a, "root/etc/link"), str(&a, "x"), 1, 0);
    ok(failed_with(run(), ELOOP), "WRITE follows no link");
    begin(0);
    to(SYS(&a, CALL_OPENAT, FD(AT_FDCWD), str(&a, "/proc"), O_PATH | O_DIRECTORY, 0), 9);
    OP(&a, OP_WRITE, 9, str(&a, "self/comm"), str(&a, "x"), 1, 0);
    with(OP(&a, OP_WRITE, 9, str(&a, "self/root/etc/no-such-file"), str(&a, "x"), 1, O_CREAT), POLICY_OK_IF, 0, ELOOP, 0);
    ok(succeeded(run()) && access("/etc/no-such-file", F_OK) != 0, "WRITE passes a link that stays inside, and no magic one");
    begin(0);
    OP(&a, OP_CHECK, 8, S_IFDIR, UINT64_MAX, 0x9fa0);
    ok(failed_with(run(), EPROTO), "CHECK refuses another filesystem");
    begin(0);
    make("jail");
    SYS(&a, CALL_CHROOT, str(&a, path("jail")));
    OP(&a, OP_WORKDIR, str(&a, "."));
    ok(failed_with(run(), EXDEV), "WORKDIR refuses a folder that the root does not contain");
    begin(0);
    to(SYS(&a, CALL_FSOPEN, str(&a, "tmpfs"), 1), 9);
    SYS(&a, CALL_FSCONFIG, 9, 1, str(&a, "bogus"), str(&a, "1"), 0);
    o = run();
    ok(failed_with(o, EINVAL) && strstr(o.failure.text, "Unknown parameter 'bogus'") != NULL, "a filesystem context's own words are reported");
}

static void test_makepath(void) {
    int done = symlink("/real", path("root/abs")) | symlink("../../../../../real", path("root/up")) | symlink("/nowhere", path("root/dangling")) | symlink("/", path("root/top"));
    static const struct {
        const char *path;
        uint64_t file;
        int error;
    } cases[] = {{"abs/new/file", 1, 0}, {"up/new/dir", 0, 0}, {"abs/new/file", 1, 0}, {"abs/new/file", 0, ENOTDIR}, {"abs/new", 1, EISDIR},
        {"dangling/x", 0, ENOENT}, {"fifo/x", 0, ENOTDIR}, {"", 0, 0}, {"", 1, EISDIR}, {"real//two/./three/", 0, 0}, {"real/../../../up/four", 0, 0}, {"abs/new/file/x", 0, ENOTDIR},
        {"real", 2, 0}, {"top", 2, EBUSY}, {"real/../..", 2, EBUSY}, {"", 2, EBUSY}, {"top", 0, 0}};
    mkdir(path("root/real"), 0755);
    bool good = done == 0;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        begin(0);
        to(SYS(&a, CALL_OPENAT, 8, str(&a, "root"), O_PATH | O_DIRECTORY, 0), 9);
        OP(&a, OP_MAKEPATH, 9, str(&a, cases[k].path), cases[k].file);
        struct outcome o = run();
        bool right = cases[k].error == 0 ? succeeded(o) : failed_with(o, cases[k].error);
        if (!right) {
            printf("# %s\n", cases[k].path);
        }
        good = good && right;
    }
    ok(good && exists("root/real/new/file") && exists("root/real/new/dir") && exists("root/real/two/three") && exists("root/real/four") && !exists("real") && access("/real", F_OK) != 0
           && access("/nowhere", F_OK) != 0 && !exists("nowhere"),
       "MAKEPATH resolves every link inside the root");
}

struct link_request {
    struct {
        uint32_t length;
        uint16_t type, flags;
        uint32_t sequence, port;
    } header;
    struct {
        uint8_t family, pad;
        uint16_t type;
        int32_t index;
        uint32_t flags, change;
    } link;
    uint16_t info_length, info_type, kind_length, kind_type;
    char kind[8];
};

static void test_netlink(void) {
    struct link_request up = {{32, 16, 5, 1, 0}, {.index = 1, .flags = 1, .change = 1}, 0, 0, 0, 0, ""};
    struct link_request bogus = {{sizeof bogus, 16, 0x405, 2, 0}, {0}, 16, 18, 12, 1, "bogus12"};
    begin(0);
    clone_strand1(CLONE_NEWNET | CLONE_NEWNS);
    OP(&a, OP_WAIT, 12);
    asm_strand(&a, 1);
    to(SYS(&a, CALL_SOCKET, AF_NETLINK, SOCK_RAW, 0), 20);
    OP(&a, OP_NETLINK, 20, bytes_of(&a, &up, 32), 32, 1);
    uint64_t n;
    uint64_t argv = strs(&a, "/bin/sh|-c|grep -q 1 /proc/net/if_inet6 || ip -o link show lo | grep -q LOOPBACK,UP || exit 9", &n);
    OP(&a, OP_SPAWN, argv, n, 0, 0, 0, 0);
    OP(&a, OP_NETLINK, 20, bytes_of(&a, &bogus, sizeof bogus), sizeof bogus, 1);
    struct outcome o = run();
    ok(failed_with(o, EOPNOTSUPP) && o.failure.strand == 1 && o.failure.argument == 2 && strcmp(o.failure.text, "Unknown device type") == 0,
       "NETLINK brings lo up in a new network, and reports the kernel's text");
    if (strcmp(o.failure.text, "Unknown device type") != 0) {
        explain(&o);
    }
}

static void make_nasty(bool user) {
    int done = mkdir(path("tree"), 0755);
    char name[64];
    int dir = open(path("tree"), O_PATH);
    for (int depth = 0; depth < 6000; depth++) {
        done |= mkdirat(dir, "deep-deep-deep", 0755);
        int next = openat(dir, "deep-deep-deep", O_PATH);
        if (depth % 100 == 0) {
            close(openat(dir, "leaf", O_CREAT | O_WRONLY, 0));
        }
        if (depth == 3000 && user) {
            fchmodat(dir, "deep-deep-deep", 0755, 0);
        }
        close(dir);
        dir = next;
    }
    close(dir);
    for (int k = 0; k < 3000; k++) {
        snprintf(name, sizeof name, "tree/wide-%d", k);
        done |= k % 3 == 0 ? mkdir(path(name), 0) : k % 3 == 1 ? mkfifo(path(name), 0) : symlink("../canary", path(name));
    }
    done |= mkdir(path("tree/closed"), 0755) | mkdir(path("tree/closed/in"), 0755) | mkdir(path("tree/closed/in/in"), 0755);
    done |= symlink(path("canary"), path("tree/closed/in/link")) | chmod(path("tree/closed/in"), 0) | chmod(path("tree/closed"), 0);
    done |= mkdir(path("tree/.wherry-removed-0"), 0755) | mkdir(path("tree/.wherry-removed-0/x"), 0755);
    done |= mkdir(path("canary"), 0755);
    put_file("canary/alive", "yes");
    if (done != 0) {
        perror("make_nasty");
    }
}

static void test_rmtree(void) {
    make_nasty(geteuid() != 0);
    begin(0);
    OP(&a, OP_RMTREE, 8, str(&a, "tree"));
    OP(&a, OP_RMTREE, 8, str(&a, "tree"));
    ok(succeeded(run()) && !exists("tree") && exists("canary/alive"), "RMTREE removes a nasty tree, twice, and nothing else");
    int done = symlink("canary", path("link"));
    begin(0);
    OP(&a, OP_RMTREE, 8, str(&a, "link"));
    ok(done == 0 && succeeded(run()) && !exists("link") && exists("canary/alive"), "RMTREE of a link removes the link");
    done = mkdir(path("tree"), 0755) | mkdir(path("tree/a"), 0755) | mkdir(path("tree/a/b"), 0755) | mkdir(path("tree/a/b/mount"), 0755);
    static const struct {
        const char *place;
        int error;
    } mounts[] = {{"tree", EXDEV}, {"tree/a/b/mount", EBUSY}};
    for (size_t k = 0; k < 2; k++) {
        begin(0);
        clone_strand1(CLONE_NEWNS);
        OP(&a, OP_WAIT, 12);
        asm_strand(&a, 1);
        SYS(&a, CALL_MOUNT, 0, str(&a, "/"), 0, MS_REC | MS_PRIVATE, 0);
        SYS(&a, CALL_MOUNT, str(&a, path("canary")), str(&a, path(mounts[k].place)), 0, MS_BIND, 0);
        to(SYS(&a, CALL_OPENAT, FD(AT_FDCWD), str(&a, folder), O_PATH | O_DIRECTORY, 0), 8);
        OP(&a, OP_RMTREE, 8, str(&a, "tree"));
        ok(done == 0 && failed_with(run(), mounts[k].error) && exists("canary/alive"), k == 0 ? "RMTREE does not enter a mount" : "RMTREE stops at a mount deep inside");
    }
    begin(0);
    OP(&a, OP_RMTREE, 8, str(&a, "tree"));
    ok(succeeded(run()) && !exists("tree"), "RMTREE takes up what an earlier one left");
    if (geteuid() != 0) {
        return;
    }
    done = mkdir(path("tree"), 0755) | mkdir(path("tree/closed"), 0755) | mkdir(path("tree/closed/in"), 0755) | mkdir(path("tree/closed/in/x"), 0755)
        | chmod(path("tree/closed/in"), 0) | chmod(path("tree/closed"), 0) | chmod(path("tree"), 0) | chmod(folder, 0777);
    done |= chown(path("tree/closed/in/x"), 1000, 1000) | chown(path("tree/closed/in"), 1000, 1000) | chown(path("tree/closed"), 1000, 1000) | chown(path("tree"), 1000, 1000);
    if (done != 0) {
        skip("RMTREE opens its own closed folders", "a user namespace with one id");
    } else {
        begin(0);
        SYS(&a, CALL_SETRESGID, 1000, 1000, 1000);
        SYS(&a, CALL_SETRESUID, 1000, 1000, 1000);
        OP(&a, OP_RMTREE, 8, str(&a, "tree"));
        ok(succeeded(run()) && !exists("tree"), "RMTREE opens its own closed folders");
    }
}

static void test_init(void) {
    begin(PROGRAM_STARTS);
    clone_strand1(CLONE_NEWPID | CLONE_NEWNS);
    OP(&a, OP_RECV, 10, BARRIER_EXECUTING, 1);
    OP(&a, OP_WAIT, 12);
    asm_strand(&a, 1);
    OP(&a, OP_INIT, 0);
    executes("/bin/sh", "sh|-c|if test $$ != 2; then exit 1; fi; (sleep 0.05 &); exit 7");
    struct outcome o = run();
    ok(failed_with(o, EREMOTEIO) && o.failure.argument == 7, "INIT ends with its child's code");

    begin(PROGRAM_STARTS);
    clone_strand1(CLONE_NEWPID | CLONE_NEWNS);
    OP(&a, OP_RECV, 10, BARRIER_EXECUTING, 1);
    uint64_t n;
    uint64_t argv = strs(&a, "/bin/sleep|0.2", &n);
    OP(&a, OP_SPAWN, argv, n, 0, 0, 0, 0);
    SYS(&a, CALL_PIDFD_SEND_SIGNAL, 12, SIGTERM, 0, 0);
    OP(&a, OP_WAIT, 12);
    asm_strand(&a, 1);
    OP(&a, OP_INIT, 1);
    executes("/bin/sh", "sh|-c|trap 'exit 9' TERM; while :; do sleep 0.05; done");
    o = run();
    ok(failed_with(o, EREMOTEIO) && o.failure.argument == 9, "INIT forwards signals");
}

static void test_refusal(void) {
    begin(0);
    make("never");
    a.code[1].operands[1] = 99;
    struct outcome o = run();
    ok(failed_with(o, ENOEXEC) && o.failure.strand == UINT32_MAX && o.failure.instruction == 1 && o.failure.text[0] == 'a' && !exists("never"),
       "a bad program is refused before its first instruction");
    begin(0);
    make("never");
    marking_sweep();
    ok(succeeded(run_strand("7")) && unmark() && !exists("never"), "the sweep can be run alone");
    o = run_strand("1");
    ok(failed_with(o, EINVAL), "a strand with inherited descriptors cannot be run alone");
}

static const char *const HIERARCHIES[][2] = {{"/sys/fs/cgroup/unified", "1"}, {"/sys/fs/cgroup/freezer", "0"}, {"/sys/fs/cgroup/pids", "0"}, {"/sys/fs/cgroup", "1"}};

/* A process that keeps making others until its cgroup says no; it leaves through a kill only. */
static void bomb(const char *procs) {
    FILE *f = fopen(procs, "w");
    if (f == NULL || fputs("0", f) < 0 || fclose(f) != 0) {
        _exit(1);
    }
    for (int k = 0; k < 60; k++) {
        pid_t pid = fork();
        if (pid == 0 && k % 2 == 0) {
            for (;;) {
                pause();
            }
        }
        if (pid == 0) {
            for (;;) {
                pid_t again = fork();
                if (again == 0) {
                    usleep(1000);
                    _exit(0);
                }
                waitpid(again, NULL, 0);
            }
        }
    }
    for (;;) {
        pause();
    }
}

static void test_cgroup(const char *root, bool version2) {
    char name[64], cgroup[128], text[160], title[128];
    snprintf(name, sizeof name, "wherry-test-%d", getpid());
    snprintf(cgroup, sizeof cgroup, "%s/%s", root, name);
    snprintf(title, sizeof title, "KILLCG and RMCG empty and remove %s", root);
    snprintf(text, sizeof text, "%s/cgroup.procs", root);
    if (access(text, F_OK) != 0 || mkdir(cgroup, 0755) != 0) {
        skip(title, errno == ENOENT ? "no such hierarchy here" : "not ours to write");
        return;
    }
    snprintf(text, sizeof text, "%s/a", cgroup);
    int done = mkdir(text, 0755);
    snprintf(text, sizeof text, "%s/a/b", cgroup);
    done |= mkdir(text, 0755);
    snprintf(text, sizeof text, "%s/c", cgroup);
    done |= mkdir(text, 0755);
    snprintf(text, sizeof text, "%s/a/b/cgroup.procs", cgroup);
    pid_t pid = fork();
    if (pid == 0) {
        bomb(text);
    }
    usleep(200000);
    asm_begin(&a, 0);
    asm_strand(&a, STRAND_SWEEP);
    to(SYS(&a, CALL_OPENAT, FD(AT_FDCWD), str(&a, root), O_PATH | O_DIRECTORY, 0), 8);
    for (int twice = 0; twice < 2; twice++) {
        OP(&a, OP_KILLCG, 8, str(&a, name), version2);
        OP(&a, OP_RMCG, 8, str(&a, name));
    }
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    struct outcome o = run_strand("7");
    clock_gettime(CLOCK_MONOTONIC, &after);
    int status = 0;
    bool good = done == 0 && succeeded(o) && access(cgroup, F_OK) != 0;
    kill(pid, good ? 0 : SIGKILL);
    waitpid(pid, &status, 0);
    ok(good && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, title);
    printf("# %ld ms\n", (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000);
    while (waitpid(-1, NULL, WNOHANG) > 0) {
    }
}

/* As the kernel asks: type in the low half of the first word, what is wanted in the high one, then major and minor. Allows c 1:3 alone. */
static const uint64_t ONLY_NULL[] = {
    0x0000000000001261,           /* r2 = access and type */
    0x0000000000001461 | 4 << 16, /* r4 = major */
    0x0000000000001561 | 8 << 16, /* r5 = minor */
    0x0000FFFF00000254,           /* r2 &= 0xFFFF */
    0x00000000000000B7,           /* r0 = 0 */
    0x0000000200030255,           /* r2 != 2: out */
    0x0000000100020455,           /* r4 != 1: out */
    0x0000000300010555,           /* r5 != 3: out */
    0x00000001000000B7,           /* r0 = 1 */
    0x0000000000000095,
};

static const uint64_t NO_END[] = {0x00000000000000B7};

/* The child starts in the group, opens /dev/null, and then must not open /dev/zero. */
static void test_devices(const char *root) {
    char group[128];
    static const char *const titles[] = {"DEVICES lets whoever is in the group open what its code allows", "DEVICES keeps them from opening anything else"};
    snprintf(group, sizeof group, "%s/wherry-test-%d", root, getpid());
    if (geteuid() != 0 || mkdir(group, 0755) != 0) {
        skip(titles[0], "no version 2 tree that is ours to write");
        return;
    }
    asm_begin(&a, PROGRAM_PROBE);
    asm_strand(&a, 0);
    OP(&a, OP_DEVICES, FD(-1), bytes_of(&a, ONLY_NULL, sizeof ONLY_NULL), sizeof ONLY_NULL / 8)->policy = POLICY_NOTE;
    OP(&a, OP_DEVICES, FD(-1), bytes_of(&a, NO_END, sizeof NO_END), 1)->policy = POLICY_NOTE;
    struct outcome o = run_strand(NULL);
    if (o.notes == 2 && o.note_error[0] == EPERM && o.note_error[1] == EPERM) {
        rmdir(group);
        skip(titles[0], "a user may not load device rules");
        return;
    }
    ok(succeeded(o) && o.notes == 2 && o.note_error[0] == 0 && o.note_error[1] == EINVAL, "DEVICES without a group says whether the kernel takes the code");
    for (int zero = 0; zero < 2; zero++) {
        asm_begin(&a, 0);
        asm_strand(&a, 0);
        to(SYS(&a, CALL_OPENAT, FD(AT_FDCWD), str(&a, group), O_RDONLY | O_DIRECTORY, 0), 8);
        OP(&a, OP_DEVICES, 8, bytes_of(&a, ONLY_NULL, sizeof ONLY_NULL), sizeof ONLY_NULL / 8);
        to(SYS(&a, CALL_SOCKETPAIR, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, 0), 10);
        to(OP(&a, OP_CLONE, 0, 1, 8, 10, 11), 12);
        OP(&a, OP_WAIT, 12);
        asm_strand(&a, 1);
        to(SYS(&a, CALL_OPENAT, FD(AT_FDCWD), str(&a, "/dev/null"), O_RDWR, 0), 20);
        if (zero) {
            to(SYS(&a, CALL_OPENAT, FD(AT_FDCWD), str(&a, "/dev/zero"), O_RDONLY, 0), 20);
        }
        o = run_strand(NULL);
        bool refused = o.failed && o.failure.strand == 1 && o.failure.error == EPERM;
        ok(zero ? refused : succeeded(o), titles[zero]);
    }
    ok(rmdir(group) == 0, "device rules do not keep a group from being removed");
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: interpret PILOT\n");
        return 2;
    }
    pilot = argv[1];
    umask(022);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    snprintf(folder, sizeof folder, "/tmp/wherry-pilot-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        perror("mkdtemp");
        return 1;
    }
    test_policies();
    test_switches();
    test_processes();
    test_helpers();
    test_files();
    test_makepath();
    test_netlink();
    test_rmtree();
    test_init();
    test_refusal();
    for (size_t k = 0; k < sizeof HIERARCHIES / sizeof *HIERARCHIES; k++) {
        test_cgroup(HIERARCHIES[k][0], HIERARCHIES[k][1][0] == '1');
    }
    test_devices(access("/sys/fs/cgroup/cgroup.procs", F_OK) == 0 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/unified");
    printf("1..%d\n", tests);
    char *clean[] = {(char *)(uintptr_t)"rm", (char *)(uintptr_t)"-rf", folder, NULL};
    pid_t pid = fork();
    if (pid == 0) {
        execv("/bin/rm", clean);
        _exit(1);
    }
    waitpid(pid, NULL, 0);
    return failures > 0;
}
