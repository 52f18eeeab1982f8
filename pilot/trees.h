/*
 * A tree stream's records (docs/trees.md): layout and the check that the server relies on. The check makes no system call, so that it is
 * tested hosted, under sanitizers.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TREE_HEADER = 64,
    TREE_RECORD_LIMIT = 8192,
    TREE_REGISTERS = 256,
    TREE_ROOT = 0,
    TREE_BESIDE = 1, /* a folder that is not below the root, if one was given */
    TREE_NO_REGISTER = 0xFFFF,
    TREE_NAME_LIMIT = 255,
    TREE_LINK_LIMIT = 4095,
    TREE_PATH_LIMIT = 4095,
    TREE_XATTR_LIMIT = 65536,
    TREE_MAGIC_LENGTH = 8,
    TREE_TEXT = 64,
    TREE_STATUS = 32, /* what an entry that is read has behind its header */
    TREE_TYPE_FOLDER = 4,
    TREE_TYPE_FILE = 8,
};

#define TREE_MAGIC "WHERRYT1"

/* Start parameters of TREES. */
enum tree_form { TREE_OVERLAY = 1, TREE_FORMS = 1 };

enum tree_flag {
    FLAG_REPLACE = 0x01,
    FLAG_ABSENT = 0x02,
    FLAG_COUNT = 0x04,
    FLAG_MORE = 0x08,
    FLAG_MAKE = 0x10,
    FLAG_ALONE = 0x20,  /* of COPY */
    FLAG_GENTLE = 0x20, /* with REPLACE: a folder and what is none do not replace each other */
    FLAG_OWNER = 0x20,
    FLAG_MODE = 0x40,
    FLAG_TIME = 0x80,
    FLAG_DURABLE = 0x80, /* of SYNC */
    FLAG_DATA = 0x20,    /* of READ: */
    FLAG_BELOW = 0x40,
    FLAG_LIST = 0x80,
    FLAG_OPAQUE = 0x01, /* of entries that are read: */
    FLAG_BARE = 0x02,
};

enum tree_reply_kind { TREE_REPLY_ERROR = 1, TREE_REPLY_SYNC, TREE_REPLY_NOTE, TREE_REPLY_END, TREE_REPLY_USAGE };

/* A record, decoded. Names are NUL-terminated copies. */
struct tree_record {
    uint32_t length;
    uint8_t op;
    uint8_t flags;
    uint16_t dir;
    uint16_t dst;
    uint16_t name_length;
    uint16_t link_length;
    uint16_t xattr_length;
    uint32_t mode;
    uint32_t uid;
    uint32_t gid;
    uint32_t nsec;
    uint64_t size;
    int64_t sec;
    uint64_t data;
    uint64_t aux;
    char name[TREE_PATH_LIMIT + 1];
    char link[TREE_LINK_LIMIT + 1];
};

/* What a record may rely on: the registers that are filled, and the FILE that is open. */
struct tree_state {
    bool filled[TREE_REGISTERS];
    bool file_open;
    uint64_t promised; /* size of the open FILE */
    uint64_t position; /* bytes written or skipped in it */
};

/* The length of the record that begins with these TREE_HEADER bytes, or 0 if none may begin so. */
uint32_t tree_record_length(const uint8_t *header);

/* Decodes `length` bytes (what tree_record_length said) and checks all of docs/trees.md; false: a bad record, nothing may be done. */
bool tree_check(const struct tree_state *state, const uint8_t *bytes, uint32_t length, struct tree_record *to);

/* Whether overlayfs takes orders from an xattr of that name: a layer never gives it any. */
bool tree_is_overlay_note(const char *name);

/* Bytes of data that follow the record in the stream. */
uint64_t tree_inline_length(const struct tree_record *record);

/* What COPY did; at a failure the call and the entry. */
struct tree_copied {
    uint64_t entries;
    uint64_t bytes;
    long call;
    char name[TREE_NAME_LIMIT + 1];
};

/* trees_copy.c. Copies what is below one folder, and its metadata, into another, which is empty; with `overlay` opaque marks too. 0 or -errno. */
int tree_copy(int source, int target, bool overlay, struct tree_copied *result);

/* The folder's own metadata only, into a folder that may have entries; with source = target overlayfs copies the folder up. */
int tree_copy_alone(int source, int target, struct tree_copied *result);

/* The folder and all below it get that owner; links themselves, and nothing that is mounted below. */
int tree_own(int folder, uint32_t uid, uint32_t gid, struct tree_copied *result);

/* trees_read.c. Who asks for entries, and what became of it. */
struct tree_reading;
struct tree_reader {
    int replies;
    void (*left_out)(struct tree_reader *reader, const char *name, long error);
    struct tree_reading *reading; /* memory, kept for the next READ; NULL at first */
    uint64_t entries;
    uint64_t bytes;
    long call; /* at a failure: the call, and the entry */
    char name[TREE_NAME_LIMIT + 1];
};

/* Sends the entry of a folder, or without a name the folder itself; with FLAG_BELOW all that is below it, with FLAG_LIST the folder's entries and not itself. 0 or -errno. */
int tree_read(struct tree_reader *reader, int dir, const char *name, unsigned flags);

/* What an entry takes of the disk; at a failure the call. */
struct tree_usage {
    uint64_t entries; /* it and all below it */
    uint64_t bytes;   /* allocated, not promised */
    uint64_t size;    /* of regular files, as they promise */
    uint64_t skipped; /* folders so deep that they were not entered */
    long call;
};

/* trees_usage.c. Measures an entry of a folder; one that is not there takes nothing. 0 or -errno. */
int tree_use(int dir, const char *name, struct tree_usage *result);

/* A reply, as it is written. */
struct tree_reply {
    uint32_t kind;
    uint32_t op;
    uint64_t index;
    uint32_t error;
    uint32_t call;
    uint64_t id;
    uint64_t entries;
    uint64_t bytes;
    uint64_t counted;
    uint32_t text_length;
    uint32_t text_cut;
    char text[TREE_TEXT];
};
_Static_assert(sizeof(struct tree_reply) == 128, "docs/trees.md");
