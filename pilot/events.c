/* See events.h. */
#include "events.h"

enum { TEMPLATE_MOST = 16384, LINE_MOST = TEMPLATE_MOST + 1024, SET_LOCK = 37 /* F_OFD_SETLK */, WRITE_LOCK = 1 /* F_WRLCK */ };
enum { SLOT_ACTION = 1, SLOT_MORE, SLOT_SECONDS, SLOT_NANOSECONDS };

/* The kernel's struct flock. */
struct lock {
    int16_t type;
    int16_t whence;
    int64_t start;
    int64_t length;
    int32_t pid;
};

/* The template with its slots filled; 0 if there is none or it is too long. */
static size_t fill(char line[LINE_MOST], int folder, const char *action, const char *more) {
    char template[TEMPLATE_MOST];
    char times[2][24];
    struct __kernel_timespec now = {0};
    CLOSING int fd = (int)sys_openat(folder, "event", O_RDONLY | O_NOFOLLOW, 0);
    long length = fd < 0 ? 0 : sys_read(fd, template, sizeof template);
    sys_clock(0, &now);
    text_decimal(times[0], (uint64_t)now.tv_sec);
    text_decimal(times[1], (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec);
    const char *const slots[] = {NULL, action, more, times[0], times[1]};
    size_t used = 0;
    for (long k = 0; k < length && length < TEMPLATE_MOST; k++) {
        uint8_t byte = (uint8_t)template[k];
        const char *slot = byte >= SLOT_ACTION && byte <= SLOT_NANOSECONDS ? slots[byte] : NULL;
        size_t n = slot == NULL ? 1 : text_length(slot);
        if (used + n > LINE_MOST) {
            return 0;
        }
        memcpy(line + used, slot == NULL ? template + k : slot, n);
        used += n;
    }
    return used;
}

static bool is_full(int journal, size_t more) {
    struct stat stat = {0};
    return SYS(newfstatat, journal, "journal", &stat, AT_SYMLINK_NOFOLLOW) == 0 && (uint64_t)stat.st_size + more > EVENT_JOURNAL;
}

/* If somebody else is at it, the line goes where there is no room any more; nobody waits. */
static void rotate(int journal, size_t more) {
    char from[32];
    char to[32];
    const struct lock lock = {.type = WRITE_LOCK};
    CLOSING int fd = (int)sys_openat(journal, "lock", O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
    if (fd < 0 || SYS(fcntl, fd, SET_LOCK, &lock) < 0 || !is_full(journal, more)) {
        return;
    }
    for (uint32_t k = EVENT_FILES - 1; k > 0; k--) {
        text_pair(from, "journal.", k - 1);
        text_pair(to, "journal.", k);
        sys_renameat(journal, k == 1 ? "journal" : from, journal, to);
    }
}

void event_append(int journal, int folder, const char *action, const char *more) {
    char line[LINE_MOST];
    size_t length = journal < 0 || folder < 0 ? 0 : fill(line, folder, action, more == NULL ? "" : more);
    if (length == 0) {
        return;
    }
    if (is_full(journal, length)) {
        rotate(journal, length);
    }
    CLOSING int fd = (int)sys_openat(journal, "journal", O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
    if (fd >= 0) {
        sys_write(fd, line, length); /* at once, so that lines of several writers do not mix */
    }
}

void event_numbers(int journal, int folder, const char *action, const char *key, uint64_t value, const char *key2, uint64_t value2) {
    char more[EVENT_MORE];
    char *end = more;
    const char *keys[2] = {key, key2};
    const uint64_t values[2] = {value, value2};
    for (unsigned k = 0; k < 2 && keys[k] != NULL; k++) {
        *end++ = '"';
        text_copy(end, 32, keys[k]);
        end = text_pair(end + text_length(end), "\":\"", values[k]);
        text_copy(end, 3, "\",");
        end += 2;
    }
    event_append(journal, folder, action, more);
}
