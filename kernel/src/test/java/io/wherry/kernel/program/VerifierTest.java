package io.wherry.kernel.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a program may not do, rule by rule (docs/program.md, "What is checked"). A program that keeps all rules is changed in one place. */
class VerifierTest {
    private static final int SOCKETS = 10;
    private static final int ROOT = 20;

    /** A container's program: the pilot clones strand 1, which changes the root, its ids, and executes. */
    private static KernelProgram program(int flags, Consumer<Strand> first, Consumer<Strand> beforeClosing) {
        Assembler assembler = new Assembler();
        Strand pilot = assembler.strand(Assembler.PILOT);
        pilot.callTo(SOCKETS, Call.SOCKETPAIR, Linux.AF_UNIX, Linux.SOCK_SEQPACKET, 0);
        pilot.opTo(12, Op.CLONE, Linux.CLONE_NEWNS, Assembler.INSIDE, Strand.NONE, SOCKETS, SOCKETS + 1);
        Strand inside = assembler.strand(Assembler.INSIDE);
        first.accept(inside);
        inside.callTo(ROOT, Call.OPENAT, Strand.CWD, inside.string("/host/root"), Linux.O_PATH, 0);
        int here = inside.string(".");
        inside.call(Call.PIVOT_ROOT, here, here);
        inside.call(Call.SETRESUID, 1, 1, 1);
        deathSignal(inside);
        hide(inside);
        beforeClosing.accept(inside);
        inside.call(Call.CLOSE_RANGE, 3, 0xFFFFFFFFL, Linux.CLOSE_RANGE_CLOEXEC);
        execute(inside);
        inside.op(Op.FAIL, 0);
        return assembler.finish(flags);
    }

    private static void deathSignal(Strand strand) {
        strand.call(Call.PRCTL, Linux.PR_SET_PDEATHSIG, Linux.SIGKILL);
    }

    private static void hide(Strand strand) {
        strand.call(Call.PRCTL, Linux.PR_SET_DUMPABLE, 0);
    }

    private static void execute(Strand strand) {
        int words = strand.data().strings(List.of("true"));
        strand.op(Op.EXEC, strand.string("/bin/true"), words, 1, 0, 0).sticky(Errno.ENOENT);
    }

    private static void refused(String reason, Consumer<Strand> beforeClosing) {
        assertThatThrownBy(() -> program(KernelProgram.STARTS_CONTAINER, strand -> {}, beforeClosing))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void programThatKeepsAllRulesIsAccepted() {
        assertThat(program(KernelProgram.STARTS_CONTAINER, strand -> {}, strand -> {})
                        .size())
                .isEqualTo(10);
    }

    @Test
    void onlyAStartIsStepped() {
        KernelProgram start = program(KernelProgram.STARTS_CONTAINER, strand -> {}, strand -> {});
        assertThat(Verifier.holds(start.stepped())).isTrue();
        Assembler probe = new Assembler();
        probe.strand(Assembler.PILOT).call(Call.SETSID);
        KernelProgram question = probe.finish(KernelProgram.PROBE);
        assertThatThrownBy(() -> Verifier.verify(question.stepped())).hasMessageContaining("starts no container");
    }

    @Test
    void executionNeedsTheFlagOfAContainer() {
        assertThatThrownBy(() -> program(0, strand -> {}, strand -> {})).hasMessageContaining("EXEC");
    }

    @Test
    void closeRangeComesDirectlyBeforeExecution() {
        refused("only EXEC and FAIL", VerifierTest::execute0);
        refused("close_range", strand -> {
            strand.call(Call.CLOSE_RANGE, 3, 0xFFFFFFFFL, Linux.CLOSE_RANGE_CLOEXEC);
            strand.call(Call.UMASK, 022);
            execute(strand);
        });
    }

    private static void execute0(Strand strand) {
        strand.call(Call.CLOSE_RANGE, 3, 0xFFFFFFFFL, Linux.CLOSE_RANGE_CLOEXEC);
        execute(strand);
    }

    @Test
    void closeRangeLeavesNothingOpenBelowItsEnd() {
        refused("close_range", strand -> {
            strand.call(Call.CLOSE_RANGE, 4, 0xFFFFFFFFL, Linux.CLOSE_RANGE_CLOEXEC);
            execute(strand);
        });
    }

    @Test
    void noSkipLeadsPastCloseRange() {
        refused("a skip past", strand -> {
            int mark = strand.call(Call.UMASK, 022).skipOn(Errno.EPERM);
            strand.call(Call.CLOSE_RANGE, 3, 0xFFFFFFFFL, Linux.CLOSE_RANGE_CLOEXEC);
            strand.land(mark);
            execute(strand);
        });
    }

    @Test
    void noSkipLeadsPastTheDeathSignal() {
        refused("a skip past", strand -> {
            int mark = strand.call(Call.SETRESUID, 2, 2, 2).skipOn(Errno.EPERM);
            deathSignal(strand);
            strand.land(mark);
            hide(strand);
        });
    }

    @Test
    void changesOfCredentialsTakeTheDeathSignalAway() {
        refused("death signal", strand -> strand.call(Call.SETRESGID, 1, 1, 1));
        refused("death signal", strand -> strand.call(Call.UNSHARE, Linux.CLONE_NEWUSER));
        refused("death signal", strand -> strand.call(Call.SETNS, ROOT, Linux.CLONE_NEWUSER | Linux.CLONE_NEWNS));
        refused("death signal", strand -> strand.call(Call.SETNS, ROOT, 0));
    }

    @Test
    void changesOfCredentialsUncoverTheProcess() {
        refused("others may look into", strand -> {
            strand.call(Call.SETRESUID, 2, 2, 2);
            deathSignal(strand);
        });
        refused("others may look into", strand -> {
            strand.call(Call.SETRESUID, 2, 2, 2);
            deathSignal(strand);
            strand.call(Call.PRCTL, Linux.PR_SET_DUMPABLE, 1);
        });
        refused("a skip past", strand -> {
            int mark = strand.call(Call.UMASK, 022).skipOn(Errno.EPERM);
            hide(strand);
            strand.land(mark);
            strand.call(Call.UMASK, 022);
        });
    }

    @Test
    void otherNamespacesDoNot() {
        program(
                KernelProgram.STARTS_CONTAINER,
                strand -> {},
                strand -> strand.call(Call.UNSHARE, Linux.CLONE_NEWCGROUP));
    }

    @Test
    void deathSignalThatMayFailIsNone() {
        refused("death signal", strand -> {
            strand.call(Call.SETRESUID, 2, 2, 2);
            deathSignal(strand.call(Call.UMASK, 022));
            strand.okIf(Errno.EINVAL);
        });
    }

    @Test
    void pilotBeginsWithoutProgramAndLauncher() {
        for (int descriptor : new int[] {3, 4, 7}) {
            Assembler assembler = new Assembler();
            assembler.strand(Assembler.PILOT).call(Call.FSYNC, descriptor);
            assertThatThrownBy(() -> assembler.finish(0))
                    .hasMessageContaining("descriptor " + descriptor + " is not assigned");
        }
    }

    @Test
    void childHasNotTheParentsEndOfThePair() {
        assertThatThrownBy(() -> program(
                        KernelProgram.STARTS_CONTAINER,
                        strand -> strand.op(Op.SEND, SOCKETS, 1, Strand.NONE),
                        strand -> {}))
                .hasMessageContaining("descriptor 10 is not assigned");
        program(
                KernelProgram.STARTS_CONTAINER,
                strand -> strand.op(Op.SEND, SOCKETS + 1, 1, Strand.NONE),
                strand -> {});
    }

    @Test
    void nothingNamesTheHostBehindTheChangeOfRoot() {
        refused("the host path /etc", strand -> strand.call(Call.CHDIR, strand.string("/etc")));
        refused("the host path /lower", strand -> {
            strand.callTo(30, Call.FSOPEN, strand.string("overlay"), 1);
            strand.call(
                    Call.FSCONFIG,
                    30,
                    Linux.FSCONFIG_SET_STRING,
                    strand.string("lowerdir+"),
                    strand.string("/lower"),
                    0);
        });
    }

    @Test
    void openatMayNameThePathsBelowADescriptor() {
        program(KernelProgram.STARTS_CONTAINER, strand -> {}, strand -> {
            int how = strand.data().words(Linux.O_PATH, 0, Linux.RESOLVE_IN_ROOT);
            strand.callTo(30, Call.OPENAT2, ROOT, strand.string("/etc"), how, 24);
        });
        refused("the host path /etc", strand -> {
            int how = strand.data().words(Linux.O_PATH, 0, Linux.RESOLVE_NO_XDEV);
            strand.callTo(30, Call.OPENAT2, ROOT, strand.string("/etc"), how, 24);
        });
    }

    @Test
    void removalsNameWhatIsBelowTheirFolder() {
        for (String name : new String[] {"..", ".", "", "a/b", "../a"}) {
            refused("RMTREE", strand -> strand.op(Op.RMTREE, ROOT, strand.string(name)));
        }
        for (String name : new String[] {"..", "a/../b", "a//b", "a/"}) {
            refused("RMCG", strand -> strand.op(Op.RMCG, ROOT, strand.string(name)));
        }
        program(KernelProgram.STARTS_CONTAINER, strand -> {}, strand -> strand.op(Op.RMCG, ROOT, strand.string("a/b")));
    }

    @Test
    void sweepStartsNothing() {
        Assembler assembler = new Assembler();
        assembler.strand(Assembler.SWEEP).op(Op.SPAWN, assembler.strings(List.of("/bin/true")), 1, 0, 0, 0, 0);
        assertThatThrownBy(() -> assembler.finish(0)).hasMessageContaining("in the sweep");
    }

    @Test
    void errorsArePassedOverInTheSweepAlone() {
        refused(
                "`ignore` outside the sweep",
                strand -> strand.call(Call.UMASK, 022).ignore());
    }

    @Test
    void strandThatNobodyStartsIsRefused() {
        Assembler assembler = new Assembler();
        assembler.strand(Assembler.PILOT).call(Call.UMASK, 022);
        assembler.strand(2).call(Call.UMASK, 022);
        assertThatThrownBy(() -> assembler.finish(0)).hasMessageContaining("started by nobody");
    }

    @Test
    void hostIsNotNamedInAnotherMountNamespace() {
        for (long kind : new long[] {Linux.CLONE_NEWNS, 0}) {
            assertThatThrownBy(() -> program(
                            KernelProgram.STARTS_CONTAINER,
                            strand -> strand.call(Call.SETNS, SOCKETS + 1, kind),
                            strand -> {}))
                    .hasMessageContaining("the host path /host/root");
        }
        program(
                KernelProgram.STARTS_CONTAINER,
                strand -> strand.call(Call.SETNS, SOCKETS + 1, Linux.CLONE_NEWNET),
                strand -> {});
    }

    @Test
    void processIsNamedByPidAndStart() {
        refused("PROCESS", strand -> strand.opTo(30, Op.PROCESS, 0, 1));
        refused("PROCESS", strand -> strand.opTo(30, Op.PROCESS, 1, 0));
        refused("PROCESS", strand -> strand.opTo(30, Op.PROCESS, 1L << 23, 1));
    }

    private static KernelProgram monitor(Consumer<ByteBuffer> change) {
        Assembler assembler = new Assembler();
        assembler.strand(4).call(Call.SETNS, SOCKETS, Linux.CLONE_NEWNET).call(Call.DUP3, SOCKETS + 1, 1, 0);
        ByteBuffer block = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
        for (int place : new int[] {4, 8, 12, 16, 20, 24, 28, 44, 80}) {
            block.putInt(place, Strand.NONE);
        }
        block.putInt(84, 4)
                .putInt(88, 1)
                .putInt(92, 1)
                .putInt(100, 1)
                .putInt(104, 1)
                .putInt(108, SOCKETS + 1);
        change.accept(block);
        Strand pilot = assembler.strand(Assembler.PILOT);
        pilot.opTo(SOCKETS, Op.PROCESS, 1, 1);
        pilot.op(Op.MONITOR, SOCKETS, assembler.block(block.array()), 128, 0, 0);
        return assembler.finish(0);
    }

    @Test
    void healthCheckIsAStrandThatTheMonitorRuns() {
        monitor(block -> {});
        List<Consumer<ByteBuffer>> changes = List.of(
                block -> block.putInt(84, 5), // which is empty
                block -> block.putInt(84, Assembler.SWEEP),
                block -> block.putInt(84, -1),
                block -> block.putInt(88, 0),
                block -> block.putInt(92, 0),
                block -> block.putInt(100, 0),
                block -> block.putInt(104, 0),
                block -> block.putInt(108, 1),
                block -> block.putInt(108, Strand.NONE));
        for (Consumer<ByteBuffer> change : changes) {
            assertThatThrownBy(() -> monitor(change)).hasMessageContaining("a health check that cannot be run");
        }
        assertThatThrownBy(() -> monitor(block -> block.putInt(84, 0))).hasMessageContaining("without a strand");
    }
}
