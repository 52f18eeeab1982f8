/* See java.h; docs/launcher.md has the layout of the files and the JVM's command line. */
#include "java.h"
#include "terminal.h"
#include <linux/prctl.h>

enum { FILE_LIMIT = 16384, OPTION_LIMIT = 64, CONTEXT_LIMIT = HOME_PATH + 224, FIXED_WORDS = 10, ACCESS_EXECUTE = 1, SAFE_FD = 64 };

static const char NO_HOME[] = "wherry: its own files are not found; bin/wherry needs the folder lib/ beside bin/. Build it anew with ./build.\n";
static const char NO_JAVA[] =
    "wherry: no Java was found where it was at build time (lib/java-home), nor by JAVA_HOME.\n"
    "Install a JDK of version 25 or later and build again, or set JAVA_HOME to one.\n";

/* Appends; false if it does not fit. */
static bool append(char *to, size_t size, const char *text) {
    size_t length = text_length(to);
    return !text_copy(to + length, size - length, text);
}

const char *environment(const struct process *process, const char *name) {
    size_t length = text_length(name);
    for (char **each = process->envp; *each != NULL; each++) {
        if (text_length(*each) > length && memcmp(*each, name, length) == 0 && (*each)[length] == '=') {
            return *each + length + 1;
        }
    }
    return NULL;
}

/* The whole of a small file of lib/ with a NUL behind it; false if it is not there or too large. */
static bool read_file(const struct home *home, const char *name, char *to, size_t size) {
    char path[HOME_PATH];
    text_copy(path, sizeof path, home->lib);
    if (!append(path, sizeof path, name)) {
        return false;
    }
    CLOSING int fd = (int)sys_openat(AT_FDCWD, path, O_RDONLY, 0);
    size_t have = 0;
    long n = 1;
    while (fd >= 0 && have < size - 1 && (n = sys_read(fd, to + have, size - 1 - have)) > 0) {
        have += (size_t)n;
    }
    to[have] = 0;
    return fd >= 0 && n == 0;
}

static bool is_java(char path[HOME_PATH], const char *jdk) {
    return !text_copy(path, HOME_PATH, jdk) && append(path, HOME_PATH, "/bin/java")
        && SYS(faccessat, AT_FDCWD, path, ACCESS_EXECUTE) == 0;
}

const char *home_find(struct home *home, const struct process *process) {
    char jdk[HOME_PATH];
    long n = SYS(readlinkat, AT_FDCWD, "/proc/self/exe", home->self, HOME_PATH - 1);
    if (n <= 0) {
        return NO_HOME;
    }
    home->self[n] = 0;
    text_copy(home->lib, sizeof home->lib, home->self);
    for (int component = 0; component < 2; component++) {
        while (n > 0 && home->lib[--n] != '/') {
        }
        home->lib[n] = 0;
    }
    if (!append(home->lib, sizeof home->lib, "/lib") || !read_file(home, "/java-home", jdk, sizeof jdk)) {
        return NO_HOME;
    }
    char *end = jdk;
    while (*end != 0 && *end != '\n') {
        end++;
    }
    *end = 0;
    const char *variable = environment(process, "JAVA_HOME");
    return is_java(home->java, jdk) || (variable != NULL && is_java(home->java, variable)) ? NULL : NO_JAVA;
}

/* A line `command cache` of lib/commands: the cache of the first word that is a command, else `full`. */
static void cache_name(const struct home *home, const char *const *words, char *to, size_t size) {
    char table[FILE_LIMIT];
    text_copy(to, size, "full");
    if (!read_file(home, "/commands", table, sizeof table)) {
        return;
    }
    for (; *words != NULL; words++) {
        size_t length = text_length(*words);
        for (char *line = table; *line != 0;) {
            char *end = line;
            while (*end != '\n' && *end != 0) {
                end++;
            }
            if ((size_t)(end - line) > length && memcmp(line, *words, length) == 0 && line[length] == ' ') {
                *end = 0;
                text_copy(to, size, line + length + 1);
                return;
            }
            line = *end == 0 ? end : end + 1;
        }
    }
}

/* tty=…,width=…,height=…,umask=…,boot=…,caller=…,self=… */
static void describe_caller(const struct jvm_start *start, char *to) {
    uint16_t size[4] = {0};
    unsigned terminals = 0;
    for (int fd = 2; fd >= 0; fd--) {
        if (terminal_size(fd, size)) {
            terminals |= 1u << fd;
        }
    }
    long mask = SYS(umask, 022);
    SYS(umask, mask);
    to = text_pair(to, "tty=", terminals);
    to = text_pair(to, ",width=", size[1]);
    to = text_pair(to, ",height=", size[0]);
    to = text_pair(to, ",umask=0", (uint64_t)((mask >> 6 & 7) * 100 + (mask >> 3 & 7) * 10 + (mask & 7)));
    to = text_pair(to, ",boot=", start->boot_time);
    text_copy(to, 9, ",caller=");
    to = caller_word(to + 8);
    text_copy(to, HOME_PATH + 6, ",self=");
    text_copy(to + 6, HOME_PATH, start->home->self);
}

/* Variables by which somebody's settings for other programs would change this one's JVM. */
static bool is_for_java(const char *variable) {
    static const char names[3][20] = {"JDK_JAVA_OPTIONS=", "JAVA_TOOL_OPTIONS=", "_JAVA_OPTIONS="};
    for (unsigned k = 0; k < 3; k++) {
        if (text_length(variable) >= text_length(names[k]) && memcmp(variable, names[k], text_length(names[k])) == 0) {
            return true;
        }
    }
    return false;
}

static size_t count_of(const char *const *vector) {
    size_t n = 0;
    while (vector[n] != NULL) {
        n++;
    }
    return n;
}

/* The lines of a file of lib/ as words, in the text that they stay in; how many. None if the file is not there. */
static size_t add_options(const struct home *home, const char *name, char text[FILE_LIMIT], const char **argv) {
    size_t n = 0;
    if (!read_file(home, name, text, FILE_LIMIT)) {
        return 0;
    }
    for (char *at = text; *at != 0 && n < OPTION_LIMIT;) {
        argv[n] = at;
        while (*at != '\n' && *at != 0) {
            at++;
        }
        n += at > argv[n]; /* not an empty line */
        if (*at != 0) {
            *at++ = 0;
        }
    }
    return n;
}

/* In the child: the lines of lib/jvm.options and of the cache's own, the cache, the modules, the words; then the JVM. */
static void jvm_exec(const struct jvm_start *start) {
    char options[FILE_LIMIT], more_options[FILE_LIMIT];
    char context[CONTEXT_LIMIT];
    char modules[HOME_PATH + 16];
    char cache[2 * HOME_PATH] = "-XX:AOTCache=";
    char cache_file[64] = "/", own_options[72];
    size_t word_count = count_of(start->words);
    size_t env_count = count_of((const char *const *)start->process->envp);
    const char **argv = sys_pages((word_count + env_count + 2 * OPTION_LIMIT + FIXED_WORDS + 2) * sizeof *argv);
    if (sys_failed(argv)) {
        return;
    }
    size_t n = 0;
    argv[n++] = start->home->java;
    n += add_options(start->home, "/jvm.options", options, argv + n);
    cache_name(start->home, start->words, cache_file + 1, sizeof cache_file - 5);
    text_copy(own_options, sizeof own_options, cache_file);
    append(own_options, sizeof own_options, ".options");
    n += add_options(start->home, own_options, more_options, argv + n);
    append(cache_file, sizeof cache_file, ".aot");
    append(cache, sizeof cache, start->home->lib);
    append(cache, sizeof cache, cache_file);
    if (!start->training && SYS(faccessat, AT_FDCWD, cache + 13, 4) == 0) {
        argv[n++] = cache;
    }
    text_copy(modules, sizeof modules, start->home->lib);
    append(modules, sizeof modules, "/modules");
    argv[n++] = "-p";
    argv[n++] = modules;
    argv[n++] = "-m";
    argv[n++] = "io.wherry.cli/io.wherry.cli.Main";
    describe_caller(start, context);
    argv[n++] = context;
    for (size_t k = 0; k < word_count; k++) {
        argv[n++] = start->words[k];
    }
    argv[n++] = NULL;
    const char **envp = argv + n;
    for (char **each = start->process->envp; *each != NULL; each++) {
        if (!is_for_java(*each)) {
            argv[n++] = *each;
        }
    }
    SYS(execve, start->home->java, argv, envp);
}

/* First out of the way of the numbers that are wanted, then onto them. */
static void place_inherited(const struct jvm_start *start) {
    int moved[JVM_LAST - JVM_REQUESTS + 1];
    for (int k = 0; k <= JVM_LAST - JVM_REQUESTS; k++) {
        moved[k] = (int)sys_fcntl(start->inherited[k], F_DUPFD_CLOEXEC, SAFE_FD);
    }
    for (int k = 0; k <= JVM_LAST - JVM_REQUESTS; k++) {
        SYS(dup3, moved[k], JVM_REQUESTS + k, 0);
    }
}

long jvm_fork(const struct jvm_start *start) {
    long parent = sys_getpid();
    long pid = sys_fork();
    if (pid == 0) {
        sys_prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (sys_raw(__NR_getppid, 0, 0, 0, 0, 0, 0) != parent) {
            sys_exit(127); /* the launcher died before the death signal was set */
        }
        place_inherited(start);
        /* A terminal's keys reach the whole group. The JVM, told by -Xrs to leave these as they are, goes on to its last word, or to its end by the launcher. */
        static const int keys[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
        for (unsigned k = 0; k < sizeof keys / sizeof *keys; k++) {
            sys_sigaction(keys[k], 1 /* SIG_IGN */);
        }
        sys_sigmask(start->mask, NULL);
        jvm_exec(start);
        sys_exit(127);
    }
    return pid;
}
