/* The health of a container: checks that the monitor runs in it (docs/monitor.md "Health"). Without one each of these does nothing. */
#pragma once
#include "sys.h"

struct health;
struct monitor;

/* The container runs; its first check is due after an interval. */
void health_start(struct monitor *m);
/* It has ended. */
void health_stop(struct monitor *m);
/* It is frozen: a check that runs does not count. */
void health_interrupt(struct monitor *m);
/* When something is to be done, by the monotonic clock; NEVER. */
int64_t health_due(const struct monitor *m);
/* Where a check that runs is heard, or -1. */
int health_output(const struct monitor *m);
/* Does what is due; `readable`: a check said something. */
void health_turn(struct monitor *m, bool readable);
/* Whether the process that ended was a check. */
bool health_ended(struct monitor *m, const struct child_status *status);
