/* Every rule of docs/program.md "What is checked": one program that breaks it, and the reason given. uses: program.c device_rules.c text.c tables.c */
#include "sample.h"
#include "ttrpc.h"

static int tests;
static int failures;

static void expect(const char *name, struct assembly *a, const char *reason) {
    size_t length;
    uint8_t *bytes = asm_end(a, &length);
    struct program program;
    struct verdict verdict = program_check(bytes, length, &program);
    bool good = reason == NULL ? verdict.reason == NULL : verdict.reason != NULL && strcmp(verdict.reason, reason) == 0;
    printf("%sok %d - %s\n", good ? "" : "not ", ++tests, name);
    if (!good) {
        failures++;
        printf("# expected: %s\n# found:    %s (instruction %u)\n", reason ? reason : "accepted", verdict.reason ? verdict.reason : "accepted",
               verdict.instruction);
    }
    free(bytes);
}

/* Changes one place of the sample and expects a refusal. */
#define BREAK(name, change, reason)   \
    do {                              \
        static struct assembly b;     \
        struct assembly *a = &b;      \
        sample_program(a);            \
        struct instruction *code = a->code; \
        (void)code;                   \
        change;                       \
        expect(name, a, reason);      \
    } while (0)

/* A program of one instruction in one strand. */
#define ONE(name, flags, number, make, reason) \
    do {                                        \
        static struct assembly b;               \
        struct assembly *a = &b;                \
        asm_begin(a, flags);                    \
        asm_strand(a, number);                  \
        make;                                   \
        expect(name, a, reason);                \
    } while (0)

static uint32_t find(const struct assembly *a, enum op op) {
    for (uint32_t at = 0; at < a->header.count; at++) {
        if (a->code[at].op == op) {
            return at;
        }
    }
    abort();
}

static uint32_t find_call(const struct assembly *a, enum call call) {
    for (uint32_t at = 0; at < a->header.count; at++) {
        if (a->code[at].op == OP_SYS && a->code[at].operands[0] == call) {
            return at;
        }
    }
    abort();
}

static void layout_tests(void) {
    BREAK("accepts the sample", (void)0, NULL);
    BREAK("refuses another magic", a->header.magic[0] = 'X', "not a kernel program of this version");
    BREAK("refuses another version", a->header.version = 2, "not a kernel program of this version");
    BREAK("refuses another processor", a->header.architecture = 1, "a program for another processor");
    BREAK("refuses an unknown flag", a->header.flags |= 16, "an unknown flag");
    BREAK("accepts a stepped program that starts a container", a->header.flags = PROGRAM_STARTS | PROGRAM_STEPPED, NULL);
    BREAK("refuses a stepped program that starts nothing", a->header.flags = PROGRAM_STEPPED, "a stepped program that starts no container");
    BREAK("refuses a stepped probe", a->header.flags |= PROGRAM_STEPPED | PROGRAM_PROBE, "a stepped program that starts no container");
    BREAK("refuses a reserved field", a->header.zero[1] = 1, "a reserved field is not zero");
    BREAK("refuses the last reserved field", a->header.zero_too = 1, "a reserved field is not zero");
    BREAK("refuses a gap between strands", a->header.strands[1].first++, "the strands do not cover the instructions in order");
    BREAK("refuses instructions of no strand", a->header.strands[7].count--, "the strands do not cover the instructions in order");
    BREAK("refuses a strand that is too long", a->header.strands[7].count = UINT32_MAX, "the strands do not cover the instructions in order");
    BREAK("refuses data that do not begin with zeros", a->data[3] = 1, "the first 8 bytes of the data are not zero");
    BREAK("refuses a switch without the flag", a->header.test_switch = SWITCH_DIE, "a test switch that is not in force");
    BREAK("refuses a switch's index without a switch", a->header.switch_at = 1, "a reserved field is not zero");
    BREAK("accepts a switch with the flag", (a->header.test_switch = SWITCH_STOP, a->header.flags |= PROGRAM_TEST), NULL);
    BREAK("refuses `fail` without an errno", (a->header.test_switch = SWITCH_FAIL, a->header.flags |= PROGRAM_TEST), "a test switch with a wrong errno");
    BREAK("refuses a switch behind the end", (a->header.test_switch = SWITCH_DIE, a->header.flags |= PROGRAM_TEST, a->header.switch_at = 999),
          "a test switch that is not in force");
}

static void operand_tests(void) {
    BREAK("refuses an unknown instruction", code[1].op = 200, "an unknown instruction");
    BREAK("refuses instruction 0", code[1].op = 0, "an unknown instruction");
    BREAK("refuses an unknown call", code[1].operands[0] = 900, "an unknown call");
    BREAK("refuses an unknown policy", code[1].policy = 7, "an unknown policy");
    BREAK("refuses a policy without errnos", code[1].errnos[0] = 0, "a policy without its errnos, or errnos without a policy");
    BREAK("refuses errnos without a policy", code[0].errnos[0] = 2, "a policy without its errnos, or errnos without a policy");
    BREAK("refuses a gap in the errnos", (code[1].errnos[0] = 0, code[1].errnos[1] = 5), "a policy's errnos are not a list");
    BREAK("refuses an operand that is not used", code[1].operands[5] = 1, "an unused operand is not zero");
    BREAK("refuses a string behind the end", code[0].operands[2] = 60000, "a string does not end inside the data");
    BREAK("refuses an absent string", code[0].operands[2] = 0, "a string does not end inside the data");
    BREAK("refuses a string that does not end", (a->data[a->data_length] = 'x', a->data_length++, code[0].operands[2] = a->data_length - 1),
          "a string does not end inside the data");
    BREAK("refuses a block behind the end", code[find(a, OP_WRITE)].operands[3] = 1 << 20, "a block does not lie inside the data");
    BREAK("refuses a length that wraps", code[find(a, OP_WRITE)].operands[3] = UINT64_MAX, "a block does not lie inside the data");
    BREAK("refuses a vector that leaves the data", code[find(a, OP_EXEC)].operands[2] = 60000, "a string does not end inside the data");
    BREAK("refuses a filter that is too long", code[find_call(a, CALL_SECCOMP)].operands[4] = 5000, "a filter of no instructions, or too many");
    BREAK("refuses a descriptor of nothing", code[1].operands[1] = 40, "a descriptor that nothing was assigned to");
    BREAK("refuses the launcher's socket", code[1].operands[1] = 4, "a descriptor that nothing was assigned to");
    BREAK("refuses descriptor 251", code[0].dst = 251, "a result outside of descriptors 8 to 250");
    BREAK("refuses descriptor 7", code[0].dst = 7, "a result outside of descriptors 8 to 250");
    BREAK("refuses a pair at 250", code[3].dst = 250, "a result outside of descriptors 8 to 250");
    BREAK("refuses a missing result", code[0].dst = DST_NONE, "a result outside of descriptors 8 to 250");
    BREAK("refuses a result of nothing", code[1].dst = 20, "a result where the instruction has none");
    BREAK("refuses the parent's end in the child", code[a->header.strands[1].first].operands[0] = 10, "a descriptor that nothing was assigned to");
    BREAK("refuses the child's end in the parent", code[find(a, OP_SEND)].operands[0] = 11, "a descriptor that nothing was assigned to");
    BREAK("refuses the container's descriptors in the sweep", code[a->header.strands[7].first + 1].operands[0] = 12,
          "a descriptor that nothing was assigned to");
    BREAK("refuses dup3 to the program's descriptor", (code[1].operands[0] = CALL_DUP3, code[1].operands[2] = 3),
          "dup3 to a descriptor that is not the program's");
}

/* A request as Java compiles them, but for what is in it. */
static uint64_t request(struct assembly *a, uint8_t length, uint8_t type, uint8_t version) {
    uint8_t frame[40] = {[3] = length, [8] = type, [TTRPC_VERSION_AT] = version};
    return bytes_of(a, frame, sizeof frame);
}

static uint64_t service(struct assembly *a, uint8_t length, uint8_t type) {
    uint8_t frames[TTRPC_SERVICE] = {[3] = 9, [8] = TTRPC_REQUEST, [TTRPC_PIECE + 8] = TTRPC_RESPONSE};
    frames[2 * TTRPC_PIECE + 3] = length;
    frames[2 * TTRPC_PIECE + 8] = type;
    return bytes_of(a, frames, sizeof frames);
}

/* The sample's monitor without health and with a shim: connection, log, one request. */
static void with_shim(struct assembly *a, struct instruction *code, int32_t socket, uint32_t at, uint32_t length) {
    const uint32_t block[16] = {(uint32_t)socket, UINT32_MAX, at, length};
    uint32_t *monitor = (uint32_t *)(void *)(a->data + code[find(a, OP_MONITOR)].operands[1]);
    memset(monitor + 21, 0, 24);
    monitor[27] = UINT32_MAX;
    monitor[29] = (uint32_t)bytes_of(a, block, sizeof block);
}

static void shim_tests(void) {
    ONE("accepts ASK", 0, 0, OP(a, OP_ASK, 0, request(a, 30, 1, '2'), 40, 600000), NULL);
    ONE("refuses ASK of another length", 0, 0, OP(a, OP_ASK, 0, request(a, 31, 1, '2'), 40, 0), "a request that is none");
    ONE("refuses ASK of an answer", 0, 0, OP(a, OP_ASK, 0, request(a, 30, 2, '2'), 40, 0), "a request that is none");
    ONE("refuses ASK of an unknown version", 0, 0, OP(a, OP_ASK, 0, request(a, 30, 1, '4'), 40, 0), "a request that is none");
    ONE("refuses ASK of next to nothing", 0, 0, OP(a, OP_ASK, 0, request(a, 10, 1, '2'), 20, 0), "a request that is too short");
    ONE("refuses ASK that waits too long", 0, 0, OP(a, OP_ASK, 0, request(a, 30, 1, '2'), 40, 600001), "a question to a shim that may not be asked");
    ONE("refuses ASK in the sweep", 0, 7, OP(a, OP_ASK, 0, request(a, 30, 1, '2'), 40, 1), "a question to a shim that may not be asked");
    ONE("refuses SHIM in the sweep", 0, 7, to(OP(a, OP_SHIM, 0, FD(-1), FD(-1)), 9), "a shim that another strand than the pilot's connects to");
    ONE("accepts SHIM with a service", 0, 0, to(OP(a, OP_SHIM, 0, FD(-1), FD(-1), 0, service(a, 54, 2), TTRPC_SERVICE), 9), NULL);
    ONE("accepts SHIM without one", 0, 0, to(OP(a, OP_SHIM, 0, FD(-1), FD(-1), FD(-1)), 9), NULL);
    ONE("refuses SHIM with half a service", 0, 0, to(OP(a, OP_SHIM, 0, FD(-1), FD(-1), 0, service(a, 0, 2), TTRPC_PIECE), 9), "a service of events that is none");
    ONE("refuses SHIM that listens without one", 0, 0, to(OP(a, OP_SHIM, 0, FD(-1), FD(-1), 0), 9), "a service of events that is none");
    ONE("refuses SHIM with one for nobody", 0, 0, to(OP(a, OP_SHIM, 0, FD(-1), FD(-1), FD(-1), service(a, 0, 2), TTRPC_SERVICE), 9), "a service of events that is none");
    ONE("refuses SHIM with an answer that is too long", 0, 0, to(OP(a, OP_SHIM, 0, FD(-1), FD(-1), 0, service(a, 55, 2), TTRPC_SERVICE), 9), "a service of events that is none");
    ONE("refuses SHIM that answers by a request", 0, 0, to(OP(a, OP_SHIM, 0, FD(-1), FD(-1), 0, service(a, 0, 1), TTRPC_SERVICE), 9), "a service of events that is none");
    BREAK("refuses a shim without a connection", with_shim(a, code, -1, 0, 0), "a descriptor that nothing was assigned to");
    BREAK("refuses a shim's request behind the end", with_shim(a, code, 8, 60000, 40), "a block does not lie inside the data");
    BREAK("refuses a shim's request that is none", with_shim(a, code, 8, (uint32_t)request(a, 9, 1, '2'), 40), "a request that is none");
    BREAK("takes a shim's request that is one", with_shim(a, code, 8, (uint32_t)request(a, 30, 1, '3'), 40), "a strand that nobody runs");
    BREAK("refuses a health check beside a shim", with_shim(a, code, 8, 0, 0); a->data[code[find(a, OP_MONITOR)].operands[1] + 84] = 4,
          "a health check that cannot be run");
}

static void flow_tests(void) {
    BREAK("accepts `else` without errnos: a plain way forward", (code[1].policy = POLICY_ELSE, code[1].errnos[0] = 0, code[1].skip = 2), NULL);
    BREAK("refuses a skip out of the strand", (code[1].policy = POLICY_SKIP, code[1].skip = 17), "a skip that does not stay in its strand");
    BREAK("accepts a skip to the strand's end", (code[1].policy = POLICY_SKIP, code[1].skip = 16), NULL);
    BREAK("refuses a skip that is not used", code[1].skip = 1, "a skip that does not stay in its strand");
    BREAK("refuses `ignore` outside of the sweep", (code[1].policy = POLICY_IGNORE, code[1].errnos[0] = 0), "policy `ignore` outside of the sweep");
    BREAK("refuses `note` outside of a probe", (code[1].policy = POLICY_NOTE, code[1].errnos[0] = 0), "policy `note` outside of a probe");
    BREAK("refuses CLONE of an earlier strand", code[find(a, OP_CLONE)].operands[1] = 0, "CLONE of a strand that is not a later one");
    BREAK("refuses CLONE of the sweep", code[find(a, OP_CLONE)].operands[1] = 7, "CLONE of a strand that is not a later one");
    BREAK("refuses CLONE of an empty strand", code[find(a, OP_CLONE)].operands[1] = 2, "CLONE of a strand that is not a later one");
    BREAK("refuses CLONE with shared memory", code[find(a, OP_CLONE)].operands[0] |= 0x100, "CLONE with a flag that is not a namespace");
    BREAK("refuses a strand that nobody runs", code[find(a, OP_CLONE)] = code[0], "a descriptor that nothing was assigned to");
    BREAK("refuses MONITOR elsewhere", code[find(a, OP_MONITOR) - 1] = code[find(a, OP_MONITOR)], "MONITOR is not the end of strand 0");
    BREAK("refuses EXEC without close_range", code[find_call(a, CALL_CLOSE_RANGE)].operands[3] = 0,
          "EXEC without close_range(3, ~0, CLOSE_RANGE_CLOEXEC) right before it");
    BREAK("refuses a close_range that may fail", with(&code[find_call(a, CALL_CLOSE_RANGE)], POLICY_OK_IF, 0, 22, 0),
          "EXEC without close_range(3, ~0, CLOSE_RANGE_CLOEXEC) right before it");
    BREAK("refuses a missing death signal", code[find_call(a, CALL_PRCTL)].operands[2] = 15,
          "EXEC without a death signal behind the last change of credentials");
    BREAK("refuses a death signal before setresuid",
          struct instruction swap = code[find_call(a, CALL_PRCTL)]; code[find_call(a, CALL_PRCTL)] = code[find_call(a, CALL_SETRESUID)];
          code[find_call(a, CALL_SETRESUID)] = swap, "EXEC without a death signal behind the last change of credentials");
    BREAK("refuses a skip past the death signal", with(&code[find_call(a, CALL_PRCTL) - 1], POLICY_SKIP, 1, 1, 0),
          "a skip past the death signal, PR_SET_DUMPABLE, or close_range");
    BREAK("refuses a process that others may look into", code[find_call(a, CALL_PRCTL) + 1].operands[2] = 1,
          "EXEC of a process that others may look into, behind the last change of credentials");
    BREAK("refuses a skip past PR_SET_DUMPABLE",
          struct instruction *first = &code[find_call(a, CALL_PRCTL)]; struct instruction swap = first[0]; first[0] = first[1]; first[1] = swap;
          with(first - 1, POLICY_SKIP, 1, 1, 0), "a skip past the death signal, PR_SET_DUMPABLE, or close_range");
    BREAK("refuses a skip past close_range", with(&code[find_call(a, CALL_CLOSE_RANGE) - 1], POLICY_SKIP, 1, 1, 0),
          "a skip past the death signal, PR_SET_DUMPABLE, or close_range");
    BREAK("refuses another instruction behind EXEC", code[find(a, OP_FAIL)] = code[find(a, OP_WORKDIR)],
          "an instruction behind EXEC that is neither EXEC nor FAIL");
    BREAK("refuses EXEC in a program that starts nothing", a->header.flags = 0,
          "EXEC outside of a child's strand, or in a program that starts nothing");
    BREAK("refuses an absolute path behind pivot_root", code[find_call(a, CALL_CHDIR)].operands[1] = str(a, "/etc"),
          "an absolute path behind pivot_root");
    BREAK("refuses FAIL with a policy", with(&code[find(a, OP_FAIL)], POLICY_OK_IF, 0, 2, 0), "FAIL with a policy, or with no errno");
    BREAK("refuses RMTREE of a path", code[find(a, OP_RMTREE)].operands[1] = str(a, "a/b"), "a name that does not lie below its folder");
    BREAK("refuses RMTREE of ..", code[find(a, OP_RMTREE)].operands[1] = str(a, ".."), "a name that does not lie below its folder");
    BREAK("refuses RMCG that climbs", code[find(a, OP_RMCG)].operands[1] = str(a, "a/../.."), "a name that does not lie below its folder");
    BREAK("refuses MAKEPATH of an absolute path", code[find(a, OP_MAKEPATH)].operands[1] = str(a, "/etc"),
          "a name that does not lie below its folder");
    BREAK("refuses device rules of no cgroup", code[find(a, OP_DEVICES)].operands[0] = UINT64_MAX, "device rules of no cgroup");
    BREAK("refuses device rules of the working folder", code[find(a, OP_DEVICES)].operands[0] = FD(-100), "device rules of no cgroup");
    BREAK("refuses device rules without code", (code[find(a, OP_DEVICES)].operands[1] = 0, code[find(a, OP_DEVICES)].operands[2] = 0),
          "device rules of no instructions, or too many");
    BREAK("refuses device rules that are too long", code[find(a, OP_DEVICES)].operands[2] = 5000, "a block does not lie inside the data");
    BREAK("refuses an unknown barrier", code[find(a, OP_SEND)].operands[1] = 10, "an unknown barrier");
    BREAK("refuses PUTPID over a string", code[find(a, OP_PUTPID)].operands[0] = code[0].operands[2], "PUTPID without its 12 bytes");
    BREAK("refuses WRITE with an access mode", code[find(a, OP_WRITE)].operands[4] = 2, "WRITE with an unknown open flag");
    BREAK("refuses an unknown flag of the monitor", a->data[code[find(a, OP_MONITOR)].operands[1]] = -128, "an unknown flag in a monitor block");
    BREAK("refuses the monitor's unassigned descriptor", a->data[code[find(a, OP_MONITOR)].operands[1] + 5] = 0,
          "a descriptor that nothing was assigned to");
    BREAK("refuses an unknown format of the log", a->data[code[find(a, OP_MONITOR)].operands[1] + 48] = 3, "a log that the monitor does not know");
    BREAK("refuses a program of no words that reads the log", a->data[code[find(a, OP_MONITOR)].operands[1] + 48] = 2, "a log that the monitor does not know");
    BREAK("refuses variables without a program that reads the log", a->data[code[find(a, OP_MONITOR)].operands[1] + 56] = 1,
          "a log that the monitor does not know");
    BREAK("refuses a health check without a strand", a->data[code[find(a, OP_MONITOR)].operands[1] + 84] = 0, "a health check without a strand");
    BREAK("refuses a health check of nothing", a->data[code[find(a, OP_MONITOR)].operands[1] + 84] = 5, "a health check that cannot be run");
    BREAK("refuses a health check that is the sweep", a->data[code[find(a, OP_MONITOR)].operands[1] + 84] = 7, "a health check that cannot be run");
    BREAK("refuses the monitor's health check of nobody", code[find(a, OP_MONITOR)].operands[0] = FD(-1),
          "a health check that cannot be run");
    BREAK("refuses a health check whose output goes nowhere", a->data[code[find(a, OP_MONITOR)].operands[1] + 108] = 3, "a health check that cannot be run");
    BREAK("refuses a descriptor that a health check does not have", code[a->header.strands[4].first].operands[1] = 8, "a descriptor that nothing was assigned to");
    ONE("refuses PROCESS without its start", 0, 0, to(OP(a, OP_PROCESS, 1, 0), 9), "PROCESS without a pid, or without its start time");
    ONE("refuses PROCESS of no pid", 0, 0, to(OP(a, OP_PROCESS, 0, 1), 9), "PROCESS without a pid, or without its start time");
    ONE("accepts PROCESS", 0, 0, to(OP(a, OP_PROCESS, 1, 1), 9), NULL);
    static const struct { uint32_t vendor, product, access, zero; char subsystem[32], rest[336]; } rule = {~0u, ~0u, 7, 0, "tty", ""};
    ONE("accepts FOLLOW", 0, 0, OP(a, OP_FOLLOW, 0, (uint64_t)-1, bytes_of(a, &rule, sizeof rule), sizeof rule), NULL);
    ONE("refuses FOLLOW of no folder", 0, 0, OP(a, OP_FOLLOW, (uint64_t)-1, (uint64_t)-1, bytes_of(a, &rule, sizeof rule), sizeof rule), "devices that another strand than the pilot's follows");
    ONE("refuses FOLLOW in the sweep", 0, 7, OP(a, OP_FOLLOW, 0, (uint64_t)-1, bytes_of(a, &rule, sizeof rule), sizeof rule), "devices that another strand than the pilot's follows");
    ONE("refuses half a rule of devices", 0, 0, OP(a, OP_FOLLOW, 0, (uint64_t)-1, bytes_of(a, &rule, sizeof rule), 192), "a rule of devices that is not sound");
    ONE("refuses a rule of devices without a demand", 0, 0, OP(a, OP_FOLLOW, 0, (uint64_t)-1, bytes_of(a, (const char[384]){0}, 384), 384), "a rule of devices that is not sound");
    ONE("refuses READ outside of a probe", 0, 0, OP(a, OP_READ, 0, str(a, "x"), 10), "READ outside of a probe");
    ONE("accepts READ in a probe", PROGRAM_PROBE, 0, OP(a, OP_READ, 0, str(a, "x"), 10), NULL);
    ONE("accepts device rules of no cgroup in a probe", PROGRAM_PROBE, 0, OP(a, OP_DEVICES, FD(-1), str(a, "1234567"), 1), NULL);
    ONE("refuses CLONE in the sweep", 0, 7, OP(a, OP_SPAWN, str(a, "/bin/true"), 1, 0, 0, 0, 0), "an instruction that the sweep may not use");
    ONE("refuses SPAWN by name", 0, 0, OP(a, OP_SPAWN, str(a, "true"), 1, 0, 0, 0, 0), "SPAWN without an absolute path");
    ONE("accepts a program without instructions", 0, 0, (void)0, NULL);
}

int main(void) {
    layout_tests();
    operand_tests();
    flow_tests();
    shim_tests();
    printf("1..%d\n", tests);
    return failures > 0;
}
