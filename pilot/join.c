/* The way to a container that runs already: the JVM names its monitor's socket, the launcher becomes a client. */
#include "launcher.h"

enum { O_PATH_FOLDER = O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW, ADDRESS_PATH = 108, PATH_LIMIT = 4096, NAME_LIMIT = 64, HEAD = 6 };

struct address {
    uint16_t family;
    char path[ADDRESS_PATH];
};

bool last_word_read(struct last_word *word, const uint8_t *payload, size_t length, size_t limit) {
    if (length < HEAD + 1 || get_u16(payload + 4) >= limit || get_u16(payload + 4) > length - HEAD - 1) {
        return false;
    }
    *word = (struct last_word){.flags = get_u32(payload), .name = payload + HEAD, .name_length = get_u16(payload + 4)};
    const uint8_t *keys = word->name + word->name_length;
    size_t left = length - HEAD - word->name_length - 1;
    if (keys[0] > KEYS_LIMIT || keys[0] > left) {
        return false;
    }
    keys_set(&word->keys, keys + 1, keys[0]);
    word->length = length - left + keys[0];
    return true;
}

/* An address holds 108 bytes, a state root may be deeper: its folder is opened, and named by the descriptor. */
int join_monitor(const uint8_t *path, size_t length) {
    struct address address = {.family = AF_UNIX};
    char folder[PATH_LIMIT];
    size_t slash = length;
    while (slash > 0 && path[slash - 1] != '/') {
        slash--;
    }
    if (slash == 0 || length >= PATH_LIMIT || length - slash >= NAME_LIMIT) {
        return -EINVAL;
    }
    memcpy(folder, path, slash);
    folder[slash] = 0;
    CLOSING int fd = (int)TRY(sys_openat(AT_FDCWD, folder, O_PATH_FOLDER, 0));
    char *end = text_pair(address.path, "/proc/self/fd/", (uint64_t)fd);
    *end++ = '/';
    memcpy(end, path + slash, length - slash);
    int joined = (int)TRY(SYS(socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    long result = SYS(connect, joined, &address, sizeof address);
    if (result < 0) {
        sys_close(joined);
        return (int)result;
    }
    return joined;
}
