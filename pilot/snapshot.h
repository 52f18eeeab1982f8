/* What can be seen of a process from outside, as lines of text: namespaces, ids and capabilities, control groups, mounts. */
#pragma once
#include "pilot.h"

struct snapshot {
    char *text; /* lines, each with its end; at most SNAPSHOT_LIMIT bytes */
    size_t length;
    bool namespaces; /* they are among the lines */
    bool hidden;     /* they are system root's to see now */
};

enum { SNAPSHOT_LIMIT = 256 << 10 };

/* Room for one: 0 or -ENOMEM. */
int snapshot_room(struct snapshot *snapshot);
/* Looks at a process; what cannot be read is not there, but for namespaces that could be read `before` (or NULL). */
void snapshot_take(struct snapshot *snapshot, int pid, const struct snapshot *before);
/* Whether a process waits for something that may take its time: another process, say. One that the disk or the processor keeps does not. */
bool sleeps(int pid);
/* Prints the lines that went and those that came, a few of each, to standard error. */
void snapshot_differences(const struct snapshot *before, const struct snapshot *after);
