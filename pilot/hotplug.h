/* Devices that come and go: the kernel's events say that something changed, /sys says what there is (docs/devices.md). */
#pragma once
#include "sys.h"

struct context;

/* The socket that becomes readable when something changed, or -1: nothing is followed, or a look is due anyhow. */
int hotplug_socket(const struct context *ctx);
/* When a look is due, by the monotonic clock in milliseconds; -1 for never. */
int64_t hotplug_due(const struct context *ctx);
/* Does what is due; `changed`: the socket is readable. */
void hotplug_turn(struct context *ctx, bool changed);
/* The container has ended. */
void hotplug_stop(struct context *ctx);
