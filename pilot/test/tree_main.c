/*
 * Serves a tree stream without the rest of the pilot, for tests: tree_main [-U] FOLDER FLAGS [LOWERS WORK]
 * The stream is standard input, the replies are standard output. The root is FOLDER, or an overlay of LOWERS (colon-separated, uppermost first) with
 * FOLDER as its upper part, or with `-` for WORK read-only, without FOLDER. -U: in a user namespace with a single id.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct context;
int trees_main(struct context *ctx, int stream, int replies, uint32_t flags, int beside);
void failure_text(struct context *ctx, const char *text);

void failure_text(struct context *ctx, const char *text) {
    (void)ctx, (void)text;
}

static void need(int result, const char *what) {
    if (result < 0) {
        perror(what);
        exit(125);
    }
}

static void put(const char *file, const char *text) {
    int fd = open(file, O_WRONLY);
    need(fd, file);
    need(write(fd, text, strlen(text)) < 0 ? -1 : 0, file);
    close(fd);
}

static void enter_user_namespace(void) {
    char map[64];
    unsigned uid = getuid(), gid = getgid();
    need(unshare(CLONE_NEWUSER), "unshare user");
    put("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "0 %u 1", uid);
    put("/proc/self/uid_map", map);
    snprintf(map, sizeof map, "0 %u 1", gid);
    put("/proc/self/gid_map", map);
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "-U") == 0) {
        enter_user_namespace();
        argv++, argc--;
    }
    if (argc != 3 && argc != 5) {
        fputs("usage: tree_main [-U] FOLDER FLAGS [LOWERS WORK]\n", stderr);
        return 2;
    }
    need(unshare(CLONE_NEWNS), "unshare");
    need(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private");
    if (argc == 5) {
        static char options[65536];
        if (strcmp(argv[4], "-") == 0) {
            snprintf(options, sizeof options, "lowerdir=%s,userxattr", argv[3]);
        } else {
            snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s,workdir=%s,userxattr", argv[3], argv[1], argv[4]);
        }
        need(mount("overlay", "/tmp", "overlay", MS_NOSUID | MS_NODEV | MS_NOEXEC, options), "overlay");
        need(chdir("/tmp"), "chdir");
    } else {
        need(mount(argv[1], argv[1], NULL, MS_BIND | MS_REC, NULL), "bind");
        need(chdir(argv[1]), "chdir");
    }
    need((int)syscall(SYS_pivot_root, ".", "."), "pivot_root");
    need(umount2(".", MNT_DETACH), "umount");
    need(chdir("/"), "chdir /");
    umask(0);
    int error = trees_main(NULL, 0, 1, (uint32_t)strtoul(argv[2], NULL, 0), -1);
    return error == 0 ? 0 : 1;
}
