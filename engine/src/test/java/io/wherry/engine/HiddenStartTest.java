package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.Disassembler;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.testkit.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The wall "nobody looks into a start": held at an instruction behind PR_SET_DUMPABLE, pilot and first process refuse another process of their own user that has no
 * CAP_SYS_PTRACE, by ptrace's rules for reading and for attaching (ptrace(2), "Ptrace access mode checking").
 */
@Tag("user")
class HiddenStartTest {
    private static final int STOP = 3;
    private static final int POINTS = 6;
    private static final long PATIENCE = 5_000_000_000L;
    private static final String HIDE = "prctl(4, 0, 0, 0, 0)";

    /** Prints the files that could be opened. */
    private static final String LOOK = "for file in maps mem environ; do (: </proc/$1/$file) && echo $file; done 2>&1";

    /** Root without what lets it look into any process; CAP_PERFMON and CAP_SYS_ADMIN suffice for reading (Linux 6.15). */
    private static final String LESSER = "-sys_ptrace,-sys_admin,-perfmon";

    private static Yard yard;

    @BeforeAll
    static void open() {
        yard = new Yard();
    }

    @AfterAll
    static void close() {
        yard.close();
    }

    @Test
    void lookerSeesOrdinaryProcesses() throws IOException {
        Process other = new ProcessBuilder(lesser("sleep", "100").words()).start();
        try {
            assertThat(look(other.pid())).isEqualTo("maps\nmem\nenviron\n");
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void firstProcessLetsNobodyLookIn() throws InterruptedException {
        // As root only from where it has fewer rights than the looker: before, those alone refuse.
        KernelProgram program = program();
        int last = indexOf(program, Assembler.INSIDE, "EXEC");
        refusesEverywhere(
                program, hides(program, Assembler.INSIDE, !yard.facts().root()) + 1, last, true);
    }

    @Test
    void pilotOfAnOrdinaryUserLetsNobodyLookIn() throws InterruptedException {
        KernelProgram program = program();
        int last = indexOf(program, Assembler.PILOT, "RECORD");
        if (!yard.facts().root()) {
            refusesEverywhere(program, hides(program, Assembler.PILOT, true) + 1, last, false);
        }
    }

    private static ContainerSpec spec() {
        return yard.spec("hidden", "/probe", "exit", "0").build();
    }

    private static KernelProgram program() {
        return yard.engine().explain(spec()).program();
    }

    private static void refusesEverywhere(KernelProgram program, int from, int to, boolean inside)
            throws InterruptedException {
        List<String> seen = new ArrayList<>();
        int held = 0;
        for (int i = 0; i < POINTS; i++) {
            int at = from + (to - 1 - from) * i / (POINTS - 1);
            Optional<String> files = atPoint(at, inside);
            held += files.isPresent() ? 1 : 0;
            if (!files.orElse("").isEmpty()) {
                seen.add(at + " " + Disassembler.print(program, at) + ": " + files.get());
            }
        }
        assertThat(seen).isEmpty();
        assertThat(held).isGreaterThan(POINTS / 2);
    }

    /** {@return what could be opened of the process that is held there; nothing if the instruction was skipped, so that the container ran to its end} */
    private static Optional<String> atPoint(int at, boolean inside) throws InterruptedException {
        yard.launcher().amend(good -> good.withTest(STOP, at, 0));
        yard.engine().run(spec());
        yard.launcher().amend(good -> good);
        HostedLauncher.Start start = yard.launcher().last();
        try {
            String files = "no process";
            long end = System.nanoTime() + PATIENCE;
            // What is held stays as it is: one that nobody may look into now was on its way there before.
            while (!files.isEmpty() && System.nanoTime() - end < 0) {
                Thread.sleep(50);
                if (!start.process().isAlive()) {
                    return Optional.empty();
                }
                files = held(start.process(), inside);
            }
            Thread.sleep(100);
            return Optional.of(held(start.process(), inside) + files);
        } finally {
            start.process().descendants().forEach(ProcessHandle::destroyForcibly);
            start.kill();
            yard.engine().remove("hidden", true);
        }
    }

    private static String held(Process launcher, boolean inside) {
        List<ProcessHandle> pilots = launcher.descendants()
                .filter(HiddenStartTest::isPilot)
                .filter(each -> isChildOf(each, launcher.pid()) != inside)
                .toList();
        return pilots.size() == 1 ? look(pilots.get(0).pid()) : pilots.size() + " processes";
    }

    private static boolean isPilot(ProcessHandle process) {
        try {
            byte[] words = Files.readAllBytes(Path.of("/proc/" + process.pid() + "/cmdline"));
            return new String(words, StandardCharsets.UTF_8).startsWith("wherry-pilot\0");
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isChildOf(ProcessHandle process, long pid) {
        Optional<ProcessHandle> parent = process.parent();
        return parent.isPresent() && parent.get().pid() == pid;
    }

    private static String look(long pid) {
        StringBuilder opened = new StringBuilder();
        String seen = lesser("sh", "-c", LOOK, "look", Long.toString(pid)).run().out();
        for (String line : seen.split("\n")) {
            opened.append(line.contains("denied") || line.isEmpty() ? "" : line + "\n");
        }
        return opened.toString();
    }

    private static Command lesser(String... words) {
        Command command = Command.of(words);
        return yard.facts().root()
                ? command.under("setpriv", "--bounding-set=" + LESSER, "--inh-caps=" + LESSER)
                : command;
    }

    /** {@return where a strand hides its process, for the first or the last time} */
    private static int hides(KernelProgram program, int strand, boolean first) {
        int found = -1;
        for (int at = program.first(strand); at < program.first(strand) + program.count(strand); at++) {
            if (Disassembler.print(program, at).startsWith(HIDE) && (found < 0 || !first)) {
                found = at;
            }
        }
        assertThat(found).isNotNegative();
        return found;
    }

    private static int indexOf(KernelProgram program, int strand, String op) {
        int at = program.first(strand);
        while (!Disassembler.print(program, at).startsWith(op)) {
            at++;
        }
        return at;
    }
}
