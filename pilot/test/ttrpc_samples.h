/* Answers and addresses as real shims give them, for the tests of ttrpc.c. */
#pragma once
#include "ttrpc.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ttrpc_sample {
    const char *name;
    const char *bytes;
    size_t length;
};
#define SAMPLE(name, text) {name, text, sizeof(text) - 1}

/* Response messages: Start's, Wait's, Kill's, refusals. */
static const struct ttrpc_sample answer_samples[] = {
    SAMPLE("a pid", "\x12\x03\x08\xB5\x60"),
    SAMPLE("an exit code and a time", "\x12\x0F\x08\x07\x12\x0B\x08\xD9\xE3\x8E\xC9\x06\x10\x95\x9A\xEF\x3A"),
    SAMPLE("nothing", ""),
    SAMPLE("a status of zero", "\x0A\x00\x12\x00"),
    SAMPLE("a refusal", "\x0A\x1C\x08\x05\x12\x18process already finished"),
};

/* What `start` prints: 2.4, 2.1, 1.6. */
static const struct ttrpc_sample address_samples[] = {
    SAMPLE("protobuf", "\x08\x03\x12\x1Dunix:///run/containerd/s/abcd\x1A\x05ttrpc"),
    SAMPLE("JSON", "{\"version\":3,\"address\":\"unix:///run/containerd/s/abcd\",\"protocol\":\"ttrpc\"}"),
    SAMPLE("alone", "unix:///run/containerd/s/abcd"),
};

/* What a shim publishes, with its header: an event, one more word for word, what is none. */
static const struct ttrpc_sample request_samples[] = {
    SAMPLE("an event", "\0\0\0\x3B\0\0\0\5\1\0\x0A\x2A" "containerd.services.events.ttrpc.v1.Events\x12\7Forward\x1A\4\x0A\2\x0A\0"),
    SAMPLE("an empty event", "\0\0\0\x35\0\0\0\7\1\0\x0A\x2A" "containerd.services.events.ttrpc.v1.Events\x12\7Forward"),
    SAMPLE("no event", "\0\0\0\x37\0\0\0\x09\1\0\x0A\x2A" "containerd.services.events.ttrpc.v1.Events\x12\x09Subscribe"),
    SAMPLE("an answer", "\0\0\0\0\0\0\0\3\2\0"),
    SAMPLE("5 MiB", "\0\x50\0\0\0\0\0\3\1\0"),
};

/* How such a request begins, the answer to it, the answer to any other. */
static inline const uint8_t *service_sample(void) {
    static uint8_t frames[TTRPC_SERVICE];
    memcpy(frames, request_samples[1].bytes, request_samples[1].length);
    frames[TTRPC_PIECE + 8] = TTRPC_RESPONSE;
    memcpy(frames + 2 * TTRPC_PIECE, "\0\0\0\4\0\0\0\0\2\0\x0A\2\x08\x0C", 14);
    return frames;
}

/* Serves a stream that comes in pieces of that many bytes at most; `sound` unless something would have gone outside. */
struct served {
    unsigned taken, refused;
    bool ended, sound;
};
static inline struct served serve_stream(const uint8_t *bytes, size_t length, size_t piece) {
    struct ttrpc_request *request = calloc(1, sizeof *request); /* on the heap, so that a byte too far is seen */
    uint8_t *answer = malloc(TTRPC_PIECE);
    struct served served = {.sound = true};
    uint8_t *to;
    if (request == NULL || answer == NULL) {
        abort();
    }
    for (size_t at = 0; at < length && !served.ended && served.sound;) {
        size_t n = ttrpc_next(request, &to);
        size_t left = length - at < piece ? length - at : piece;
        served.sound = n > 0 && (to == NULL || (to >= request->bytes && to + n <= request->bytes + TTRPC_PIECE));
        n = n < left ? n : left;
        if (to != NULL && served.sound) {
            memcpy(to, bytes + at, n);
        }
        at += n;
        int came = ttrpc_came(request, n);
        served.ended = came < 0;
        if (came > 0) {
            size_t said = ttrpc_answer_to(request, service_sample(), answer);
            served.sound &= said <= TTRPC_PIECE && answer[8] == TTRPC_RESPONSE;
            served.taken += said == TTRPC_HEADER;
            served.refused += said > TTRPC_HEADER;
        }
    }
    free(request);
    free(answer);
    return served;
}
