/* Stand-ins for parts that are not there yet. Delete this file when launcher.c, monitor.c and trees.c are in. */
#include "pilot.h"

__attribute__((weak)) int launcher_main(struct process *process) {
    (void)process;
    return 125;
}

__attribute__((weak)) int monitor_main(struct context *ctx, int pidfd, const uint8_t block[64]) {
    (void)ctx, (void)pidfd, (void)block;
    return -ENOSYS;
}

__attribute__((weak)) int trees_main(struct context *ctx, int stream, int replies, uint32_t flags) {
    (void)ctx, (void)stream, (void)replies, (void)flags;
    return -ENOSYS;
}
