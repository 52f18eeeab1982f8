/* See snapshot.h. */
#include "snapshot.h"

enum { PATH_LIMIT = 64, LINK_LIMIT = 64, SHOWN = 10, LINE_LIMIT = 512, MOUNT_FIELDS = 3 };

static const char NAMESPACE[] = "namespace ";

int snapshot_room(struct snapshot *snapshot) {
    *snapshot = (struct snapshot){.text = sys_pages(SNAPSHOT_LIMIT)};
    return sys_failed(snapshot->text) ? -ENOMEM : 0;
}

static void add(struct snapshot *s, const char *bytes, size_t length) {
    if (length <= SNAPSHOT_LIMIT - s->length) {
        memcpy(s->text + s->length, bytes, length);
        s->length += length;
    }
}

static void proc_path(char path[PATH_LIMIT], int pid, const char *name) {
    char *end = text_pair(path, "/proc/", (uint64_t)pid);
    text_copy(end, PATH_LIMIT - (size_t)(end - path), name);
}

static void add_namespaces(struct snapshot *s, int pid) {
    static const char *const names[] = {"/ns/cgroup", "/ns/ipc", "/ns/mnt", "/ns/net", "/ns/pid", "/ns/user", "/ns/uts"};
    for (unsigned k = 0; k < sizeof names / sizeof *names; k++) {
        char path[PATH_LIMIT];
        char link[LINK_LIMIT];
        proc_path(path, pid, names[k]);
        long n = SYS(readlinkat, AT_FDCWD, path, link, sizeof link - 1);
        s->hidden |= n == -EACCES || n == -EPERM;
        s->namespaces |= n > 0;
        if (n > 0) {
            link[n] = '\n';
            add(s, NAMESPACE, sizeof NAMESPACE - 1);
            add(s, link, (size_t)n + 1);
        }
    }
}

/* Of a line of mountinfo what is behind the numbers: they are new for each namespace, though the mount is the same. */
static const char *behind_numbers(const char *line, const char *end) {
    for (unsigned blanks = 0; line < end && blanks < MOUNT_FIELDS; line++) {
        blanks += *line == ' ';
    }
    return line;
}

static bool is_identity(const char *line) {
    static const char *const keys[] = {"Uid:", "Gid:", "Groups:", "Cap", "NoNewPrivs:", "Seccomp:"};
    bool found = false;
    for (unsigned k = 0; k < sizeof keys / sizeof *keys; k++) {
        found |= text_starts(line, keys[k]);
    }
    return found;
}

/* The lines of a file of /proc/PID, each with `word` in front; of its status only what tells who it is, without a word. */
static void add_file(struct snapshot *s, int pid, const char *name, const char *word, bool mounts) {
    char path[PATH_LIMIT];
    proc_path(path, pid, name);
    CLOSING int fd = (int)sys_openat(AT_FDCWD, path, O_RDONLY, 0);
    char *text = sys_pages(SNAPSHOT_LIMIT);
    size_t have = 0;
    long n = fd < 0 || sys_failed(text) ? -1 : 1;
    while (n > 0 && have < SNAPSHOT_LIMIT - 1) {
        n = sys_read(fd, text + have, SNAPSHOT_LIMIT - 1 - have);
        have += n > 0 ? (size_t)n : 0;
    }
    for (size_t at = 0; at < have;) {
        size_t end = at;
        while (end < have && text[end] != '\n') {
            end++;
        }
        const char *line = mounts ? behind_numbers(text + at, text + end) : text + at;
        if (word != NULL || is_identity(line)) {
            add(s, word == NULL ? "" : word, word == NULL ? 0 : text_length(word));
            add(s, line, (size_t)(text + end - line));
            add(s, "\n", 1);
        }
        at = end + 1;
    }
    if (!sys_failed(text)) {
        sys_free_pages(text, SNAPSHOT_LIMIT);
    }
}

static size_t line_length(const struct snapshot *s, size_t at) {
    size_t end = at;
    while (end < s->length && s->text[end] != '\n') {
        end++;
    }
    return end - at;
}

static void keep_namespaces(struct snapshot *s, const struct snapshot *before) {
    s->namespaces = before->namespaces;
    for (size_t at = 0; at < before->length && text_starts(before->text + at, NAMESPACE);) {
        size_t n = line_length(before, at) + 1;
        add(s, before->text + at, n);
        at += n;
    }
}

void snapshot_take(struct snapshot *snapshot, int pid, const struct snapshot *before) {
    *snapshot = (struct snapshot){.text = snapshot->text};
    add_namespaces(snapshot, pid);
    if (snapshot->hidden && before != NULL) {
        keep_namespaces(snapshot, before);
    }
    add_file(snapshot, pid, "/status", NULL, false);
    add_file(snapshot, pid, "/cgroup", "cgroup ", false);
    add_file(snapshot, pid, "/mountinfo", "mount ", true);
}

/* The letter behind the name in /proc/PID/stat, which may hold anything itself. */
bool sleeps(int pid) {
    char text[256];
    char path[PATH_LIMIT];
    proc_path(path, pid, "/stat");
    CLOSING int fd = (int)sys_openat(AT_FDCWD, path, O_RDONLY, 0);
    long n = fd < 0 ? -1 : sys_read(fd, text, sizeof text);
    long at = n;
    while (at > 0 && text[at - 1] != ')') {
        at--;
    }
    return n < 0 || (at + 1 < n && text[at + 1] == 'S');
}

static bool has_line(const struct snapshot *s, const char *line, size_t length) {
    for (size_t at = 0; at < s->length;) {
        size_t n = line_length(s, at);
        if (n == length && memcmp(s->text + at, line, n) == 0) {
            return true;
        }
        at += n + 1;
    }
    return false;
}

/* What a path may hold must not steer the terminal. */
static void print_line(const char *sign, const char *line, size_t length) {
    char text[LINE_LIMIT];
    size_t n = text_length(sign);
    memcpy(text, sign, n);
    for (size_t k = 0; k < length && n < sizeof text - 1; k++) {
        text[n++] = line[k] == '\t' ? ' ' : (unsigned char)line[k] < ' ' || line[k] == 127 ? '?' : line[k];
    }
    text[n++] = '\n';
    write_all(2, text, n);
}

/* Lines of one that the other has not. */
static void print_missing(const struct snapshot *one, const struct snapshot *other, const char *sign) {
    unsigned count = 0;
    for (size_t at = 0; at < one->length;) {
        size_t n = line_length(one, at);
        const char *line = one->text + at;
        bool judged = (one->namespaces && other->namespaces) || !text_starts(line, NAMESPACE);
        if (judged && !has_line(other, line, n) && ++count <= SHOWN) {
            print_line(sign, line, n);
        }
        at += n + 1;
    }
    if (count > SHOWN) {
        char more[48];
        text_copy(text_pair(more, "and ", count - SHOWN), 16, " lines more");
        print_line(sign, more, text_length(more));
    }
}

void snapshot_differences(const struct snapshot *before, const struct snapshot *after) {
    print_missing(before, after, "        - ");
    print_missing(after, before, "        + ");
    if (after->hidden && !before->hidden) {
        print_line("        ", "(hidden from here on: its namespaces are system root's to see)", 62);
    }
}
