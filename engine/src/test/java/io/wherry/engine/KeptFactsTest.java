package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.kernel.host.Caller;
import io.wherry.kernel.host.FactsText;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.host.HostProbe;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.KernelProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Facts are kept for the caller they were found out for, and believed only where nothing about them is doubtful. */
@Tag("user")
class KeptFactsTest {
    private final List<KernelProgram> asked = new ArrayList<>();

    @TempDir
    private Path folder;

    private Caller caller;
    private StateRoot root;
    private Path file;

    @BeforeEach
    void callerOfThisTest() throws IOException {
        int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        boolean systemRoot = HostProbe.probe(Facts.V2.facts().features()).root();
        caller = Caller.parse(uid + ".0." + (systemRoot ? 1 : 0) + ".17");
        root = new StateRoot(folder.resolve("state"), folder.resolve("volatile"));
        file = folder.resolve("volatile/facts");
    }

    private HostFacts find(Caller of) {
        return KeptFacts.find(root, of, new Kernel());
    }

    private boolean asks(Caller of) {
        asked.clear();
        find(of);
        return !asked.isEmpty();
    }

    @Test
    void kernelIsAskedOnce() throws IOException {
        HostFacts found = find(caller);
        assertThat(asked).hasSize(1);
        assertThat(FactsText.write(find(caller), caller)).isEqualTo(FactsText.write(found, caller));
        assertThat(asked).hasSize(1);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void anotherCallerIsAnsweredAnew() {
        find(caller);
        Caller changed = Caller.parse(caller.word().replace(".17", ".18"));
        assertThat(asks(changed)).isTrue();
        assertThat(asks(changed)).isFalse();
        assertThat(asks(caller)).isTrue();
    }

    @Test
    void whatIsCutOffIsMadeAnew() throws IOException {
        find(caller);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThat(asks(caller)).as("%d of %d bytes", length, whole.length).isTrue();
            assertThat(Files.readAllBytes(file)).isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "facts 1", "facts 1\n", "facts 2\nend\n", "\0", "facts 1\ncaller\nend\n"})
    void whatIsOfAnotherFormIsMadeAnew(String text) throws IOException {
        find(caller);
        Files.writeString(file, text);
        assertThat(asks(caller)).isTrue();
    }

    @Test
    void linesBehindTheEndAreNotPassedOver() throws IOException {
        find(caller);
        Files.writeString(file, Files.readString(file) + "more\n");
        assertThat(asks(caller)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-rw----", "rw-r--r--", "rwx------"})
    void fileThatOthersMayTouchIsNotBelieved(String permissions) throws IOException {
        find(caller);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        assertThat(asks(caller)).isTrue();
        assertThat(asks(caller)).isFalse();
    }

    @Test
    void fileOfSomebodyElseIsNotBelieved() {
        find(caller);
        Caller other = new Caller(caller.uid() + 1, caller.systemRoot(), caller.word());
        assertThat(asks(other)).isTrue();
    }

    @Test
    void linkIsNotFollowed() throws IOException {
        find(caller);
        Path elsewhere = folder.resolve("elsewhere");
        Files.move(file, elsewhere);
        Files.createSymbolicLink(file, elsewhere);
        assertThat(asks(caller)).isTrue();
        assertThat(file).isRegularFile();
    }

    @Test
    void folderThatCannotBeWrittenIsNoFailure() throws IOException {
        Files.writeString(folder.resolve("volatile"), "in the way");
        assertThat(find(caller).bootId()).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void factsAreReadAsTheyWereWritten(Facts host) {
        HostFacts facts = host.facts();
        Caller of = new Caller(facts.privilege().uid(), facts.root(), "1.2.3.4");
        String text = FactsText.write(facts, of);
        FactsText.Kept kept = FactsText.read(text, of);
        assertThat(kept).isNotNull();
        assertThat(kept.features()).isEqualTo(facts.features());
        Optional<HostFacts> complete = host == Facts.USER_SINGLE ? Optional.empty() : Optional.of(facts);
        assertThat(kept.facts()).isEqualTo(complete);
        assertThat(FactsText.read(text, new Caller(of.uid(), of.systemRoot(), "1.2.3.5")))
                .isNull();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(bytes).hasSizeLessThan(2048);
    }

    /** The real kernel's answers. */
    @Test
    void kernelOfThisHostAnswers() {
        HostedLauncher launcher = new HostedLauncher(folder.resolve("launcher"));
        HostFacts facts = KeptFacts.find(root, caller, launcher);
        assertThat(facts.features().overlay()).isTrue();
        assertThat(facts.features().seccomp()).isTrue();
        String[] release = facts.kernel().split("[.-]", 3);
        int number = 1000 * Integer.parseInt(release[0]) + Integer.parseInt(release[1]);
        assertThat(facts.features().overlayOneByOne()).isEqualTo(number >= 6007);
        assertThat(facts.features().networkNamespaceByPidfd()).isEqualTo(number >= 6011);
    }

    /** A kernel that can all that it is asked for. */
    private final class Kernel extends NoLauncher {
        @Override
        public TaskResult task(KernelProgram program, int strand) {
            asked.add(program);
            List<TaskResult.Note> notes = new ArrayList<>();
            for (int i = 0; i < program.size(); i++) {
                notes.add(new TaskResult.Note(i, 0));
            }
            return new TaskResult(0, Optional.empty(), notes, List.of());
        }
    }
}
