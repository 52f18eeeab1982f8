"""An assembler for kernel programs (docs/program.md), for tests: reads the tables that the pilot is generated from."""

import os
import struct

TABLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../kernel/tables")
ABORT, OK_IF, SKIP, STICKY, IGNORE, NOTE, ELSE = range(7)
HEADER, STRANDS, NONE = 128, 8, 0xFFFF


def _rows(name):
    with open(os.path.join(TABLES, name), encoding="ascii") as rows:
        for row in rows:
            words = row.split("#")[0].split()
            if words:
                yield words


OPS = {words[1]: int(words[0]) for words in _rows("ops.txt")}
CALLS = {words[1]: int(words[0]) for words in _rows("calls.txt")}
FRAMES = {words[1]: int(words[0], 16) for words in _rows("frames.txt")}


class Program:
    """Instructions by strand; texts and blocks become offsets."""

    def __init__(self, flags=0):
        self.flags = flags
        self.strands = [[] for _ in range(STRANDS)]
        self.data = bytearray(8)

    def block(self, content):
        self.data += bytes(-len(self.data) % 8)
        at = len(self.data)
        self.data += content
        return at

    def text(self, content):
        return self.block(os.fsencode(content) + b"\0")

    def words(self, words):
        return self.block(b"".join(os.fsencode(w) + b"\0" for w in words)) if words else 0

    def add(self, strand, op, *operands, dst=NONE, policy=ABORT, errnos=(), skip=0):
        operands = [self._operand(o) for o in operands]
        operands += [0] * (6 - len(operands))
        errnos = list(errnos) + [0] * (4 - len(errnos))
        code = struct.pack("<BBHHH4H", OPS[op], policy, skip, dst, 0, *errnos)
        self.strands[strand].append(code + struct.pack("<6Q", *operands))

    def call(self, strand, name, *arguments, **rest):
        self.add(strand, "SYS", CALLS[name], *arguments, **rest)

    def _operand(self, value):
        if isinstance(value, str):
            value = self.text(value)
        elif isinstance(value, bytes):
            value = self.block(value)
        return value & 0xFFFFFFFFFFFFFFFF

    def bytes(self):
        ranges, first = b"", 0
        for strand in self.strands:
            ranges += struct.pack("<II", first if strand else 0, len(strand))
            first += len(strand)
        data_at = HEADER + 64 * first
        head = b"WHERRYK1" + struct.pack("<6I", 1, 0xC000003E, data_at + len(self.data), self.flags, first, data_at)
        head += bytes(24) + ranges + bytes(8)
        return head + b"".join(b"".join(strand) for strand in self.strands) + bytes(self.data)


def frame(name, payload=b""):
    return struct.pack(">BxxxI", FRAMES[name], len(payload)) + payload


def container(folder, argv, terminal=False, stdin=True, log=True, log_size=1 << 20, log_files=3, remove=False,
              namespaces=0, cgroup=None, env=("PATH=/usr/bin:/bin",), log_format=0, log_waits=0, log_variables=0, log_words=(), events=False):
    """A program that starts argv under a monitor, without a root of its own; `folder` gets log, exit, run/exit and run/socket."""
    p = Program(flags=4)
    o_directory, cloexec, null = 0o200000, 0o2000000, 0xFFFFFFFFFFFFFFFF
    p.call(0, "openat", -100, folder, o_directory | cloexec, 0, dst=10)
    p.call(0, "openat", -100, folder + "/run", o_directory | cloexec, 0, dst=11)
    p.call(0, "unlinkat", 11, "socket", 0, policy=OK_IF, errnos=[2])
    p.call(0, "socket", 1, 1 | cloexec, 0, dst=12)
    address = struct.pack("<H", 1) + os.fsencode(folder + "/run/socket") + b"\0"
    p.call(0, "bind", 12, address, len(address))
    p.call(0, "listen", 12, 16)
    p.call(0, "socketpair", 1, 5 | cloexec, 0, 0, dst=14)
    if events:
        p.call(0, "openat", -100, folder + "/events", o_directory | cloexec, 0, dst=17)
    cg = -1
    if cgroup:
        p.call(0, "openat", -100, cgroup, o_directory | cloexec, 0, dst=13)
        cg = 13
    if terminal:
        p.call(0, "openat", -100, "/dev/ptmx", 2 | 0o400 | cloexec, 0, dst=20)
        p.call(0, "ioctl.in", 20, 0x40045431, struct.pack("<ii", 0, 0))
        p.call(0, "ioctl.fd", 20, 0x5441, 2 | 0o400 | cloexec, dst=21)
        child, ours, fds = [21, 21, 21], [21], (20, 20, -1)
    else:
        p.call(0, "pipe2", 0, cloexec, dst=20)
        p.call(0, "pipe2", 0, cloexec, dst=22)
        p.call(0, "pipe2", 0, cloexec, dst=24)
        child, ours, fds = [20, 23, 25], [20, 23, 25], (21 if stdin else -1, 22, 24)
    p.add(0, "CLONE", namespaces, 1, cg, 14, 15, dst=16)
    for fd in ours + ([] if terminal or stdin else [21]):
        p.call(0, "close", fd)
    p.add(0, "RECV", 14, 6, 1)
    flags = (1 if terminal else 0) | (2 if stdin else 0) | (4 if log else 0) | (8 if remove else 0)
    block = struct.pack("<I7iQIi3I4x4Ii6Ii16x", flags, *fds, 10, 11, 12, -1, log_size, log_files, cg, log_format, log_waits, log_variables, 0, 0, 0, 0, 17 if events else -1, 0, 0, 0, 0, 0, 0, -1)
    p.add(0, "MONITOR", 16, block, len(block), p.words(log_words) if log_words else 0, len(log_words))
    p.call(1, "setsid")
    if terminal:
        p.call(1, "ioctl", 21, 0x540E, 0)
    for number, fd in enumerate(child):
        p.call(1, "dup3", fd, number, 0)
    p.call(1, "prctl", 1, 9, 0, 0, 0)
    p.call(1, "prctl", 4, 0, 0, 0, 0)
    p.call(1, "close_range", 3, null & 0xFFFFFFFF, 4)
    p.add(1, "EXEC", argv[0], p.words(argv), len(argv), p.words(env), len(env))
    if remove:
        p.call(6, "openat", -100, folder, o_directory | cloexec, 0, dst=30)
        p.call(6, "mkdirat", 30, "removed", 0o700)
    p.call(7, "openat", -100, folder, o_directory | cloexec, 0, dst=30)
    p.call(7, "unlinkat", 30, "run/socket", 0, policy=OK_IF, errnos=[2])
    return p.bytes()
