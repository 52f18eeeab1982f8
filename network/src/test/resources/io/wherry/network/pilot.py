"""Runs a program as the launcher would: pilot.py BINARY PROGRAM [strand N]. Prints `ok`, or what failed."""

import os
import socket
import struct
import sys

binary, program, *words = sys.argv[1:]
mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
pid = os.fork()
if pid == 0:
    code = os.dup(os.open(program, os.O_RDONLY))
    spare = os.dup(theirs.fileno())
    high = [os.dup2(code, 100), os.dup2(spare, 101)]
    os.dup2(high[0], 3)
    os.dup2(high[1], 4)
    os.execv(binary, ["wherry-pilot", *words])
theirs.close()
data = b""
while True:
    try:
        more = mine.recv(65536)
    except ConnectionResetError:
        more = b""
    if not more:
        break
    data += more
_, status = os.waitpid(pid, 0)
failure = ""
while len(data) >= 8:
    kind, length = data[0], struct.unpack(">I", data[4:8])[0]
    payload, data = data[8 : 8 + length], data[8 + length :]
    if kind == 0x22:
        strand, instruction, step, op, call, errno, argument, _ = struct.unpack("<8I", payload[:32])
        text = payload[32:].split(b"\0")[0].decode(errors="replace")
        failure = f"strand {strand} step {step} op {op} errno {errno} {text}".rstrip()
print(failure or ("ok" if status == 0 else f"status {status}"), flush=True)
