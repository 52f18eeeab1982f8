/*
 * Roles. The launcher executes a sealed copy of this binary under the name `wherry-pilot`: then it is a pilot, with the program on
 * descriptor 3 and the launcher's socket on 4. Any other name is the launcher: a user's, or with the word `--library` a library's.
 */
#include "pilot.h"
#include <linux/close_range.h>

static const char PILOT_NAME[] = "wherry-pilot";

static int own_descriptors(void) {
    long null = TRY(sys_openat(AT_FDCWD, "/dev/null", O_RDWR, 0));
    for (int fd = 0; fd <= 2; fd++) {
        if (null != fd) {
            SYS(dup3, (int)null, fd, 0);
        }
    }
    if (null > 2) {
        sys_close((int)null);
    }
    SYS(close_range, FD_PROGRAM, FD_REPLIES, CLOSE_RANGE_CLOEXEC);
    SYS(close_range, FD_REPLIES + 1, UINT32_MAX);
    SYS(umask, 0);
    return 0;
}

/* A private copy: what its author does to the file afterwards changes nothing. */
static int read_program(uint8_t **bytes, size_t *length) {
    struct stat stat;
    long result = TRY(sys_fstat(FD_PROGRAM, &stat));
    if (stat.st_size <= 0 || stat.st_size > PROGRAM_LIMIT) {
        return -EFBIG;
    }
    *length = (size_t)stat.st_size;
    *bytes = sys_pages(*length);
    if (sys_failed(*bytes)) {
        return -ENOMEM;
    }
    for (size_t at = 0; at < *length; at += (size_t)result) {
        result = SYS(pread64, FD_PROGRAM, *bytes + at, *length - at, (int64_t)at);
        if (result <= 0) {
            return result < 0 ? (int)result : -EIO;
        }
    }
    sys_close(FD_PROGRAM);
    return 0;
}

/* A program that is not run: no strand, errno ENOEXEC, the reason as text. */
static int refused(struct context *ctx, const char *reason, uint32_t instruction, int error) {
    ctx->failure = (struct failure){.strand = UINT32_MAX, .instruction = instruction, .argument = UINT32_MAX, .error = (uint32_t)error};
    failure_text(ctx, reason);
    report_failure(ctx);
    return 1;
}

/* `wherry-pilot` runs strand 0, `wherry-pilot strand N` one of those that anybody may run. */
static int chosen_strand(const struct process *process) {
    if (process->argc == 1) {
        return 0;
    }
    if (process->argc != 3 || !text_equal(process->argv[1], "strand")) {
        return -1;
    }
    if (text_equal(process->argv[2], "6")) {
        return STRAND_REMOVAL;
    }
    return text_equal(process->argv[2], "7") ? STRAND_SWEEP : text_equal(process->argv[2], "0") ? 0 : -1;
}

static bool ends_in_monitor(const struct program *program) {
    const struct strand *strand = &program->header->strands[0];
    return strand->count > 0 && program->code[strand->first + strand->count - 1].op == OP_MONITOR;
}

/*
 * Who failed to take the lock, or failed before, has made nothing: what the sweep would find by name is another's, who attends the container.
 */
static bool may_sweep(const struct context *ctx) {
    const struct strand *strand = &ctx->program.header->strands[0];
    for (uint32_t at = ctx->failure.instruction; ctx->failure.strand == 0 && at < strand->first + strand->count; at++) {
        const struct instruction *i = &ctx->program.code[at];
        if (i->op == OP_SYS && i->operands[0] == CALL_FCNTL_LOCK) {
            return false;
        }
    }
    return (ctx->program.header->flags & PROGRAM_PROBE) == 0;
}

static int pilot_main(const struct process *process) {
    struct context ctx = {.launcher = FD_LAUNCHER, .report = -1, .watcher = -1};
    int strand = chosen_strand(process);
    uint8_t *bytes = NULL;
    size_t length = 0;
    int result = own_descriptors();
    if (result == 0) {
        result = read_program(&bytes, &length);
    }
    if (result < 0 || strand < 0) {
        return refused(&ctx, strand < 0 ? "no such strand to run" : "the program cannot be read", UINT32_MAX, strand < 0 ? EINVAL : -result);
    }
    struct verdict verdict = program_check(bytes, length, &ctx.program);
    if (verdict.reason != NULL) {
        return refused(&ctx, verdict.reason, verdict.instruction, ENOEXEC);
    }
    uint32_t flags = ctx.program.header->flags;
    ctx.watcher = strand == 0 && (flags & PROGRAM_STEPPED) != 0 ? FD_STREAM : -1;
    result = run_strand(&ctx, (uint32_t)strand);
    if (result == 0) {
        if (strand == 0 && (flags & PROGRAM_STARTS) != 0 && !ends_in_monitor(&ctx.program)) {
            report_started(&ctx);
        }
        return 0;
    }
    struct failure failure = ctx.failure;
    end_watch(&ctx);
    end_children(&ctx);
    if (strand == 0 && may_sweep(&ctx)) {
        run_strand(&ctx, STRAND_SWEEP);
    }
    ctx.failure = failure;
    report_failure(&ctx);
    return 1;
}

int pilot_start(struct process *process) {
    if (process->argc >= 1 && text_equal(process->argv[0], PILOT_NAME)) {
        return pilot_main(process);
    }
    if (process->argc == 3 && text_equal(process->argv[1], "--library")) {
        return library_main(process, process->argv[2]);
    }
    return launcher_main(process);
}
