/*
 * The caller as one word: a new word, and what was found out about this host for another is void. It stands for all that the facts of a host are made of
 * (HostProbe.java): the boot, rights, id maps, control groups and their mounts, processors, the files that give ids, and this binary.
 */
#include "java.h"

enum { CAPABILITY_VERSION_3 = 0x20080522, RLIMIT_NOFILE_ = 7, BUFFER = 4096, LINE = 512 };

/* FNV-1a: nobody gains from a collision, since who chooses the input owns the facts. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t length) {
    for (size_t k = 0; k < length; k++) {
        hash = (hash ^ ((const uint8_t *)bytes)[k]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

/* A file's content; of one with a line for each mount, only the lines about control groups. What is not there counts as empty. */
static uint64_t mix_file(uint64_t hash, const char *path, bool mounts) {
    static const char key[] = "cgroup";
    char buffer[BUFFER], line[LINE];
    size_t length = 0;
    CLOSING int fd = (int)sys_openat(AT_FDCWD, path, O_RDONLY, 0);
    long n;
    bool about = false;
    while (fd >= 0 && (n = sys_read(fd, buffer, sizeof buffer)) > 0) {
        if (!mounts) {
            hash = mix(hash, buffer, (size_t)n);
            continue;
        }
        for (long k = 0; k < n; k++) {
            if (length < LINE) {
                line[length++] = buffer[k];
            }
            about = about || (length >= sizeof key - 1 && memcmp(line + length - (sizeof key - 1), key, sizeof key - 1) == 0);
            if (buffer[k] == '\n') {
                hash = about ? mix(hash, line, length) : hash;
                length = 0;
                about = false;
            }
        }
    }
    return mix(hash, "", 1);
}

/*
 * The folder above the caller's own version 2 group, where a user's containers would have theirs. Not the group itself, which is another one in each
 * terminal.
 */
static uint64_t mix_group(uint64_t hash) {
    char text[BUFFER];
    CLOSING int fd = (int)sys_openat(AT_FDCWD, "/proc/self/cgroup", O_RDONLY, 0);
    long n = fd < 0 ? 0 : sys_read(fd, text, sizeof text - 1);
    text[n > 0 ? n : 0] = 0;
    for (const char *line = text; *line != 0;) {
        const char *end = line, *slash = line;
        for (; *end != '\n' && *end != 0; end++) {
            slash = *end == '/' ? end : slash;
        }
        if (line[0] == '0' && line[1] == ':' && line[2] == ':') {
            return mix(hash, line, (size_t)(slash - line));
        }
        line = *end == 0 ? end : end + 1;
    }
    return hash;
}

/* When a file changed last, and which one it is. */
static uint64_t mix_change(uint64_t hash, const char *path) {
    struct statx st;
    memset(&st, 0, sizeof st);
    SYS(statx, AT_FDCWD, path, 0, STATX_CTIME | STATX_INO, &st);
    hash = mix(hash, &st.stx_ino, sizeof st.stx_ino);
    return mix(hash, &st.stx_ctime, sizeof st.stx_ctime);
}

static bool is_system_root(uint32_t uid) {
    static const uint64_t identity[3] = {0, 0, UINT32_MAX};
    char text[128];
    CLOSING int fd = (int)sys_openat(AT_FDCWD, "/proc/self/uid_map", O_RDONLY, 0);
    long n = fd < 0 ? 0 : sys_read(fd, text, sizeof text - 1);
    text[n > 0 ? n : 0] = 0;
    const char *at = text;
    for (unsigned k = 0; k < 3; k++) {
        while (*at == ' ') {
            at++;
        }
        if (*at < '0' || *at > '9' || text_number(&at) != identity[k]) {
            return false;
        }
    }
    return uid == 0;
}

char *caller_word(char *to) {
    static const char *const files[] = {"/proc/sys/kernel/random/boot_id", "/proc/self/uid_map", "/proc/self/gid_map",
        "/sys/devices/system/cpu/online", "/sys/devices/system/node/online"};
    static const char *const changes[] = {"/etc/passwd", "/etc/subuid", "/etc/subgid", "/proc/self/exe"};
    uint32_t header[2] = {CAPABILITY_VERSION_3, 0}, sets[6] = {0};
    uint64_t limit[2] = {0}, hash = UINT64_C(0xcbf29ce484222325);
    uint32_t uid = (uint32_t)sys_raw(__NR_geteuid, 0, 0, 0, 0, 0, 0);
    uint32_t gid = (uint32_t)sys_raw(__NR_getegid, 0, 0, 0, 0, 0, 0);
    sys_raw(__NR_capget, ADDRESS(header), ADDRESS(sets), 0, 0, 0, 0);
    sys_raw(__NR_prlimit64, 0, RLIMIT_NOFILE_, 0, ADDRESS(limit), 0, 0);
    hash = mix(hash, sets, sizeof sets);
    hash = mix(hash, limit, sizeof limit);
    for (unsigned k = 0; k < sizeof files / sizeof *files; k++) {
        hash = mix_file(hash, files[k], false);
    }
    hash = mix_file(hash, "/proc/self/mountinfo", true);
    bool root = is_system_root(uid);
    hash = root ? hash : mix_group(hash); /* root's containers are at the top */
    for (unsigned k = 0; k < sizeof changes / sizeof *changes; k++) {
        hash = mix_change(hash, changes[k]);
    }
    to = text_decimal(to, uid);
    *to++ = '.';
    to = text_decimal(to, gid);
    *to++ = '.';
    *to++ = root ? '1' : '0';
    *to++ = '.';
    return text_decimal(to, hash);
}
