/* What a running program tells: frames to the launcher, messages to a parent. */
#include "pilot.h"

int report_frame(int socket, enum frame_type type, const void *head, size_t head_length, const void *body, size_t body_length) {
    size_t length = head_length + body_length;
    uint8_t header[8] = {(uint8_t)type, 0, 0, 0, (uint8_t)(length >> 24), (uint8_t)(length >> 16), (uint8_t)(length >> 8), (uint8_t)length};
    struct iovec parts[3] = {
        {.base = header, .length = sizeof header},
        {.base = (void *)(uintptr_t)head, .length = head_length},
        {.base = (void *)(uintptr_t)body, .length = body_length},
    };
    struct msghdr message = {.parts = parts, .part_count = 3};
    while (message.part_count > 0) {
        long sent = sys_sendmsg(socket, &message, 0);
        if (sent < 0) {
            return (int)sent;
        }
        size_t rest = (size_t)sent;
        while (message.part_count > 0 && rest >= message.parts[0].length) {
            rest -= message.parts[0].length;
            message.parts++;
            message.part_count--;
        }
        if (message.part_count > 0) {
            message.parts[0].base = (uint8_t *)message.parts[0].base + rest;
            message.parts[0].length -= rest;
        }
    }
    return 0;
}

void report_failure(const struct context *ctx) {
    if (!ctx->is_child) {
        report_frame(ctx->launcher, FRAME_FAILED, &ctx->failure, sizeof ctx->failure, NULL, 0);
        return;
    }
    char kind = 'F';
    struct iovec parts[2] = {
        {.base = &kind, .length = 1},
        {.base = (void *)(uintptr_t)&ctx->failure, .length = sizeof ctx->failure},
    };
    struct msghdr message = {.parts = parts, .part_count = 2};
    sys_sendmsg(ctx->report, &message, 0);
}

int report_note(const struct context *ctx, uint32_t error) {
    uint32_t note[2] = {ctx->position, error};
    return report_frame(ctx->launcher, FRAME_NOTE, note, sizeof note, NULL, 0);
}

void report_started(const struct context *ctx) {
    uint32_t pid = (uint32_t)ctx->last_pid;
    report_frame(ctx->launcher, FRAME_STARTED, &pid, sizeof pid, NULL, 0);
}
