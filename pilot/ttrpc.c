/* See ttrpc.h. */
#include "ttrpc.h"
#include "text.h"

enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5, VARINT_MOST = 10, VERSION_LEAST = 2, VERSION_MOST = 3 };

/* A field of a protobuf message: what is left behind it, and its value. */
struct field {
    const uint8_t *at;
    const uint8_t *end;
    uint64_t number;
    uint32_t kind;
    uint64_t value;       /* of a varint */
    const uint8_t *bytes; /* of the others */
    size_t length;
};

static bool varint(struct field *f, uint64_t *value) {
    *value = 0;
    for (unsigned k = 0; k < VARINT_MOST && f->at < f->end; k++) {
        uint8_t byte = *f->at++;
        *value |= (uint64_t)(byte & 0x7F) << 7 * k;
        if ((byte & 0x80) == 0) {
            return true;
        }
    }
    return false;
}

/* The next field; false at the end, or where it is none: then `at` is not `end`. */
static bool next(struct field *f) {
    const uint8_t *begin = f->at;
    uint64_t tag;
    uint64_t length = 0;
    bool good = f->at < f->end && varint(f, &tag);
    if (good) {
        f->number = tag >> 3;
        f->kind = tag & 7;
        good = f->kind == VARINT ? varint(f, &f->value) : f->kind == BYTES ? varint(f, &length) : f->kind == FIXED64 || f->kind == FIXED32;
        length = f->kind == FIXED64 ? 8 : f->kind == FIXED32 ? 4 : length;
        good = good && length <= (uint64_t)(f->end - f->at);
    }
    if (!good) {
        f->at = begin;
        return false;
    }
    f->bytes = f->at;
    f->length = (size_t)length;
    f->at += length;
    return true;
}

void ttrpc_address(uint8_t *request, uint32_t stream, uint32_t version) {
    for (unsigned k = 0; k < 4; k++) {
        request[4 + k] = (uint8_t)(stream >> (24 - 8 * k));
    }
    if (version != 0) {
        request[TTRPC_VERSION_AT] = (uint8_t)('0' + version);
    }
}

static bool status(const uint8_t *bytes, size_t length, struct ttrpc_answer *answer) {
    struct field f = {.at = bytes, .end = bytes + length};
    while (next(&f)) {
        if (f.number == 1 && f.kind == VARINT) {
            answer->code = f.value > UINT32_MAX ? UINT32_MAX : (uint32_t)f.value;
        } else if (f.number == 2 && f.kind == BYTES) {
            answer->message = (const char *)f.bytes;
            answer->message_length = f.length;
        }
    }
    return f.at == f.end;
}

static bool payload(const uint8_t *bytes, size_t length, struct ttrpc_answer *answer) {
    struct field f = {.at = bytes, .end = bytes + length};
    while (next(&f)) {
        if (f.number == 1 && f.kind == VARINT) {
            answer->number = f.value;
        }
    }
    return f.at == f.end;
}

bool ttrpc_answer(const uint8_t *bytes, size_t length, struct ttrpc_answer *answer) {
    struct field f = {.at = bytes, .end = bytes + length};
    bool good = true;
    *answer = (struct ttrpc_answer){.message = ""};
    while (good && next(&f)) {
        if (f.number == 1 && f.kind == BYTES) {
            good = status(f.bytes, f.length, answer);
        } else if (f.number == 2 && f.kind == BYTES) {
            good = payload(f.bytes, f.length, answer);
        }
    }
    return good && f.at == f.end;
}

size_t ttrpc_next(struct ttrpc_request *request, uint8_t **to) {
    size_t whole = TTRPC_HEADER + (request->have < TTRPC_HEADER ? 0 : (size_t)ttrpc_header(request->bytes).length);
    size_t begin = whole < TTRPC_PIECE ? whole : TTRPC_PIECE;
    bool kept = request->have < begin;
    *to = kept ? request->bytes + request->have : NULL;
    return (kept ? begin : whole) - request->have;
}

int ttrpc_came(struct ttrpc_request *request, size_t n) {
    request->have += n;
    if (request->have < TTRPC_HEADER) {
        return 0;
    }
    struct ttrpc_header header = ttrpc_header(request->bytes);
    return header.type != TTRPC_REQUEST || header.length > TTRPC_MOST ? -1 : request->have == TTRPC_HEADER + header.length;
}

size_t ttrpc_answer_to(struct ttrpc_request *request, const uint8_t service[TTRPC_SERVICE], uint8_t answer[TTRPC_PIECE]) {
    struct ttrpc_header header = ttrpc_header(request->bytes);
    uint32_t known = ttrpc_header(service).length;
    bool same = header.length >= known && __builtin_memcmp(request->bytes + TTRPC_HEADER, service + TTRPC_HEADER, known) == 0;
    __builtin_memcpy(answer, service + (same ? 1 : 2) * TTRPC_PIECE, TTRPC_PIECE);
    ttrpc_address(answer, header.stream, 0);
    request->have = 0;
    return TTRPC_HEADER + ttrpc_header(answer).length;
}

/* Where a word stands in what was said; `length` if nowhere. */
static size_t find(const uint8_t *said, size_t length, const char *word) {
    size_t n = text_length(word);
    for (size_t at = 0; at + n <= length; at++) {
        if (__builtin_memcmp(said + at, word, n) == 0) {
            return at;
        }
    }
    return length;
}

/* 2 where nothing is said. */
static uint32_t version(const uint8_t *said, size_t length) {
    static const char key[] = "\"version\":";
    size_t at = 0;
    if (length >= 2 && said[0] == 0x08) { /* field 1, a number */
        return said[1];
    }
    if (length > 0 && said[0] == '{') {
        at = find(said, length, key) + sizeof key - 1;
        while (at < length && said[at] == ' ') {
            at++;
        }
        return at < length ? (uint32_t)said[at] - '0' : 0;
    }
    return VERSION_LEAST;
}

const char *shim_address(const uint8_t *said, size_t length, struct shim_address *address) {
    static const char scheme[] = "unix://";
    size_t at = find(said, length, scheme) + sizeof scheme - 1;
    size_t n = 0;
    address->version = version(said, length);
    if (at >= length || said[at] != '/') {
        return "no address that begins with unix:///";
    }
    while (at + n < length && said[at + n] > ' ' && said[at + n] < 0x7F && said[at + n] != '"') {
        if (n == SHIM_PATH - 1) {
            return "an address of more than 107 bytes";
        }
        address->path[n] = (char)said[at + n];
        n++;
    }
    address->path[n] = 0;
    if (find(said, length, "grpc") < length && find(said, length, "ttrpc") == length) {
        return "a protocol that is not ttrpc";
    }
    return address->version >= VERSION_LEAST && address->version <= VERSION_MOST ? NULL : "a version of the task service that is neither 2 nor 3";
}
