/*
 * See docs/devices.md. Nothing of an event is believed, or even read: it only makes us look, and at most every LOOK_MS. So events may be forged, lost, or come a
 * thousand times a second. The container may do what it likes in its /dev: folders are opened without following a link and without leaving the mount, and
 * nothing is changed of what stands there but by removing it.
 */
#include "hotplug.h"
#include "device_rules.h"
#include "pilot.h"

enum {
    UEVENTS = 15 /* NETLINK_KOBJECT_UEVENT */, KERNELS = 1, SOCK_RAW_ = 3, NODES_MOST = 128, NAME_MOST = 96, PATH_MOST = 512, LOOK_MS = 50, DRAIN_MOST = 1024, ENTRIES = 8192,
    LEVELS = 32, MODE_UNKNOWN = 0600, NEVER_MS = -1,
};

/* udev names links and sets permissions some time after the kernel's event, so behind the last event there are some more looks. */
static const int64_t later_ms[] = {150, 500, 2000};
enum { LATER = sizeof later_ms / sizeof *later_ms };

struct node {
    char name[NAME_MOST]; /* below /dev */
    char link[208];       /* made too, or empty */
    uint64_t device;
    uint32_t mode; /* with the type */
    uint32_t uid;
    uint32_t gid;
    uint32_t access;
    bool there;
};

struct follower {
    int socket;
    int devices; /* the container's /dev */
    int group;   /* of version 1, or -1 */
    uint32_t rule_count;
    struct device_rule rules[DEVICE_RULES_MOST];
    int64_t due_at;
    int64_t looked_at;
    unsigned later; /* looks still to come behind the last event */
    uint32_t count;
    int error; /* the first one of a look */
    struct node nodes[NODES_MOST];
    uint8_t entries[ENTRIES];
};

/* the container's side */

static int parent_of(const struct follower *f, const char *path, const char **last) {
    char folder[PATH_MOST];
    size_t slash = 0;
    int dir = (int)sys_fcntl(f->devices, F_DUPFD_CLOEXEC, 0);
    *last = path;
    for (size_t k = 0; path[k] != 0 && dir >= 0; k++) {
        if (path[k] != '/') {
            continue;
        }
        text_copy(folder, k - slash + 1, path + slash);
        SYS(mkdirat, dir, folder, 0755);
        int next = (int)sys_openat2(dir, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
        sys_close(dir);
        dir = next;
        slash = k + 1;
        *last = path + slash;
    }
    return dir;
}

static void remove_entry(const struct follower *f, const char *path) {
    const char *name;
    CLOSING int dir = parent_of(f, path, &name);
    if (dir >= 0) {
        sys_unlinkat(dir, name, 0);
    }
}

/* A line for devices.allow or devices.deny. */
static int admit(const struct follower *f, const struct node *n, const char *file) {
    char text[64] = "c ";
    text[0] = (n->mode & S_IFMT_) == S_IFBLK ? 'b' : 'c';
    char *end = text_pair(text + 2, "", (n->device >> 8 & 0xfff) | (n->device >> 32 & ~UINT64_C(0xfff)));
    end = text_pair(end, ":", (n->device & 0xff) | (n->device >> 12 & ~UINT64_C(0xff)));
    *end++ = ' ';
    for (unsigned k = 0; k < 3; k++) {
        if ((n->access >> k & 1) != 0) {
            *end++ = "rwm"[k];
        }
    }
    *end = 0;
    return f->group < 0 ? 0 : put_value(f->group, file, text);
}

static int make(const struct follower *f, const struct node *n) {
    const char *name;
    TRY(admit(f, n, "devices.allow"));
    CLOSING int dir = parent_of(f, n->name, &name);
    TRY(dir);
    sys_unlinkat(dir, name, 0);
    TRY(SYS(mknodat, dir, name, n->mode, n->device));
    TRY(SYS(fchownat, dir, name, n->uid, n->gid, AT_SYMLINK_NOFOLLOW));
    if (n->link[0] != 0) {
        char target[NAME_MOST + 8] = "/dev/";
        text_copy(target + 5, NAME_MOST, n->name);
        CLOSING int folder = parent_of(f, n->link, &name);
        TRY(folder);
        sys_unlinkat(folder, name, 0);
        TRY(SYS(symlinkat, target, folder, name));
    }
    return 0;
}

static void unmake(const struct follower *f, const struct node *n) {
    if (n->link[0] != 0) {
        remove_entry(f, n->link);
    }
    remove_entry(f, n->name);
    admit(f, n, "devices.deny");
}

/* What is there now: made if it is new, made anew if it is another one. */
static void note_present(struct follower *f, const struct node *now) {
    struct node *known = NULL;
    for (uint32_t k = 0; k < f->count && known == NULL; k++) {
        known = text_equal(f->nodes[k].name, now->name) ? &f->nodes[k] : NULL;
    }
    bool same = known != NULL && known->device == now->device && known->mode == now->mode && known->uid == now->uid && known->gid == now->gid
        && text_equal(known->link, now->link);
    if (same) {
        known->there = true;
        return;
    }
    if (known == NULL && f->count == NODES_MOST) {
        f->error = f->error < 0 ? f->error : -ENOSPC;
        return;
    }
    if (known != NULL) {
        unmake(f, known);
    } else {
        known = &f->nodes[f->count++];
    }
    *known = *now;
    known->there = true;
    int result = make(f, known);
    f->error = f->error < 0 ? f->error : result;
}

/* the host's side */

/* The content of a small file without its last newline; empty if there is none. */
static void read_text(int dir, const char *name, char *to, size_t room) {
    CLOSING int fd = (int)sys_openat(dir, name, O_RDONLY, 0);
    long n = fd < 0 ? 0 : sys_read(fd, to, room - 1);
    to[n < 0 ? 0 : n] = 0;
    if (n > 0 && to[n - 1] == '\n') {
        to[n - 1] = 0;
    }
}

static uint32_t hexadecimal(const char *text) {
    uint32_t value = 0;
    for (unsigned k = 0; k < 4 && text[k] != 0; k++) {
        char c = text[k];
        value = value << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    }
    return value & 0xffff;
}

static const char *last_name(const char *path) {
    const char *last = path;
    for (; *path != 0; path++) {
        last = *path == '/' ? path + 1 : last;
    }
    return last;
}

/* Where a link leads, by its last name; empty if it is none. */
static void link_end(int dir, const char *name, char *to, size_t room) {
    char target[PATH_MOST];
    long n = SYS(readlinkat, dir, name, target, sizeof target - 1);
    target[n < 0 ? 0 : n] = 0;
    text_copy(to, room, last_name(target));
}

/* The USB device that a device belongs to: the next one above it that has an idVendor. */
static void usb_facts(int dir, struct device_facts *facts, char serial[64]) {
    char text[16];
    int at = (int)sys_fcntl(dir, F_DUPFD_CLOEXEC, 0);
    for (unsigned level = 0; level < LEVELS && at >= 0; level++) {
        read_text(at, "idVendor", text, sizeof text);
        if (text[0] != 0) {
            facts->usb = true;
            facts->vendor = hexadecimal(text);
            read_text(at, "idProduct", text, sizeof text);
            facts->product = hexadecimal(text);
            read_text(at, "serial", serial, 64);
            break;
        }
        int up = (int)sys_openat(at, "..", O_PATH | O_DIRECTORY, 0);
        sys_close(at);
        at = up;
    }
    if (at >= 0) {
        sys_close(at);
    }
}

/* Told by the path, which is cheap: most devices are not. */
static bool is_of_usb(int all, const char *number) {
    char path[PATH_MOST];
    long n = SYS(readlinkat, all, number, path, sizeof path - 1);
    path[n < 0 ? 0 : n] = 0;
    return pattern_matches("*/usb*", path);
}

static bool leads_to(const char *link, const char *name) {
    char path[PATH_MOST] = "/dev/";
    char end[NAME_MOST];
    text_copy(path + 5, sizeof path - 5, link);
    link_end(AT_FDCWD, path, end, sizeof end);
    return end[0] != 0 && text_equal(end, last_name(name));
}

static bool is_below(const char *name) {
    return name[0] != 0 && name[0] != '/' && name[0] != '.' && text_length(name) < NAME_MOST - 1 && !text_equal(last_name(name), "") && !text_equal(last_name(name), "..");
}

/* A device by its entry in /sys/dev. It may vanish at any moment: what is empty then matches nothing. */
static void look_at(struct follower *f, int dir, bool block, bool usb) {
    char uevent[2048];
    char subsystem[32];
    char serial[64] = "";
    struct node now = {0};
    struct stat host;
    read_text(dir, "uevent", uevent, sizeof uevent);
    const char *name = text_line(uevent, "DEVNAME=");
    const char *major = text_line(uevent, "MAJOR=");
    const char *minor = text_line(uevent, "MINOR=");
    if (name == NULL || major == NULL || minor == NULL) {
        return;
    }
    for (size_t k = 0; k < NAME_MOST - 1 && name[k] != 0 && name[k] != '\n'; k++) {
        now.name[k] = name[k];
    }
    link_end(dir, "subsystem", subsystem, sizeof subsystem);
    struct device_facts facts = {.subsystem = subsystem, .name = last_name(now.name), .serial = serial};
    if (usb) {
        usb_facts(dir, &facts, serial);
    }
    const struct device_rule *rule = NULL;
    for (uint32_t k = 0; k < f->rule_count && rule == NULL; k++) {
        bool fits = device_rule_matches(&f->rules[k], &facts) && (f->rules[k].link[0] == 0 || leads_to(f->rules[k].link, now.name));
        rule = fits ? &f->rules[k] : NULL;
    }
    if (rule == NULL || !is_below(now.name)) {
        return;
    }
    char path[NAME_MOST + 8] = "/dev/";
    text_copy(path + 5, NAME_MOST, now.name);
    uint64_t ma = text_number(&major);
    uint64_t mi = text_number(&minor);
    now.device = (mi & 0xff) | (ma & 0xfff) << 8 | (mi & ~UINT64_C(0xff)) << 12 | (ma & ~UINT64_C(0xfff)) << 32;
    uint32_t type = block ? S_IFBLK : S_IFCHR;
    bool found = SYS(newfstatat, AT_FDCWD, path, &host, AT_SYMLINK_NOFOLLOW) == 0 && (host.st_mode & S_IFMT_) == type && host.st_rdev == now.device;
    now.mode = type | (found ? host.st_mode & 0777 : MODE_UNKNOWN);
    now.uid = found ? host.st_uid : 0;
    now.gid = found ? host.st_gid : 0;
    now.access = rule->access;
    text_copy(now.link, sizeof now.link, rule->link);
    note_present(f, &now);
}

static void look_through(struct follower *f, const char *folder, bool block) {
    CLOSING int all = (int)sys_openat(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY, 0);
    for (long n = all; all >= 0 && (n = SYS(getdents64, all, f->entries, sizeof f->entries)) > 0;) {
        for (long at = 0; at < n;) {
            const struct directory_entry *entry = (const void *)(f->entries + at);
            at += entry->length;
            CLOSING int dir = entry->name[0] == '.' ? -1 : (int)sys_openat(all, entry->name, O_PATH | O_DIRECTORY, 0);
            if (dir >= 0) {
                look_at(f, dir, block, is_of_usb(all, entry->name));
            }
        }
    }
}

static void look(struct follower *f) {
    f->error = 0;
    for (uint32_t k = 0; k < f->count; k++) {
        f->nodes[k].there = false;
    }
    look_through(f, "/sys/dev/char", false);
    look_through(f, "/sys/dev/block", true);
    for (uint32_t k = 0; k < f->count;) {
        if (f->nodes[k].there) {
            k++;
        } else {
            unmake(f, &f->nodes[k]);
            f->nodes[k] = f->nodes[--f->count];
        }
    }
    f->looked_at = sys_now_ms();
}

/* what the program and the monitor call */

int op_follow(struct context *ctx, const struct instruction *i) {
    struct { uint16_t family, pad; uint32_t pid, groups; } address = {.family = AF_NETLINK, .groups = KERNELS};
    struct follower *f = ctx->follower;
    if (f == NULL) {
        f = sys_pages(sizeof *f);
        if (sys_failed(f)) {
            return -ENOMEM;
        }
        f->socket = -1;
        ctx->follower = f;
    }
    hotplug_stop(ctx);
    f->devices = fd_at(i, 0);
    f->group = fd_at(i, 1);
    f->rule_count = (uint32_t)(i->operands[3] / sizeof *f->rules);
    memcpy(f->rules, ctx->program.data + i->operands[2], i->operands[3]);
    f->count = 0;
    f->later = LATER;
    f->due_at = NEVER_MS;
    f->socket = own_number((int)SYS(socket, AF_NETLINK, SOCK_RAW_ | SOCK_CLOEXEC | SOCK_NONBLOCK, UEVENTS));
    TRY(f->socket);
    TRY(SYS(bind, f->socket, &address, sizeof address));
    look(f); /* behind the bind: what comes from now on is heard */
    return f->error;
}

int hotplug_socket(const struct context *ctx) {
    const struct follower *f = ctx->follower;
    return f == NULL || f->due_at != NEVER_MS ? -1 : f->socket;
}

int64_t hotplug_due(const struct context *ctx) {
    return ctx->follower == NULL || ctx->follower->socket < 0 ? NEVER_MS : ctx->follower->due_at;
}

void hotplug_turn(struct context *ctx, bool changed) {
    struct follower *f = ctx->follower;
    uint8_t event[64]; /* the rest is thrown away */
    if (f == NULL || f->socket < 0) {
        return;
    }
    int64_t now = sys_now_ms();
    if (changed && f->due_at == NEVER_MS) {
        f->due_at = f->looked_at + LOOK_MS > now ? f->looked_at + LOOK_MS : now;
        f->later = 0;
    }
    if (f->due_at == NEVER_MS || now < f->due_at) {
        return;
    }
    bool news = false;
    for (unsigned k = 0; k < DRAIN_MOST && sys_raw(__NR_recvfrom, f->socket, ADDRESS(event), sizeof event, 0, 0, 0) > 0; k++) {
        news = true;
    }
    f->later = news ? 0 : f->later;
    look(f);
    f->due_at = f->later < LATER ? f->looked_at + later_ms[f->later++] : NEVER_MS;
}

void hotplug_stop(struct context *ctx) {
    struct follower *f = ctx->follower;
    if (f != NULL && f->socket >= 0) {
        sys_close(f->socket);
        f->socket = -1;
    }
}
