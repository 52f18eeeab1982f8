/* What a running program tells: frames to the launcher, messages to a parent. */
#include "frame.h"

int report_frame(int socket, enum frame_type type, uint8_t *frame, size_t length) {
    frame_header(frame, type, length);
    struct iovec part = {.iov_base = frame, .iov_len = FRAME_HEADER + length};
    while (part.iov_len > 0) {
        const struct msghdr message = {.parts = &part, .part_count = 1};
        long sent = TRY(sys_sendmsg(socket, &message, 0));
        part.iov_base = (uint8_t *)part.iov_base + sent;
        part.iov_len -= (size_t)sent;
    }
    return 0;
}

void report_failure(const struct context *ctx) {
    uint8_t bytes[FRAME_HEADER + sizeof ctx->failure];
    memcpy(bytes + FRAME_HEADER, &ctx->failure, sizeof ctx->failure);
    if (!ctx->is_child) {
        report_frame(ctx->launcher, FRAME_FAILED, bytes, sizeof ctx->failure);
        return;
    }
    bytes[FRAME_HEADER - 1] = 'F';
    struct iovec part = {.iov_base = bytes + FRAME_HEADER - 1, .iov_len = 1 + sizeof ctx->failure};
    const struct msghdr message = {.parts = &part, .part_count = 1};
    sys_sendmsg(ctx->report, &message, 0);
}

int report_note(const struct context *ctx, uint32_t error) {
    uint8_t bytes[FRAME_HEADER + 8];
    memcpy(bytes + FRAME_HEADER, &ctx->position, 4);
    memcpy(bytes + FRAME_HEADER + 4, &error, 4);
    return report_frame(ctx->launcher, FRAME_NOTE, bytes, 8);
}

void report_started(const struct context *ctx) {
    uint8_t bytes[FRAME_HEADER + 4];
    memcpy(bytes + FRAME_HEADER, &ctx->last_pid, 4);
    report_frame(ctx->launcher, FRAME_STARTED, bytes, 4);
}
