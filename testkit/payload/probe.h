/* What the parts of the probe share; see probe.c for what it is. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Adds one line `name value` to what will be printed, sorted by name. Bytes outside of printable ASCII appear as \xNN. */
__attribute__((format(printf, 2, 3))) void fact(const char *name, const char *format, ...);
/* The name of an error number, such as EPERM; from a buffer that the next call uses again, if it has none. */
const char *error_name(int number);
/* Reads a file of at most `size` - 1 bytes; the length, or -errno. */
ssize_t read_text(const char *path, char *to, size_t size);

/* probe-facts.c: what this process is and sees. */
void facts_descriptors(void);
void facts_process(void);
void facts_mounts(void);
void facts_devices(void);
void facts_paths(void);
/* probe-calls.c: what the kernel answers. */
void facts_sockets(void);
void facts_calls(void);
/* probe-acts.c: runs a subcommand; false if there is none of that name. */
bool act(int argc, char **argv, int *code);
