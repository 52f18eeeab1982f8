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
