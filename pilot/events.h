/* The journal of events (docs/state.md "Events"): one line for each thing that happened to a container. */
#pragma once
#include "sys.h"

enum { EVENT_MORE = 256, EVENT_JOURNAL = 1 << 20 /* bytes of a file */, EVENT_FILES = 4 };

/*
 * Appends what happened by filling the template `event` of the container's folder: an action's name and, if any, attributes, each `"key":"value",`. Without a template, a journal (a folder, -1: none)
 * or room on the disk there is no event, and nobody is told.
 */
void event_append(int journal, int folder, const char *action, const char *more);
/* The same with numbers as attributes; the second one's key may be NULL. */
void event_numbers(int journal, int folder, const char *action, const char *key, uint64_t value, const char *key2, uint64_t value2);
