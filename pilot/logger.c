/* See logger.h. */
#include "logger.h"
#include "frame.h"
#include <linux/wait.h>

enum { STARTS_MOST = 2, PIPE_SIZE = 1 << 20, END_MS = 5000, SET_PIPE_SIZE = 1031 /* F_SETPIPE_SZ */ };

static void forget(struct logger *logger) {
    struct child_status status = {0};
    if (logger->pidfd >= 0) {
        sys_waitid(P_PIDFD_, logger->pidfd, &status, __WALL | WEXITED | WNOHANG);
        sys_close(logger->pidfd);
        logger->pidfd = -1;
    }
}

int logger_start(struct logger *logger) {
    const uint64_t operands[4] = {logger->words, logger->word_count, logger->environment, logger->variables};
    int pair[2];
    if (logger->word_count == 0 || logger->starts == STARTS_MOST) {
        return -EPIPE;
    }
    logger->starts++;
    forget(logger);
    TRY(sys_pipe2(pair, O_CLOEXEC));
    sys_fcntl(pair[1], SET_PIPE_SIZE, PIPE_SIZE); /* a user may not have so much; then it is what it is */
    int result = start_helper(logger->ctx, operands, pair[0], -1, &logger->pidfd);
    sys_close(pair[0]);
    logger->pidfd = own_number(logger->pidfd);
    if (result < 0) {
        forget(logger);
        sys_close(pair[1]);
        return result;
    }
    set_nonblocking(pair[1]);
    return own_number(pair[1]);
}

void logger_end(struct logger *logger) {
    struct pollfd end = {.fd = logger->pidfd, .events = POLLIN};
    if (logger->pidfd >= 0) {
        sys_poll(&end, 1, END_MS);
        forget(logger);
    }
}
