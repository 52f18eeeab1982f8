#!/usr/bin/env python3
"""Tests of the launcher, the attach client, the terminal and the monitor, with a fake JVM: live.py BINARY [name …]

Runs as root or as any user; makes folders below a temporary one, processes that it ends itself, and nothing else.
"""

import codecs
import ctypes
import fcntl
import hashlib
import json
import os
import pty
import re
import resource
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import textwrap
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from assemble import FRAMES, Program, container, frame  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
HEAD = f"import sys; sys.path.insert(0, {HERE!r})\n"
base = tempfile.mkdtemp(prefix="live-")
home = os.path.join(base, "home")


def make_home(binary):
    for folder in ("bin", "lib/modules", "jdk/bin"):
        os.makedirs(os.path.join(home, folder))
    shutil.copy(binary, os.path.join(home, "bin/wherry"))
    shutil.copy(os.path.join(HERE, "java"), os.path.join(home, "jdk/bin/java"))
    with open(os.path.join(home, "lib/java-home"), "w", encoding="ascii") as file:
        file.write(os.path.join(home, "jdk") + "\n")
    with open(os.path.join(home, "lib/jvm.options"), "w", encoding="ascii") as file:
        file.write("-Xa\n\n-Xb=c d\n")


def new_folder():
    folder = tempfile.mkdtemp(dir=base)
    os.mkdir(os.path.join(folder, "run"))
    return folder


def environment(script, **more):
    env = {k: v for k, v in os.environ.items() if k != "WHERRY_TRAINING"}
    return env | {"LIVE_SCRIPT": textwrap.dedent(script), "LIVE_TEST": HERE} | more


def start(script, *words, env=None, **rest):
    return subprocess.Popen([os.path.join(home, "bin/wherry"), *words], env=env or environment(script), **rest)


def wherry(script, *words, timeout=20, env=None, data=None, **rest):
    rest.setdefault("stdin", subprocess.PIPE if data is not None else subprocess.DEVNULL)
    process = start(script, *words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **rest)
    try:
        out, err = process.communicate(data, timeout)
    finally:
        process.kill()
    return process.returncode, out, err.decode()


def run_script(code, flags=0):
    path = tempfile.mktemp(dir=base)
    with open(path, "wb") as file:
        file.write(code)
    return f"program({flags}, open({path!r}, 'rb').read())"


def wait_for(condition, seconds=5, what="it"):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen"
        time.sleep(0.005)


def exit_record(folder):
    with open(os.path.join(folder, "exit"), encoding="ascii") as file:
        pairs = [line.split() for line in file]
        return {key: int(value) if value.isdigit() else value for key, value in pairs}


def await_exit(folder, seconds=5):
    wait_for(lambda: os.path.exists(os.path.join(folder, "exit")), seconds, "the exit record")
    return exit_record(folder)


def log_of(folder, name="log"):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


class Client:
    """A client of a monitor, byte by byte as a stranger would write one."""

    def __init__(self, folder, attach=None):
        self.socket = socket.socket(socket.AF_UNIX)
        path = os.path.join(folder, "run/socket")
        wait_for(lambda: os.path.exists(path))
        wait_for(lambda: self.socket.connect_ex(path) == 0)
        self.socket.settimeout(10)
        self.buffer = b""
        self.send("HELLO", struct.pack("<II", 1, 0))
        name, payload = self.frame()
        assert name == "HELLO" and struct.unpack("<II", payload)[0] == 1, (name, payload)
        if attach is not None:
            assert self.ask("ATTACH", struct.pack("<I", attach)) == 0

    def send(self, name, payload=b""):
        self.socket.sendall(frame(name, payload))

    def need(self, n):
        while len(self.buffer) < n:
            data = self.socket.recv(65536)
            if not data:
                raise EOFError
            self.buffer += data
        head, self.buffer = self.buffer[:n], self.buffer[n:]
        return head

    def frame(self):
        kind, length = struct.unpack(">BxxxI", self.need(8))
        return next(n for n, v in FRAMES.items() if v == kind), self.need(length)

    def until(self, *names):
        while True:
            name, payload = self.frame()
            if name in names:
                return name, payload

    def ask(self, name, payload=b""):
        self.send(name, payload)
        while True:
            _, reply = self.until("REPLY")
            kind, errno = struct.unpack("<II", reply)
            if kind == FRAMES[name]:
                return errno


# --- launcher ---


def test_leave_carries_the_exit_code():
    for code in (0, 1, 42, 125, 255):
        assert wherry(f"leave({code})")[0] == code


def test_jvm_gets_options_context_and_words():
    script = """
        print(sys.argv[1:])
        print(os.environ.get("JDK_JAVA_OPTIONS"), os.environ.get("JAVA_TOOL_OPTIONS"), os.environ.get("_JAVA_OPTIONS"))
        print(sorted(map(int, os.listdir("/proc/self/fd"))), flush=True)
        leave(0)"""
    env = environment(script, JDK_JAVA_OPTIONS="x", JAVA_TOOL_OPTIONS="y", _JAVA_OPTIONS="z")
    code, out, err = wherry("", "run", "a b", env=env)
    words = eval(out.split(b"\n")[0])
    assert code == 0, err
    assert words[:2] == ["-Xa", "-Xb=c d"] and words[2:6] == ["-p", home + "/lib/modules", "-m", "io.wherry.cli/io.wherry.cli.Main"], words
    assert words[7:] == ["run", "a b"]
    context = dict(part.split("=") for part in words[6].split(","))
    assert list(context) == ["tty", "width", "height", "umask", "boot", "caller", "self"] and context["tty"] == "0", context
    assert context["caller"].split(".")[:2] == [str(os.geteuid()), str(os.getegid())] and len(context["caller"].split(".")) == 4, context
    assert context["self"] == home + "/bin/wherry" and int(context["umask"], 8) == os.umask(0o22), context
    assert b"None None None" in out
    # what python opens itself (requests, replies, the listing) takes up to 3
    fds = eval(out.split(b"\n")[2])
    assert fds[:13] == list(range(13)) and len(fds) <= 16, fds


def test_caller_has_the_same_word_until_something_changes():
    def word(**rest):
        out = wherry("print(sys.argv[-2], flush=True); leave(0)", "run", **rest)[1].decode()
        return next(part for part in out.split(",") if part.startswith("caller="))

    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    lower = (min(limit[0], 256), min(limit[1], 256))
    assert word() == word()
    assert word() != word(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, lower))
    os.utime(os.path.join(home, "bin/wherry"))
    changed = word()
    os.chmod(os.path.join(home, "bin/wherry"), 0o755)
    assert word() != changed


def test_cache_by_command():
    for name in ("hot.aot", "full.aot"):
        open(os.path.join(home, "lib", name), "w", encoding="ascii").close()
    with open(os.path.join(home, "lib/commands"), "w", encoding="ascii") as file:
        file.write("run hot\npull full\n")
    show = "print([w for w in sys.argv if 'AOT' in w], flush=True); leave(0)"
    try:
        assert b"/lib/hot.aot'" in wherry(show, "--root", "/x", "run", "pull")[1]
        assert b"/lib/full.aot'" in wherry(show, "rune")[1]
        os.unlink(os.path.join(home, "lib/hot.aot"))
        assert wherry(show, "run")[1] == b"[]\n"
    finally:
        for name in ("full.aot", "commands"):
            os.unlink(os.path.join(home, "lib", name))


def test_training_waits_for_the_jvm():
    folder = new_folder()
    with open(folder + "/program", "wb") as file:
        file.write(container(folder, ["/bin/cat", folder + "/trained"]))
    end = f"import time; time.sleep(0.2); open({folder!r} + '/trained', 'w').write('yes'); os._exit(0)"
    last = {"leave": "send('LEAVE', struct.pack('<I', 4))", "run": f"send('PROGRAM', struct.pack('<IH', 0, 2) + b'id\\0' + open({folder!r} + '/program', 'rb').read())"}
    for word, expected in (("leave", (4, b"")), ("run", (0, b"yes"))):
        code, out, err = wherry("", word, env=environment(f"{last[word]}; {end}", WHERRY_TRAINING="1"))
        assert (code, out) == expected, (code, out, err)
        os.unlink(folder + "/trained")


def test_no_java_says_what_to_do():
    path = os.path.join(home, "lib/java-home")
    os.rename(path, path + "x")
    code, _, err = wherry("leave(3)")
    assert code == 125 and "lib/" in err
    with open(path, "w", encoding="ascii") as file:
        file.write("/nowhere\n")
    env = environment("leave(3)")
    env.pop("JAVA_HOME", None)
    code, _, err = wherry("", env=env)
    assert code == 125 and "JDK of version 25" in err, (code, err)
    assert wherry("", env=env | {"JAVA_HOME": home + "/jdk"})[0] == 3
    os.rename(path + "x", path)


def test_jvm_that_dies_is_reported():
    code, _, err = wherry("sys.exit(3)")
    assert code == 125 and "status was 3" in err, err
    code, _, err = wherry("os.kill(os.getpid(), 11)")
    assert code == 125 and "status was 139" in err, err


def test_nonsense_from_the_jvm_is_refused():
    for script in ("requests.write(b'x' * 64)", "requests.write(b'\\x40\\0\\0\\0\\xff\\xff\\xff\\xff')", "send('LEAVE', b'1')",
                   "send('TASK', b'12')", "send('PROGRAM', bytes(4) + b'\\xff\\xff')", "task(1, b'', pair=9)"):
        code, _, err = wherry(script + "; import time; time.sleep(100)")
        assert code == 125 and "not understood" in err, (script, code, err)


def test_closed_stdio_is_opened():
    script = "print([os.readlink(f'/proc/self/fd/{n}') for n in range(3)], file=open(sys.argv[-1], 'w')); leave(7)"
    path = tempfile.mktemp(dir=base)
    pid = os.fork()
    if pid == 0:
        os.closerange(0, 64)
        os.execve(home + "/bin/wherry", ["wherry", path], environment(script))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
    with open(path, encoding="ascii") as file:
        assert eval(file.read()) == ['/dev/null'] * 3


def test_signals_before_the_program_end_the_command():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        for handler in ("signal.SIG_DFL", "signal.SIG_IGN"):
            script = f"import signal, time; signal.signal({int(number)}, {handler}); print(os.getpid(), flush=True); time.sleep(100)"
            process = start(script, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            jvm = int(process.stdout.readline())
            began = time.monotonic()
            process.send_signal(number)
            assert process.wait(5) == 128 + number, (number, handler, process.stderr.read())
            took = time.monotonic() - began
            assert 0.19 < took < 0.6 if handler.endswith("IGN") else took < 0.19, took
            assert not os.path.exists(f"/proc/{jvm}")


def test_jvm_dies_with_a_killed_launcher():
    process = start("print(os.getpid(), flush=True); import time; time.sleep(100)", stdout=subprocess.PIPE)
    jvm = int(process.stdout.readline())
    process.kill()
    process.wait()
    wait_for(lambda: reaped(jvm), what="the JVM's end")


def reaped(pid):
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass
    return not os.path.exists(f"/proc/{pid}")


def test_tasks_run_side_by_side():
    probe = Program(flags=2)
    probe.call(0, "openat", -100, "/nowhere", 0, 0, dst=10, policy=5)
    probe.call(0, "openat", -100, "/proc/self", 0o200000, 0, dst=11)
    probe.add(0, "READ", 11, "comm", 4096)
    failing = Program()
    failing.call(0, "openat", -100, "/nowhere", 0, 0, dst=10)
    script = f"""
        for n in range(8): task(n, {probe.bytes()!r})
        task(8, {failing.bytes()!r})
        task(9, b"rubbish" + bytes(200))
        got = {{}}
        while sum(f[0] == "DONE" for fs in got.values() for f in fs) < 10:
            name, payload = reply()
            number = struct.unpack("<I", payload[:4])[0]
            got.setdefault(number, []).append((name, payload[4:]))
        for n in range(8):
            assert [f[0] for f in got[n]] == ["RESULT", "RESULT", "DONE"], got[n]
            assert got[n][0][1] == frame("NOTE", struct.pack("<II", 0, 2)), got[n]
            assert got[n][1][1][:12] == frame("DATA", struct.pack("<I", 2) + b"x" * (len(got[n][1][1]) - 12))[:12]
            assert got[n][2][1] == bytes(4)
        for n in (8, 9):
            assert [f[0] for f in got[n]] == ["RESULT", "DONE"] and got[n][1][1] == struct.pack("<I", 1), got[n]
        leave(0)"""
    assert wherry(script) == (0, b"", "")


def test_killed_task_and_more_tasks_than_places():
    sleeper = Program()
    sleeper.add(0, "SPAWN", sleeper.words(["/bin/sleep", "0.05"]), 2, 0, 0, 0, 0)
    script = f"""
        for n in range(40): task(n, {sleeper.bytes()!r})
        done = set()
        while len(done) < 40:
            name, payload = reply()
            assert name == "DONE", name
            done.add(payload)
        assert len(done) == 40 and all(d[4:] == bytes(4) for d in done)
        leave(0)"""
    assert wherry(script) == (0, b"", "")


OPEN_PAIR = """
def open_pair(pair):
    return open(f"/proc/self/fd/{5 + 2 * pair}", "wb", buffering=0), open(f"/proc/self/fd/{6 + 2 * pair}", "rb", buffering=0)

def begun():
    name, payload = reply()
    assert name == "RESULT" and payload[4:12] == frame("STARTED", bytes(4))[:8], (name, payload)
"""


def test_tree_pair_is_used_again_after_a_broken_stream():
    holder = Program()  # holds the pair while the helper lives, reads nothing
    holder.add(0, "SPAWN", holder.words(["/bin/sleep", "0.1"]), 2, 0, 0, 0, 0)
    script = OPEN_PAIR + textwrap.dedent(f"""
        for turn in range(3):
            for pair in range(4):
                task(10 * turn + pair, {holder.bytes()!r}, pair=pair)
            for pair in range(4): begun()
            ends = [open_pair(pair) for pair in range(4)]
            import fcntl
            size = fcntl.fcntl(ends[0][0], 1032)
            assert size in (1 << 16, 1 << 20), size
            for stream, _ in ends:
                assert stream.write(b"x" * size) == size  # as much as an empty pipe takes
            try:
                while True: ends[0][0].write(b"y" * 65536)  # blocks until the pilot ends
            except BrokenPipeError:
                pass
            for _, stream in ends:
                assert stream.read(10) == b""
            for pair in ends:
                for stream in pair: stream.close()
            for pair in range(4):
                assert reply()[0] == "DONE"
        leave(0)""")
    assert wherry(script) == (0, b"", "")


def test_stream_that_is_given_up_is_cancelled():
    trees = Program()
    trees.add(0, "TREES", 5, 6, 0, -1)
    script = OPEN_PAIR + textwrap.dedent(f"""
        for turn in range(8):
            task(turn, {trees.bytes()!r}, pair=0)
            begun()
            stream, answers = open_pair(0)
            if turn % 2: stream.write(b"WHERRYT1" + bytes(1 + turn))
            stream.close()
            send("CANCEL", struct.pack("<I", turn))
            send("CANCEL", struct.pack("<I", 99))  # nobody's: it may have ended meanwhile
            assert answers.read(4096) == b""
            answers.close()
            assert reply() == ("DONE", struct.pack("<II", turn, 137))
        leave(0)""")
    assert wherry(script) == (0, b"", "")


def test_tree_pilot_ends_with_a_killed_jvm_or_launcher():
    trees = Program()
    trees.add(0, "TREES", 5, 6, 0, -1)
    for end in ("os.kill(os.getpid(), 9)", "os.kill(os.getppid(), 9)"):
        script = OPEN_PAIR + textwrap.dedent(f"""
            task(1, {trees.bytes()!r}, pair=1)
            print(struct.unpack("<I", reply()[1][12:16])[0], flush=True)
            ends = open_pair(1)
            ends[0].write(b"WHERRYT1")
            {end}
            import time; time.sleep(100)""")
        process = start(script, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        pilot = int(process.stdout.readline())
        assert process.wait(5) in (125, -9)
        wait_for(lambda: reaped(pilot), what="the pilot's end")


def test_failure_is_reported_to_a_second_jvm():
    p = Program(flags=4)
    p.call(0, "openat", -100, "/nowhere", 0, 0, dst=10)
    for code in (p.bytes(), b"rubbish"):
        script = f"""
            if words[0] == "--report":
                assert words == ["--report", "c0ffee", "run"], words
                name, payload = reply()
                strand, instruction, step, op, call, errno, argument, flags = struct.unpack("<8I", payload[:32])
                assert name == "FAILED" and len(payload) == 128
                print(errno, payload[32:].split(b"\\0")[0].decode(), flush=True)
                leave(126)
            program(0, {code!r})"""
        status, out, err = wherry(script, "run")
        assert status == 126 and out.startswith(b"2 " if code != b"rubbish" else b"8 "), (status, out, err)


def stepped(code):
    return code[:20] + struct.pack("<I", struct.unpack("<I", code[20:24])[0] | 8) + code[24:]


def step_script(folder, code):
    texts = [f"<{k}>\n" for k in range(struct.unpack("<I", code[24:28])[0])]
    return f"if words[0] == '--report':\n    print(struct.unpack('<8I', reply()[1][:32]), flush=True); leave(126)\nsteps(*{texts!r})\n" + run_script(code)


def steps_shown(err):
    return [int(word[1:-1]) for word in re.findall(r"^<\d+>", err, re.M)]


def test_step_shows_every_instruction_before_it_runs():
    folder = new_folder()
    code = stepped(container(folder, ["/bin/echo", "run"], stdin=False))
    status, out, err = wherry(step_script(folder, code), "run", data=b"\n" * 100)
    assert (status, out) == (0, b"run\n"), (status, out, err)
    strands = struct.unpack("<4I", code[56:72])
    assert sorted(steps_shown(err)) == list(range(strands[1] + strands[3])), err
    assert "strand 1 asks no more" in err and len(re.findall(r"^process \d+", err, re.M)) >= 3, err


def test_step_runs_on_and_gives_the_container_no_input():
    folder = new_folder()
    code = stepped(container(folder, ["/bin/cat"], stdin=False))
    status, out, err = wherry(step_script(folder, code), "run", data=b"\n\nc\nfor nobody\n")
    assert (status, out, steps_shown(err)) == (0, b"", [0, 1, 2]), (status, out, err)


def test_step_ends_with_the_input_at_any_instruction():
    for lines in (b"", b"\n" * 5, b"\n" * 17 + b"q\n", b"\n" * 21, b"\n" * 23 + b"quit\nmore"):
        folder = new_folder()
        code = stepped(container(folder, ["/bin/echo", "run"], stdin=False))
        status, out, err = wherry(step_script(folder, code), "run", data=lines)
        assert status == 126 and out.startswith(b"(") and eval(out)[5] == 125, (status, out, err)
        assert lines.count(b"\n") > 5 or eval(out)[1] == lines.count(b"\n"), "the instruction that was shown did not run: " + str(out)
        assert len(steps_shown(err)) == lines.count(b"\n") + 1 - (b"q" in lines), err
        assert os.listdir(os.path.join(folder, "run")) == [], "the sweep ran"


def test_step_ends_with_its_launcher():
    folder = new_folder()
    process = start(step_script(folder, stepped(container(folder, ["/bin/echo", "run"]))), "run", stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write(b"\n" * 20)
    process.stdin.flush()
    seen = b""
    while b"<20>" not in seen:
        seen += os.read(process.stderr.fileno(), 4096)
    process.kill()
    process.wait()
    wait_for(lambda: os.listdir(os.path.join(folder, "run")) == [], what="the sweep")


def test_only_the_header_makes_a_program_stepped():
    folder = new_folder()
    code = container(folder, ["/bin/echo", "run"], stdin=False)
    status, out, err = wherry(step_script(folder, code), "run")  # without an input that could let anything run
    assert (status, out, steps_shown(err)) == (0, b"run\n", []), (status, out, err)
    script = f"if words[0] == '--report':\n    print(struct.unpack('<8I', reply()[1][:32]), flush=True); leave(126)\n" + run_script(stepped(code))
    status, out, err = wherry(script, "run", data=b"\n" * 100)  # nobody watches: not an instruction runs
    assert status == 126 and eval(out)[1] == 0 and eval(out)[5] == 125, (status, out, err)


def test_program_compiled_again_runs():
    folder = new_folder()
    bad = Program(flags=4)
    bad.call(0, "openat", -100, "/nowhere", 0, 0, dst=10)
    good = run_script(container(folder, ["/bin/echo", "again"]))
    code, out, err = wherry(f"{good} if words[0] == '--report' else program(0, {bad.bytes()!r})", "run")
    assert (code, out) == (0, b"again\n"), (code, out, err)
    code, out, err = wherry(f"print(words, flush=True); program(0, {bad.bytes()!r})", "run")
    assert code == 125 and out.count(b"\n") == 2 and "not even after" in err, (code, out, err)


def test_killed_pilot_is_reported():
    p = Program(flags=5)
    p.call(0, "umask", 0)
    code = bytearray(p.bytes())
    struct.pack_into("<II", code, 32, 1, 0)  # die at 0
    script = f"""
        if words[0] == "--report":
            print(reply()[1][32:].rstrip(b"\\0"), flush=True)
            leave(9)
        program(0, {bytes(code)!r})"""
    status, out, _ = wherry(script, "run")
    assert status == 9 and b"without a report" in out, (status, out)


# --- run ---


def test_exit_codes_and_output():
    for words, expected in ((["/bin/sh", "-c", "echo out; echo err >&2; exit 7"], (7, b"out\n", "err\n")),
                            (["/bin/sh", "-c", "kill -9 $$"], (137, b"", "")), (["/bin/true"], (0, b"", ""))):
        folder = new_folder()
        assert wherry(run_script(container(folder, words)), "run") == expected
        record = await_exit(folder)
        assert record["code"] == expected[0] and record["signal"] == (9 if expected[0] == 137 else 0), record
        with open(os.path.join(folder, "run/exit"), encoding="ascii") as file:
            assert f"code {expected[0]}\n" in file.read()
        wait_for(lambda: not os.path.exists(os.path.join(folder, "run/socket")), what="the sweep")


def test_last_words_are_not_lost():
    words = ["/usr/bin/python3", "-c", "import os; os.write(1, b'x' * 3000 + b'\\n')"]  # one write, and the end
    for terminal in (False, True):
        for _ in range(10):
            folder = new_folder()
            flags = 2 | 4 if terminal else 0
            code, out, err = wherry(run_script(container(folder, words, terminal=terminal), flags), "run")
            assert (code, out.replace(b"\r", b""), err) == (0, b"x" * 3000 + b"\n", ""), (terminal, len(out))
            await_exit(folder)
            assert "".join(r["log"] for r in log_of(folder)).replace("\r", "") == "x" * 3000 + "\n"


def test_detached_prints_the_id():
    folder = new_folder()
    began = time.monotonic()
    code, out, err = wherry(run_script(container(folder, ["/bin/sh", "-c", "sleep 0.5; echo late; exit 3"]), 1), "run")
    assert (code, out, err) == (0, b"c0ffee\n", "") and time.monotonic() - began < 0.5
    assert await_exit(folder)["code"] == 3
    assert [(r["log"], r["stream"]) for r in log_of(folder)] == [("late\n", "stdout")]
    folder = new_folder()
    assert wherry(run_script(container(folder, ["/bin/true"]), 17), "run")[1] == b""


def test_removal_runs_when_asked():
    folder = new_folder()
    assert wherry(run_script(container(folder, ["/bin/true"], remove=True)), "run")[0] == 0
    wait_for(lambda: os.path.isdir(os.path.join(folder, "removed")), what="strand 6")


def piped(process, total):
    """Writes so many bytes to a process and reads until its end: the digests of both, and MB/s through both directions."""
    sent, got = hashlib.sha256(), hashlib.sha256()
    block = os.urandom(1 << 20)

    def write():
        left = total
        while left > 0:
            piece = block[:left]
            sent.update(piece)
            process.stdin.write(piece)
            left -= len(piece)
        process.stdin.close()

    began = time.monotonic()
    writer = threading.Thread(target=write)
    writer.start()
    while chunk := process.stdout.read(1 << 20):
        got.update(chunk)
    writer.join()
    assert process.wait(20) == 0
    return sent.digest(), got.digest(), 2 * total / (time.monotonic() - began) / 1e6


BYTES = 10 << 30 if os.environ.get("WHERRY_ALL") else 100 << 20


def test_bytes_in_and_out():
    code = container(new_folder(), ["/bin/cat"], log=False)
    sent, got, rate = piped(start(run_script(code, 2), "run", stdin=subprocess.PIPE, stdout=subprocess.PIPE), BYTES)
    assert sent == got
    return f"{BYTES >> 20} MiB, {rate:.0f} MB/s through both directions"


def test_bytes_in_and_out_of_an_attached_container():
    folder = detached(["/bin/cat"], log=False)
    sent, got, rate = piped(start(attach(folder, 2), "attach", stdin=subprocess.PIPE, stdout=subprocess.PIPE), BYTES)
    assert sent == got
    return f"{BYTES >> 20} MiB, {rate:.0f} MB/s through both directions"


def test_slow_reader_loses_nothing():
    folder = new_folder()
    words = ["/bin/sh", "-c", "seq 1 1000000; seq 1 300000 >&2"]
    process = start(run_script(container(folder, words, log_size=1 << 30)), "run", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(0.3)
    out = b""
    while chunk := os.read(process.stdout.fileno(), 65536):
        out += chunk
        if len(out) < 1 << 20:
            time.sleep(0.01)
        if len(out) >= 6888896:
            break
    err = process.stderr.read()
    assert process.wait(20) == 0
    assert out == b"".join(b"%d\n" % n for n in range(1, 1000001))
    assert err == b"".join(b"%d\n" % n for n in range(1, 300001))
    await_exit(folder)
    lines = log_of(folder)
    assert "".join(r["log"] for r in lines if r["stream"] == "stdout").encode() == out
    assert "".join(r["log"] for r in lines if r["stream"] == "stderr").encode() == err


def test_signals_go_to_the_container():
    folder = new_folder()
    words = ["/bin/sh", "-c", "trap 'echo int' INT; trap 'echo usr1' USR1; trap 'echo term; exit 5' TERM; echo up; while :; do sleep 0.02; done"]
    process = start(run_script(container(folder, words)), "run", stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"up\n"
    for number, said in ((signal.SIGINT, b"int\n"), (signal.SIGUSR1, b"usr1\n"), (signal.SIGTERM, b"term\n")):
        process.send_signal(number)
        assert process.stdout.readline() == said
    assert process.wait(5) == 5


def test_signal_passes_input_that_nobody_reads():
    folder = new_folder()
    process = start(run_script(container(folder, ["/bin/sleep", "100"]), 2), "run", stdin=subprocess.PIPE)
    os.set_blocking(process.stdin.fileno(), False)
    end = time.monotonic() + 1
    while time.monotonic() < end:
        try:
            os.write(process.stdin.fileno(), bytes(65536))
        except BlockingIOError:
            time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 143


def test_broken_output_ends_the_client_not_the_container():
    folder = new_folder()
    process = start(run_script(container(folder, ["/bin/sh", "-c", "echo a; sleep 0.2; echo b; sleep 0.2; echo c; exit 4"])), "run", stdout=subprocess.PIPE)
    process.stdout.close()
    assert process.wait(5) == 141
    assert await_exit(folder)["code"] == 4
    assert "".join(r["log"] for r in log_of(folder)) == "a\nb\nc\n"


def test_lost_monitor():
    folder = new_folder()
    process = start(run_script(container(folder, ["/bin/sh", "-c", "echo $PPID; sleep 100"])), "run", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.kill(int(process.stdout.readline()), signal.SIGKILL)
    assert process.wait(5) == 137 and b"monitor was lost" in process.stderr.read()


def test_killed_launcher_leaves_the_container_and_ends_its_input():
    folder = new_folder()
    process = start(run_script(container(folder, ["/bin/sh", "-c", "echo up; cat; sleep 0.1; echo down; exit 6"]), 2), "run",
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"up\n"
    process.kill()
    assert await_exit(folder)["code"] == 6
    assert "".join(r["log"] for r in log_of(folder)) == "up\ndown\n"


# --- terminal ---


class Terminal:
    """A launcher on a pseudo terminal, in a session of its own."""

    def __init__(self, script, *words):
        self.master, peer = pty.openpty()
        self.before = termios.tcgetattr(peer)
        fcntl.ioctl(peer, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 77, 0, 0))
        self.peer = peer
        pid = os.fork()
        if pid == 0:
            os.setsid()
            fcntl.ioctl(peer, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(peer, fd)
            os.closerange(3, 64)
            os.execve(home + "/bin/wherry", ["wherry", *words], environment(script))
        self.pid = pid
        self.text = b""

    def until(self, text, seconds=5):
        end = time.monotonic() + seconds
        while text not in self.text:
            assert time.monotonic() < end, (text, self.text)
            if select.select([self.master], [], [], 0.1)[0]:
                self.text += os.read(self.master, 4096)
        before, self.text = self.text.split(text, 1)
        return before

    def type(self, text):
        os.write(self.master, text)

    def is_raw(self):
        return termios.tcgetattr(self.peer)[3] & termios.ICANON == 0

    def wait(self):
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def restored(self):
        return termios.tcgetattr(self.peer) == self.before


def test_terminal_size_keys_and_restore():
    folder = new_folder()
    t = Terminal(run_script(container(folder, ["/bin/sh"], terminal=True), 6), "run")
    t.until(b"# " if os.getuid() == 0 else b"$ ")
    assert t.is_raw()
    t.type(b"stty size\n")
    t.until(b"33 77")
    fcntl.ioctl(t.master, termios.TIOCSWINSZ, struct.pack("HHHH", 44, 99, 0, 0))
    time.sleep(0.1)
    t.type(b"stty size\n")
    t.until(b"44 99")
    t.type(b"sleep 100\n")
    time.sleep(0.1)
    t.type(b"\x03")
    t.type(b"echo a''b\n")
    t.until(b"ab")
    t.type(b"exit 9\n")
    assert t.wait() == 9
    assert t.restored()


def test_detach_keys():
    folder = new_folder()
    t = Terminal(run_script(container(folder, ["/bin/sh", "-c", "stty raw -echo; echo up; head -c 3 | od -c; exit 8"], terminal=True), 6), "run")
    t.until(b"up")
    t.type(b"\x10a\x10")
    time.sleep(0.1)
    t.type(b"\x11")
    assert t.wait() == 0 and t.restored()
    client = Client(folder, attach=1 | 2)
    client.send("STDIN", b"z")
    assert b"020   a   z" in client.until("STDOUT")[1]
    assert await_exit(folder)["code"] == 8


def test_terminal_is_restored_after_kill_9():
    folder = new_folder()
    t = Terminal(run_script(container(folder, ["/bin/sh", "-c", "echo up; sleep 100"], terminal=True), 6), "run")
    t.until(b"up")
    assert t.is_raw()
    os.kill(t.pid, signal.SIGKILL)
    assert t.wait() == -9
    wait_for(t.restored, what="the restored terminal")
    client = Client(folder)
    assert client.ask("SIGNAL", struct.pack("<I", 9)) == 0
    await_exit(folder)


def test_hang_up_leaves_the_container():
    folder = new_folder()
    t = Terminal(run_script(container(folder, ["/bin/sh", "-c", "echo up; sleep 0.3; exit 3"], terminal=True), 6), "run")
    t.until(b"up")
    os.close(t.peer)
    os.close(t.master)
    assert t.wait() == 129
    assert await_exit(folder)["code"] == 3


def test_terminal_that_nobody_has_open_costs_nothing():
    folder = new_folder()
    script = "echo $PPID; exec <&- >&- 2>&-; sleep 1; exec >/dev/tty; echo again"
    assert wherry(run_script(container(folder, ["/bin/sh", "-c", script], terminal=True), 17), "run")[0] == 0
    wait_for(lambda: os.path.exists(folder + "/log") and log_of(folder))
    with open(f"/proc/{int(log_of(folder)[0]['log'])}/stat", encoding="ascii") as file:
        time.sleep(0.8)
        ticks = sum(map(int, file.read().rsplit(")", 1)[1].split()[11:13]))
    assert ticks <= 1, ticks
    await_exit(folder)
    assert "again" in log_of(folder)[-1]["log"]


def test_interrupt_key_before_the_program():
    t = Terminal("print('ready', flush=True); import time, signal; signal.signal(2, signal.SIG_IGN); print('set', flush=True); time.sleep(100)")
    t.until(b"set")
    t.type(b"\x03")
    assert t.wait() == 130 and t.restored()


# --- attach ---


def attach(folder, flags, keys=None):
    return f"attach_to({flags}, {os.path.join(folder, 'run/socket')!r}" + ("" if keys is None else f", {keys!r}") + ")"


def test_attach_gives_input_and_takes_the_exit_code():
    folder = detached(["/bin/sh", "-c", "read line; echo got $line; cat; exit 7"])
    assert wherry(attach(folder, 2), "attach", data=b"hello\nrest") == (7, b"got hello\nrest", "")


def test_attach_reaches_a_socket_whose_path_is_long():
    folder = detached(["/bin/sh", "-c", "read line; exit 3"])
    deep = os.path.join(folder, "d" * 200)
    os.rename(os.path.join(folder, "run"), deep)
    assert wherry(f"attach_to(2, {deep + '/socket'!r})", "attach", data=b"x\n") == (3, b"", "")


def test_attach_to_nobody_is_told():
    code, _, err = wherry(attach(new_folder(), 0), "attach")
    assert code == 1 and "has ended meanwhile" in err, (code, err)


def test_second_client_looks_on_and_types_too():
    folder = new_folder()
    first = start(run_script(container(folder, ["/bin/sh", "-c", "echo up; read a; echo a $a; read b; echo b $b; exit 5"]), 2), "run",
                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert first.stdout.readline() == b"up\n"
    second = start(attach(folder, 2), "attach", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    os.write(second.stdin.fileno(), b"one\n")
    assert first.stdout.readline() == b"a one\n" and second.stdout.readline() == b"a one\n"
    os.write(first.stdin.fileno(), b"two\n")
    assert first.stdout.readline() == b"b two\n" and second.stdout.readline() == b"b two\n"
    assert first.wait(5) == 5 and second.wait(5) == 5


def test_container_does_not_wait_for_an_observer():
    folder = new_folder()
    first = start(run_script(container(folder, ["/bin/sh", "-c", "read a; seq 1 700000; exit 4"], log=False), 2), "run",
                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    Client(folder)
    second = start(attach(folder, 0), "attach", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(0.3)
    os.write(first.stdin.fileno(), b"go\n")
    assert first.stdout.read() == b"".join(b"%d\n" % n for n in range(1, 700001)) and first.wait(5) == 4
    _, err = second.communicate(timeout=10)
    assert b"cut off here" in err


def test_container_waits_for_an_attached_primary():
    folder = detached(["/bin/sh", "-c", "read a; seq 1 700000; exit 4"], log=False)
    process = start(attach(folder, 2), "attach", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.write(process.stdin.fileno(), b"go\n")
    time.sleep(0.5)
    out, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (4, b"")
    assert out == b"".join(b"%d\n" % n for n in range(1, 700001))


def test_killed_attach_leaves_the_input_open():
    folder = detached(["/bin/sh", "-c", "echo up; read a; echo got $a; exit 6"])
    process = start(attach(folder, 2), "attach", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    os.write(process.stdin.fileno(), b"")
    time.sleep(0.3)
    process.kill()
    process.wait()
    assert wherry(attach(folder, 2), "attach", data=b"late\n") == (6, b"got late\n", "")


def test_signals_kept_from_the_container():
    for script, words in ((lambda f: run_script(container(f, ["/bin/sh", "-c", "echo up; exec sleep 100"]), 32), "run"), (None, "attach")):
        folder = new_folder() if script else detached(["/bin/sh", "-c", "while :; do echo up; sleep 0.05; done"])
        process = start(script(folder) if script else attach(folder, 32), words, stdout=subprocess.PIPE)
        assert process.stdout.readline() == b"up\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 130
        client = Client(folder)
        assert client.ask("SIGNAL", struct.pack("<I", 9)) == 0
        assert await_exit(folder)["code"] == 137


def test_single_streams():
    def run(flags, data=None):
        folder = new_folder()
        code, out, err = wherry(run_script(container(folder, ["/bin/sh", "-c", "echo out; echo err >&2; cat >&2; exit 2"]), flags), "run", data=data)
        return code, out, err, await_exit(folder)["code"]
    assert run(2 | 64, b"") == (2, b"", "err\n", 2)
    assert run(2 | 128, b"") == (2, b"out\n", "", 2)
    code, out, err, ended = run(2 | 8 | 64 | 128, b"input")
    assert (out, err, ended) == (b"c0ffee\n", "", 2) and code in (0, 2)


def test_attached_terminal_is_drawn_and_left_by_its_keys():
    words = ["/bin/sh", "-c", "trap 'echo size $(stty size)' WINCH; echo up; while :; do read line && echo got $line; done"]
    folder = detached(words, terminal=True)
    wait_for(lambda: os.path.exists(folder + "/log") and log_of(folder), what="the trap")
    t = Terminal(attach(folder, 6, b"ab"), "attach")
    t.until(b"size 33 77")
    assert t.is_raw()
    other = Terminal(attach(folder, 6, b"\x18"), "attach")
    fcntl.ioctl(other.master, termios.TIOCSWINSZ, struct.pack("HHHH", 44, 99, 0, 0))
    t.until(b"size 44 99")
    for attempt in range(20):  # a shell that is told of one more size while it reads loses the line
        t.type(b"xaay\r")
        try:
            other.until(b"got xaay", 0.5)
            break
        except AssertionError:
            assert attempt < 19
    t.type(b"a")
    t.type(b"b")
    assert t.wait() == 0 and t.restored()
    os.kill(other.pid, signal.SIGKILL)
    assert other.wait() == -9
    wait_for(other.restored, what="the restored terminal")
    client = Client(folder)
    assert client.ask("SIGNAL", struct.pack("<I", 9)) == 0
    await_exit(folder)


# --- monitor ---


def detached(words, folder=None, **rest):
    folder = folder or new_folder()
    code, _, err = wherry(run_script(container(folder, words, **rest), 1 | 16), "run")
    assert code == 0, err
    return folder


def test_clients_watch_wait_and_signal():
    folder = detached(["/bin/sh", "-c", "read line; echo got $line; read line; exit 11"])
    watcher, waiter, writer = Client(folder, attach=2 | 4), Client(folder), Client(folder, attach=1)
    waiter.send("WAIT")
    writer.send("STDIN", b"hello\n")
    assert struct.unpack("<II", writer.until("REPLY")[1]) == (0, 0)
    assert watcher.until("STDOUT")[1] == b"got hello\n"
    writer.send("STDIN", b"bye\n")
    for client in (watcher, waiter):
        code, number, oom, seconds, nanoseconds = struct.unpack("<IIIQI", client.until("EXIT")[1])
        assert (code, number, oom) == (11, 0, 0) and abs(seconds - time.time()) < 10 and nanoseconds < 10**9
    assert await_exit(folder)["seconds"] == seconds


def test_stop_kills_after_its_time():
    folder = detached(["/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"])
    client = Client(folder)
    time.sleep(0.1)
    began = time.monotonic()
    client.send("STOP", struct.pack("<II", 15, 300))
    client.socket.close()  # the caller may go; the monitor watches the time
    assert await_exit(folder)["code"] == 137
    assert 0.3 <= time.monotonic() - began < 1
    folder = detached(["/bin/sh", "-c", "trap 'exit 3' TERM; while :; do sleep 0.01; done"])
    time.sleep(0.1)
    assert Client(folder).ask("STOP", struct.pack("<II", 15, 10000)) == 0
    assert await_exit(folder, 2)["code"] == 3


def test_pidfd_is_handed_out():
    folder = detached(["/bin/sleep", "100"])
    client = Client(folder)
    client.send("PIDFD")
    _, fds, _, _ = socket.recv_fds(client.socket, 64, 4)
    assert len(fds) == 1
    signal.pidfd_send_signal(fds[0], signal.SIGTERM)
    assert await_exit(folder)["code"] == 143


def unified_cgroups():
    with open("/proc/mounts", encoding="ascii") as mounts:
        for line in mounts:
            if line.split()[2] == "cgroup2" and os.access(line.split()[1], os.W_OK):
                return line.split()[1]
    return None


def test_pause_and_kill_of_the_whole_cgroup():
    root = unified_cgroups()
    if root is None:
        return "skipped: no cgroup version 2 tree to write to"
    group = tempfile.mkdtemp(prefix="live-", dir=root)
    try:
        # The second process would survive a signal to the first.
        folder = detached(["/bin/sh", "-c", "trap '' TERM; (trap '' TERM; while :; do echo tick; sleep 0.02; done) & wait; wait"], cgroup=group)
        client = Client(folder, attach=2)
        client.until("STDOUT")
        assert client.ask("PAUSE", struct.pack("<I", 1)) == 0
        time.sleep(0.1)
        size = os.path.getsize(folder + "/log")
        time.sleep(0.2)
        assert os.path.getsize(folder + "/log") == size
        assert client.ask("PAUSE", struct.pack("<I", 0)) == 0
        wait_for(lambda: os.path.getsize(folder + "/log") > size)
        assert client.ask("PAUSE", struct.pack("<I", 1)) == 0
        assert Client(folder).ask("STOP", struct.pack("<II", 15, 100)) == 0
        assert await_exit(folder)["code"] == 137
        with open(group + "/cgroup.procs", encoding="ascii") as file:
            wait_for(lambda: file.seek(0) == 0 and not file.read(), what="an empty cgroup")
    finally:
        os.rmdir(group)
    return None


def test_random_bytes_do_no_harm():
    import random
    seed = int(os.environ.get("LIVE_SEED", time.time()))
    dice = random.Random(seed)
    folder = detached(["/bin/sh", "-c", "cat; exec sleep 100"])  # a shifted stream may well say that its input ends
    hello = frame("HELLO", struct.pack("<II", 1, 0))
    kinds = [k for n, k in FRAMES.items() if n not in ("SIGNAL", "STOP", "PAUSE")]
    for _ in range(1500):
        stranger = socket.socket(socket.AF_UNIX)
        stranger.connect(os.path.join(folder, "run/socket"))
        data = hello if dice.random() < 0.8 else b""
        if dice.random() < 0.5:
            data += frame("ATTACH", struct.pack("<I", dice.choice([1, 2, 3, 7])))
        for _ in range(dice.randrange(6)):
            length = dice.choice([0, 4, 8, 8, 64, 65, 70000])
            promised = length if dice.random() < 0.8 else dice.choice([0, 2**32 - 1, length + 1])
            kind = dice.choice(kinds) if dice.random() < 0.9 else 0
            data += struct.pack(">BxxxI", kind, promised) + dice.randbytes(length)
        try:
            stranger.sendall(data[:dice.randrange(len(data) + 1)] if dice.random() < 0.3 else data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        stranger.close()
    assert not os.path.exists(folder + "/exit"), seed
    assert Client(folder).ask("SIGNAL", struct.pack("<I", 15)) == 0, seed
    assert await_exit(folder)["code"] == 143, seed
    return f"seed {seed}"


def test_broken_log_does_not_stop_the_container():
    folder = new_folder()
    os.mkdir(folder + "/log")  # cannot be opened for writing
    code, out, err = wherry(run_script(container(folder, ["/bin/echo", "on"])), "run")
    assert (code, out, err) == (0, b"on\n", "")
    assert await_exit(folder)["unlogged"] > 0


def test_strangers_bytes_are_cut():
    folder = detached(["/bin/sleep", "100"])
    for hostile in (frame("ATTACH", bytes(4)), b"\xff" * 100, frame("HELLO", bytes(8)), frame("HELLO", struct.pack("<II", 1, 0)) + frame("WAIT", bytes(100)),
                    frame("HELLO", struct.pack("<II", 1, 0)) + frame("DONE", bytes(8))):
        stranger = socket.socket(socket.AF_UNIX)
        stranger.settimeout(5)
        stranger.connect(os.path.join(folder, "run/socket"))
        stranger.sendall(hostile)
        try:
            while stranger.recv(4096):
                pass
        except ConnectionResetError:
            pass
    many = [Client(folder) for _ in range(60)]
    assert many[-1].ask("SIGNAL", struct.pack("<I", 200)) == 22
    assert many[0].ask("SIGNAL", struct.pack("<I", 9)) == 0
    await_exit(folder)


def test_slow_observer_is_cut_with_a_note():
    folder = detached(["/bin/sh", "-c", "read go; seq 1 1000000; sleep 0.2"], log=False)
    slow, quick = Client(folder, attach=2 | 1), Client(folder, attach=2)
    slow.send("STDIN", b"go\n")
    whole = b"".join(b"%d\n" % n for n in range(1, 1000001))
    time.sleep(0.5)
    for client in (quick, slow):  # neither read while it mattered
        got, note = [], b""
        try:
            while True:
                name, payload = client.frame()
                got.append(payload) if name == "STDOUT" else None
                note = payload if name == "STDERR" else note
        except EOFError:
            pass
        got = b"".join(got)
        assert b"cut off" in note and whole.startswith(got) and 1 << 20 <= len(got) < len(whole), (len(got), note)
    assert await_exit(folder)["code"] == 0


def test_end_of_input_and_no_input():
    folder = detached(["/bin/cat"])
    client = Client(folder, attach=1 | 2)
    client.send("STDIN", b"x")
    client.send("STDIN")
    assert client.until("STDOUT")[1] == b"x"
    assert await_exit(folder)["code"] == 0
    folder = detached(["/bin/cat"], stdin=False)
    assert await_exit(folder)["code"] == 0


def test_log_is_dockers_json():
    text = "plain\nquote\" back\\ tab\t ctl\x01 \x7f ü € 😀\n".encode() + b"bad \xff\xc3( \xe2\x82\n" + b"x" * 40000 + b"\ny" + "ü".encode() * 20000 + b"\nno end"
    path = tempfile.mktemp(dir=base)
    with open(path, "wb") as file:
        file.write(text)
    folder = new_folder()
    code, out, _ = wherry(run_script(container(folder, ["/bin/cat", path])), "run")
    assert (code, out) == (0, text)
    await_exit(folder)
    with open(os.path.join(folder, "log"), "rb") as file:
        raw = file.read()
    records = log_of(folder)
    assert all(list(r) == ["log", "stream", "time"] and r["stream"] == "stdout" for r in records)
    assert raw.startswith(b'{"log":"plain\\n","stream":"stdout","time":"20')
    assert len(records[0]["time"]) == 30 and records[0]["time"].endswith("Z")
    codecs.register_error("each", lambda e: ("\ufffd", e.start + 1))  # one for each byte, as Docker does
    assert "".join(r["log"] for r in records) == text.decode("utf-8", "each"), [r["log"][:50] for r in records]
    assert max(len(r["log"].encode()) for r in records) <= 16384
    stamp = time.strftime("%Y-%m-%dT%H:%M", time.gmtime())
    assert records[-1]["time"][:13] == stamp[:13]


def test_log_rotates():
    folder = detached(["/usr/bin/seq", "1", "3000"], log_size=20000, log_files=3)
    assert await_exit(folder)["code"] == 0
    names = sorted(n for n in os.listdir(folder) if n.startswith("log"))
    assert names == ["log", "log.1", "log.2"], names
    assert all(os.path.getsize(os.path.join(folder, n)) <= 20000 for n in names)
    lines = [r["log"] for n in reversed(names) for r in log_of(folder, n)]
    assert lines == [f"{n}\n" for n in range(3001 - len(lines), 3001)]
    folder = detached(["/usr/bin/seq", "1", "3000"], log_size=20000, log_files=1)
    assert await_exit(folder)["code"] == 0
    assert log_of(folder)[-1]["log"] == "3000\n" and os.path.getsize(os.path.join(folder, "log")) <= 20000 and not os.path.exists(os.path.join(folder, "log.1"))


def local_of(folder, name="log"):
    """Flags, time and text of each record of the format `local`."""
    with open(os.path.join(folder, name), "rb") as file:
        data = file.read()
    records = []
    while data:
        first, flags, length, stamp = struct.unpack("<BBHQ", data[:12])
        end = struct.unpack("<HBB", data[12 + length:16 + length])
        assert first == 0xF7 and end == (length, flags, 0xF8), data[:40]
        records.append((flags, stamp, data[12:12 + length]))
        data = data[16 + length:]
    return records


def test_log_in_the_format_local():
    script = r"printf 'one\n\377\0\n'; printf 'two\n' >&2; sleep 0.1; printf %20000s x; printf end"
    folder = detached(["/bin/sh", "-c", script], log_format=1)
    assert await_exit(folder)["code"] == 0
    records = local_of(folder)
    assert b"".join(text for flags, _, text in records if not flags & 1) == b"one\n\xff\0\n" + b" " * 19999 + b"xend"
    assert [text for flags, _, text in records if flags & 1] == [b"two\n"]
    assert all(bool(flags & 2) == (text[-1:] != b"\n") for flags, _, text in records)
    assert all(abs(stamp / 1e9 - time.time()) < 100 for _, stamp, _ in records)
    folder = detached(["/usr/bin/seq", "1", "3000"], log_size=20000, log_format=1)
    assert await_exit(folder)["code"] == 0
    lines = [text for n in ("log.2", "log.1", "log") for _, _, text in local_of(folder, n)]
    assert lines == [b"%d\n" % n for n in range(3001 - len(lines), 3001)] and os.path.getsize(folder + "/log.1") <= 20000


def test_log_has_what_the_user_adds():
    folder = detached(["/bin/echo", "a"], log_words=['"attrs":{"x":"y"},'])
    await_exit(folder)
    assert log_of(folder)[0]["attrs"] == {"x": "y"} and list(log_of(folder)[0]) == ["log", "stream", "attrs", "time"]


LOST = re.compile(rb"wherry: (\d+) lines \((\d+) bytes\) were lost here\n")


def reader(folder, script):
    """Words of a program that reads the log; its output goes to `read` in the folder."""
    return {"log_format": 2, "log_variables": 2, "log_words": ["PATH=/usr/bin:/bin", "TO=" + folder + "/read", "/bin/sh", "-c", script]}


def read_by(folder):
    with open(folder + "/read", "rb") as file:
        return file.read()


def test_program_reads_the_log_and_is_waited_for_at_the_end():
    folder = new_folder()
    options = reader(folder, "sleep 0.3; env >$TO.env; cat >$TO.new; mv $TO.new $TO")
    detached(["/bin/sh", "-c", "echo a; echo b >&2; printf c"], folder=folder, **options)
    assert await_exit(folder)["code"] == 0
    wait_for(lambda: os.path.exists(folder + "/read"))
    assert sorted(read_by(folder).split(b"\n")) == [b"a", b"b", b"c"]
    with open(folder + "/read.env", encoding="ascii") as file:
        assert {line.split("=")[0] for line in file} <= {"PATH", "TO", "PWD", "OLDPWD", "SHLVL", "_"}


def test_program_that_does_not_read_loses_whole_lines_and_is_told():
    folder = new_folder()
    options = reader(folder, "until [ -e $TO.go ]; do sleep 0.02; done; exec cat >$TO")
    detached(["/bin/sh", "-c", "seq 1 400000; read x; echo later; read x; echo last"], folder=folder, **options)
    client = Client(folder, attach=1)
    time.sleep(0.5)  # more than a pipe holds has come
    with open(folder + "/read.go", "w", encoding="ascii"):
        pass
    wait_for(lambda: os.path.exists(folder + "/read") and os.path.getsize(folder + "/read") > 1000000)
    assert client.ask("STDIN", b"\n") == 0
    wait_for(lambda: b"later\n" in read_by(folder))
    assert client.ask("STDIN", b"\n") == 0
    assert await_exit(folder)["code"] == 0
    wait_for(lambda: read_by(folder).endswith(b"last\n"))
    data = read_by(folder)
    lost = LOST.search(data)
    lines = LOST.sub(b"", data).split(b"\n")
    n = len(lines) - 3  # later, last, and nothing behind it
    assert lines[:n] == [b"%d" % k for k in range(1, n + 1)]
    assert int(lost[1]) == 400000 - n and int(lost[2]) == sum(len(str(k)) + 1 for k in range(n + 1, 400001)), lost
    assert data.endswith(lost[0] + b"later\nlast\n")


def test_program_that_is_waited_for_loses_nothing():
    folder = new_folder()
    options = reader(folder, "sleep 0.5; exec cat >$TO")
    detached(["/usr/bin/seq", "1", "400000"], folder=folder, log_waits=1, **options)
    assert await_exit(folder, 20)["code"] == 0
    wait_for(lambda: read_by(folder).endswith(b"\n400000\n"))
    assert read_by(folder).count(b"\n") == 400000


def test_program_that_dies_is_started_once_more():
    folder = new_folder()
    options = reader(folder, "read line; echo got $line >>$TO")
    detached(["/bin/sh", "-c", "echo a; read x; echo b; read x; echo c; read x; echo d"], folder=folder, **options)
    client = Client(folder, attach=1)
    for expected in (b"got a\n", b"got a\ngot b\n"):
        wait_for(lambda: os.path.exists(folder + "/read") and read_by(folder) == expected, 5, expected)
        time.sleep(0.1)  # it has ended
        assert client.ask("STDIN", b"\n") == 0
    assert client.ask("STDIN", b"\n") == 0
    assert await_exit(folder)["unlogged"] >= 2
    assert read_by(folder) == b"got a\ngot b\n"


def test_lost_lines_are_told_when_the_log_can_be_written_again():
    folder = new_folder()
    os.mkdir(folder + "/log")
    detached(["/bin/sh", "-c", f"echo one; echo two; : >{folder}/ready; read x; echo three"], folder=folder)
    client = Client(folder, attach=1)
    wait_for(lambda: os.path.exists(folder + "/ready"))
    for _ in range(2):  # behind the second answer it has read what was there at the first
        assert client.ask("REOPEN") == 21
    os.rmdir(folder + "/log")
    assert client.ask("STDIN", b"\n") == 0
    assert await_exit(folder)["unlogged"] > 0
    told, three = log_of(folder)
    assert (told["log"], told["stream"]) == ("wherry: 2 lines (8 bytes) were lost here\n", "stderr") and three["log"] == "three\n"


TEMPLATE = b'{"status":"\x01","id":"i","Action":"\x01","Actor":{"Attributes":{\x02"name":"n"}},"time":\x03,"timeNano":\x04}\n'


def with_journal(template=TEMPLATE):
    folder = new_folder()
    os.mkdir(folder + "/events")
    with open(folder + "/event", "wb") as file:
        file.write(template)
    return folder


def events_of(folder, name="journal"):
    with open(folder + "/events/" + name, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def test_events_fill_the_template():
    folder = with_journal()
    detached(["/bin/sh", "-c", "read x; exit 3"], folder=folder, events=True)
    client = Client(folder, attach=1)
    assert client.ask("SIGNAL", struct.pack("<I", signal.SIGCONT)) == 0
    client.send("STDIN", b"\n")
    assert await_exit(folder)["code"] == 3
    events = events_of(folder)
    assert [e["Action"] for e in events] == [e["status"] for e in events] == ["start", "attach", "kill", "die"]
    assert [e["Actor"]["Attributes"] for e in events] == [
        {"name": "n"}, {"name": "n"}, {"signal": "18", "name": "n"}, {"execDuration": "0", "exitCode": "3", "name": "n"}]
    assert all(abs(e["timeNano"] / 1e9 - time.time()) < 100 and e["time"] == e["timeNano"] // 10**9 for e in events)


def test_events_are_rotated_at_a_mebibyte():
    folder = with_journal()
    for k in (1, 2, 3):
        with open(f"{folder}/events/journal.{k}", "w", encoding="ascii") as file:
            file.write(f'{{"old":{k}}}\n')
    with open(folder + "/events/journal", "w", encoding="ascii") as file:
        file.write('{"old":0}\n' + " " * ((1 << 20) - 11) + "\n")
    detached(["/bin/true"], folder=folder, events=True)
    await_exit(folder)
    assert [e["Action"] for e in events_of(folder)] == ["start", "die"]
    assert [events_of(folder, f"journal.{k}") for k in (2, 3)] == [[{"old": 1}], [{"old": 2}]]
    assert sorted(os.listdir(folder + "/events")) == ["journal", "journal.1", "journal.2", "journal.3", "lock"]


def test_events_do_without_a_sound_template():
    for template in (b"", b"x" * 20000, b"\x01" * 16000):
        folder = with_journal(template)
        detached(["/bin/true"], folder=folder, events=True)
        await_exit(folder)
        assert not os.path.exists(folder + "/events/journal")
    folder = with_journal()
    os.mkdir(folder + "/events/journal")
    detached(["/bin/true"], folder=folder, events=True)
    assert await_exit(folder)["code"] == 0


def test_orphans_are_reaped_and_others_do_not_hold_the_end():
    folder = detached(["/bin/sh", "-c", "(sleep 0.1 & exec true) ; (sleep 0.05 &) ; sleep 0.3; sleep 3 & exit 2"])
    client = Client(folder)
    client.send("PIDFD")
    began = time.monotonic()
    assert await_exit(folder)["code"] == 2
    assert time.monotonic() - began < 1


def test_reopen_after_somebody_moved_the_log():
    folder = detached(["/bin/sh", "-c", "echo a; read x; echo b"])
    wait_for(lambda: os.path.exists(folder + "/log") and os.path.getsize(folder + "/log") > 0)
    os.rename(folder + "/log", folder + "/old")
    client = Client(folder, attach=1)
    assert client.ask("REOPEN") == 0
    client.send("STDIN", b"\n")
    await_exit(folder)
    assert [r["log"] for r in log_of(folder)] == ["b\n"] and [r["log"] for r in log_of(folder, "old")] == ["a\n"]


def test_log_throughput():
    path = tempfile.mktemp(dir=base)
    with open(path, "wb") as file:
        file.write((b"x" * 99 + b"\n") * 500000)
    folder = new_folder()
    began = time.monotonic()
    assert wherry(run_script(container(folder, ["/bin/cat", path], log_size=1 << 30)), "run")[0] == 0
    await_exit(folder)
    return f"{50 / (time.monotonic() - began):.0f} MB/s into log and pipe"


def pss(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))


def test_monitor_is_small():
    folder = detached(["/bin/sh", "-c", "echo $PPID; read x; seq 1 500000; read x"])
    wait_for(lambda: os.path.exists(folder + "/log") and os.path.getsize(folder + "/log") > 0)
    monitor = int(log_of(folder)[0]["log"])
    idle = pss(monitor)
    client = Client(folder, attach=1)
    client.send("STDIN", b"\n")
    time.sleep(1.5)
    busy = pss(monitor)
    fds = len(os.listdir(f"/proc/{monitor}/fd"))
    client.send("STDIN", b"\n")
    await_exit(folder)
    assert idle < 256 and busy < 256, (idle, busy)
    return f"PSS {idle} KiB idle, {busy} KiB after 3 MB of output; {fds} descriptors with one client"


def main():
    binary, wanted = sys.argv[1], sys.argv[2:]
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: pid 1 may not reap
    make_home(binary)
    failed = []
    tests = [(n[5:], f) for n, f in globals().items() if n.startswith("test_") and (not wanted or any(w in n for w in wanted))]
    print(f"1..{len(tests)}")
    for number, (name, test) in enumerate(tests, 1):
        began = time.monotonic()
        try:
            note, word = test(), "ok"
        except Exception as e:  # pylint: disable=broad-except
            import traceback
            note, word = "\n#   " + "".join(traceback.format_exception(e)).strip().replace("\n", "\n#   "), "not ok"
            failed.append(name)
        print(f"{word} {number} - {name} # {time.monotonic() - began:.2f} s{'; ' + note if note else ''}", flush=True)
        reap()
    shutil.rmtree(base)
    sys.exit(1 if failed else 0)


def reap():
    """What a failed test left: our own descendants only."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return
    with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as children:
        for pid in map(int, children.read().split()):
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
