package io.wherry.kernel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.kernel.caps.CapabilitySet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Installs filters in this kernel and makes the calls. Numbers in the calls are x86_64's, after {@code i} i386's. */
@EnabledIfSystemProperty(named = "os.arch", matches = "amd64", disabledReason = "the numbers are those of x86_64")
class RealKernelTest {
    private static final int EPERM = 1;
    private static final int ENOSYS = 38;

    @TempDir
    static Path folder;

    @BeforeAll
    static void compileProbe() throws Exception {
        try (InputStream source = RealKernelTest.class.getResourceAsStream("probe.c")) {
            Files.copy(source, folder.resolve("probe.c"));
        }
        Run gcc = run("gcc", "-static", "-O1", "-Wall", "-Werror", "-o", at("probe"), at("probe.c"));
        assertThat(gcc.exit).as(gcc.output).isZero();
    }

    @Test
    void defaultProfileClosesWhatADefaultContainerMustNotDo() throws Exception {
        Probe probe = new Probe(DefaultProfile.filter(CapabilitySet.DEFAULT, Architecture.X86_64));
        probe.expect("39", 0, "getpid");
        probe.expect("41,2,1", 0, "socket AF_INET");
        probe.expect("41,16,3", 0, "socket AF_NETLINK");
        probe.expect("41,38,5", EPERM, "socket AF_ALG");
        probe.expect("41,0x100000026,5", EPERM, "socket AF_ALG behind a high bit");
        probe.expect("41,0xffffffff00000026,5", EPERM, "socket AF_ALG, negative");
        probe.expect("41,40,1", EPERM, "socket AF_VSOCK");
        probe.expect("272,0x10000000", EPERM, "unshare user namespace");
        probe.expect("56,0x10000011", EPERM, "clone with user namespace");
        probe.expect("435,0,0", ENOSYS, "clone3");
        probe.expect("425,1,0", EPERM, "io_uring_setup");
        probe.expect("165", EPERM, "mount");
        probe.expect("250", EPERM, "keyctl");
        probe.expect("321", EPERM, "bpf");
        probe.expect("135,0xffffffff", 0, "personality: which is set");
        probe.expect("135,0x40000", EPERM, "personality ADDR_NO_RANDOMIZE");
        probe.expect("468", ENOSYS, "file_getattr: newer than the profile");
        probe.expect("1000", ENOSYS, "a call that is to come");
        probe.expect("0x40000027", ENOSYS, "getpid by x32");
        probe.expect("i20", 0, "getpid by i386");
        probe.expect("i21", EPERM, "mount by i386");
        probe.expect("i359,38,5", EPERM, "socket AF_ALG by i386");
        probe.expect("i310,0x10000000", EPERM, "unshare user namespace by i386");
        probe.check();
    }

    @Test
    void capabilitiesOpenTheirCalls() throws Exception {
        Probe probe = new Probe(DefaultProfile.filter(CapabilitySet.ALL, Architecture.X86_64));
        probe.expect("272,0", 0, "unshare nothing");
        probe.expect("435,0,0", 22, "clone3 without a size: EINVAL from the kernel itself");
        probe.expect("425,1,0", EPERM, "io_uring_setup");
        probe.expect("41,38,-1", EPERM, "socket AF_ALG");
        probe.check();
    }

    @Test
    void terminalInjectionIsClosedWhateverTheHighBits() throws Exception {
        Probe probe = new Probe(TerminalRules.filter(List.of(Architecture.X86_64, Architecture.I386)));
        probe.expect("16,999,0x5412", EPERM, "TIOCSTI");
        probe.expect("16,999,0x100005412", EPERM, "TIOCSTI with a high bit");
        probe.expect("16,999,0x541c", EPERM, "TIOCLINUX");
        probe.expect("i54,999,0x5412", EPERM, "TIOCSTI by i386");
        probe.expect("0x40000010,999,0x5412", ENOSYS, "TIOCSTI by x32");
        probe.expect("16,999,0x5413", 9, "TIOCGWINSZ of no descriptor");
        probe.check();
    }

    @Test
    void terminalRulesDecideBeforeTheProfile() throws Exception {
        Probe probe = new Probe(DefaultProfile.filter(CapabilitySet.DEFAULT, Architecture.X86_64)
                .precededBy(TerminalRules.rules()));
        probe.expect("16,999,0x5412", EPERM, "TIOCSTI");
        probe.expect("16,999,0x5413", 9, "TIOCGWINSZ of no descriptor");
        probe.check();
    }

    @Test
    void foreignArchitectureKillsTheProcess() throws Exception {
        Filter filter = new Filter(Action.ALLOW, 0, List.of(Architecture.X86_64), List.of());
        Path file = Files.createTempFile(folder, "filter", "");
        Files.write(file, FilterCompiler.compile(filter).bytes());
        Run result = run(at("probe"), file.toString(), "39", "i20", "39");
        assertThat(result.output).isEqualTo("0\n");
        assertThat(result.exit).as("killed by SIGSYS").isEqualTo(128 + 31);
    }

    private static String at(String name) {
        return folder.resolve(name).toString();
    }

    private static Run run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), output);
    }

    private record Run(int exit, String output) {}

    /** Calls to make under one filter, with the expected error of each. */
    private static final class Probe {
        private final Filter filter;
        private final List<String> calls = new ArrayList<>();
        private final List<String> expected = new ArrayList<>();
        private final List<String> names = new ArrayList<>();

        Probe(Filter filter) {
            this.filter = filter;
        }

        void expect(String call, int errno, String name) {
            calls.add(call);
            names.add(name);
            expected.add(name + " = " + errno);
        }

        void check() throws Exception {
            Path file = Files.createTempFile(folder, "filter", "");
            Files.write(file, FilterCompiler.compile(filter).bytes());
            List<String> command = new ArrayList<>(List.of(at("probe"), file.toString()));
            command.addAll(calls);
            Run result = run(command.toArray(new String[0]));
            List<String> got = new ArrayList<>();
            String[] lines = result.output.split("\n", -1);
            for (int i = 0; i < calls.size(); i++) {
                got.add(names.get(i) + " = " + (i < lines.length ? lines[i] : "nothing"));
            }
            assertThat(got).isEqualTo(expected);
            assertThat(result.exit).isZero();
        }
    }
}
