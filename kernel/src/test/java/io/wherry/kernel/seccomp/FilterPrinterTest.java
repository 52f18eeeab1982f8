package io.wherry.kernel.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.kernel.caps.CapabilitySet;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FilterPrinterTest {
    @Test
    void printsNamesOfArchitecturesCallsAndErrors() {
        Filter filter = new Filter(
                Action.ERRNO,
                1,
                List.of(Architecture.X86_64, Architecture.I386),
                List.of(
                        Rule.allow(List.of("read", "getpid")),
                        Rule.errno(38, "socket", Condition.masked(0, 0xff, 38))));
        assertThat(FilterPrinter.print(FilterCompiler.compile(filter).bytes()))
                .containsExactly(
                        "   0  load architecture",
                        "   1  if == x86_64 then 4 else 2",
                        "   2  if == i386 then 11 else 3",
                        "   3  return KILL_PROCESS",
                        "   4  load number",
                        "   5  if >= x32 then 23 else 6",
                        "   6  if >= 40 (sendfile) then 9 else 7",
                        "   7  if >= 1 (write) then 8 else 17",
                        "   8  if >= 39 (getpid) then 17 else 22",
                        "   9  if >= 41 (socket) then 10 else 22",
                        "  10  if >= 42 (connect) then 23 else 19",
                        "  11  load number",
                        "  12  if >= 20 (getpid) then 15 else 13",
                        "  13  if >= 3 (read) then 14 else 22",
                        "  14  if >= 4 (write) then 22 else 17",
                        "  15  if >= 359 (socket) then 18 else 16",
                        "  16  if >= 21 (mount) then 22 else 17",
                        "  17  return ALLOW",
                        "  18  if >= 360 (socketpair) then 23 else 19",
                        "  19  load argument 0 low",
                        "  20  and 0xff",
                        "  21  if == 0x26 then 23 else 22",
                        "  22  return ERRNO EPERM",
                        "  23  return ERRNO ENOSYS");
    }

    @Test
    void printsWhatTheCompilerWrites() {
        byte[] bytes = FilterCompiler.compile(DefaultProfile.filter(CapabilitySet.ALL, Architecture.AARCH64))
                .bytes();
        assertThat(FilterPrinter.print(bytes)).hasSize(bytes.length / 8);
    }

    @Test
    void refusesBytesThatAreNoFilter() {
        assertThatThrownBy(() -> FilterPrinter.print(new byte[7])).hasMessageContaining("7 bytes");
        assertThatThrownBy(() -> FilterPrinter.print(new byte[8])).hasMessageContaining("instruction 0");
        byte[] filter = FilterCompiler.compile(TerminalRules.filter(List.of(Architecture.ARM)))
                .bytes();
        for (int length = 8; length < filter.length; length += 8) {
            byte[] cut = Arrays.copyOf(filter, length);
            assertThatThrownBy(() -> FilterPrinter.print(cut)).hasMessageContaining("not a filter");
        }
    }
}
