/*
 * What a containerd shim says: as real ones say it, cut, damaged, and at random; every copy has its exact length, so that a byte too far is seen.
 * uses: ttrpc.c text.c
 */
#include "ttrpc_samples.h"
#include "tap.h"

enum { ROUNDS = 200000, MOST = 512 };

/* Judges a copy; false if something was taken that does not lie inside. */
static bool judge(const uint8_t *bytes, size_t length) {
    uint8_t *exact = malloc(length + (length == 0));
    struct ttrpc_answer answer;
    struct shim_address address = {0};
    memcpy(exact, bytes, length);
    bool good = true;
    if (ttrpc_answer(exact, length, &answer) && answer.message_length > 0) {
        good = answer.message >= (char *)exact && answer.message + answer.message_length <= (char *)exact + length;
    }
    if (shim_address(exact, length, &address) == NULL) {
        good = good && address.path[0] == '/' && memchr(address.path, 0, SHIM_PATH) != NULL && (address.version == 2 || address.version == 3);
    }
    free(exact);
    return good;
}

static bool answers(unsigned k, uint32_t code, uint64_t number, const char *message) {
    struct ttrpc_answer answer;
    bool good = ttrpc_answer((const uint8_t *)answer_samples[k].bytes, answer_samples[k].length, &answer);
    return good && answer.code == code && answer.number == number && answer.message_length == strlen(message) && memcmp(answer.message, message, strlen(message)) == 0;
}

static const char *refuses(const char *said) {
    struct shim_address address;
    const char *why = shim_address((const uint8_t *)said, strlen(said), &address);
    return why == NULL ? "" : why;
}

static void known(void) {
    ok(answers(0, 0, 12341, ""), "a pid");
    ok(answers(1, 0, 7, ""), "an exit code, with a time behind it");
    ok(answers(2, 0, 0, ""), "an empty answer is good news");
    ok(answers(3, 0, 0, ""), "and so is a status of zero");
    ok(answers(4, 5, 0, "process already finished"), "a refusal");
    for (unsigned k = 0; k < 3; k++) {
        struct shim_address address = {0};
        const char *why = shim_address((const uint8_t *)address_samples[k].bytes, address_samples[k].length, &address);
        ok(why == NULL && strcmp(address.path, "/run/containerd/s/abcd") == 0 && address.version == (k < 2 ? 3 : 2), address_samples[k].name);
    }
    ok(strstr(refuses("vsock://3:4"), "no address") != NULL, "no address");
    ok(strstr(refuses("unix://relative"), "no address") != NULL, "a relative address");
    ok(strstr(refuses("unix://"), "no address") != NULL, "an empty address");
    ok(strstr(refuses("{\"version\":4,\"address\":\"unix:///a\"}"), "version") != NULL, "a version from the future");
    ok(strstr(refuses("{\"address\":\"unix:///a\"}"), "version") != NULL, "JSON without a version");
    ok(strstr(refuses("{\"version\":3,\"address\":\"unix:///a\",\"protocol\":\"grpc\"}"), "ttrpc") != NULL, "another protocol");
    char longest[300] = "unix:///";
    memset(longest + 8, 'a', 106);
    ok(refuses(longest)[0] == 0, "107 bytes fit");
    longest[8 + 106] = 'a';
    ok(strstr(refuses(longest), "107") != NULL, "108 do not");
}

static void numbers(void) {
    uint8_t request[64];
    memset(request, 'x', sizeof request);
    ttrpc_address(request, 0x01020305, 3);
    ok(memcmp(request + 4, "\1\2\3\5", 4) == 0 && request[TTRPC_VERSION_AT] == '3' && request[3] == 'x' && request[8] == 'x', "stream and version are put into a request");
    ttrpc_address(request, 1, 0);
    ok(request[TTRPC_VERSION_AT] == '3', "and no version where none is given");
    struct ttrpc_header header = ttrpc_header((const uint8_t *)"\0\1\2\3\0\0\0\7\2\0");
    ok(header.length == 0x10203 && header.stream == 7 && header.type == TTRPC_RESPONSE, "a header");
}

/* Events as a shim publishes them: one behind the other, in pieces. */
static void streams(void) {
    uint8_t bytes[MOST];
    size_t length = 0;
    bool same = true;
    for (unsigned k = 0; k < 3; k++) {
        memcpy(bytes + length, request_samples[k].bytes, request_samples[k].length);
        length += request_samples[k].length;
    }
    for (size_t piece = 1; piece < 200; piece++) {
        struct served served = serve_stream(bytes, length, piece);
        same &= served.sound && !served.ended && served.taken == 2 && served.refused == 1;
    }
    ok(same, "events are taken and nothing else, in whatever pieces they come");
    for (unsigned k = 3; k < 5; k++) {
        struct served served = serve_stream((const uint8_t *)request_samples[k].bytes, request_samples[k].length, MOST);
        ok(served.sound && served.ended && served.taken + served.refused == 0, k == 3 ? "an answer to nothing ends it" : "and so do 5 MiB");
    }
}

/* Streams of damaged requests, now and then of anything. */
static bool serve_damaged(void) {
    uint8_t bytes[MOST];
    size_t length = 0;
    while (length < MOST - 128) {
        const struct ttrpc_sample *sample = &request_samples[next() % 5];
        memcpy(bytes + length, sample->bytes, sample->length);
        length += sample->length;
    }
    for (uint64_t changes = next() % 4; changes > 0; changes--) {
        bytes[next() % length] = (uint8_t)(next() % 3 == 0 ? 0 : next());
    }
    return serve_stream(bytes, next() % length, 1 + next() % 100).sound;
}

int main(void) {
    uint8_t bytes[MOST];
    bool inside = true;
    for (unsigned round = 0; round < ROUNDS; round++) {
        unsigned k = (unsigned)(next() % 10);
        const struct ttrpc_sample *sample = k < 5 ? &answer_samples[k] : k < 8 ? &address_samples[k - 5] : NULL;
        size_t length = sample == NULL ? next() % MOST : sample->length;
        for (size_t at = 0; at < length; at++) {
            bytes[at] = sample == NULL ? (uint8_t)next() : (uint8_t)sample->bytes[at];
        }
        for (uint64_t changes = next() % 4; changes > 0 && length > 0; changes--) {
            bytes[next() % length] = (uint8_t)next();
        }
        inside &= serve_damaged() && judge(bytes, next() % 3 == 0 ? next() % (length + 1) : length);
    }
    ok(inside, "nothing outside of what was said is taken, whatever it is");
    known();
    streams();
    numbers();
    return plan();
}
