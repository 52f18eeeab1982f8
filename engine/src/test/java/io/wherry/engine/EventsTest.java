package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.engine.event.EventQuery;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What real containers leave in the journal, also where whoever tells it dies between two steps. */
@Tag("user")
@Timeout(120)
class EventsTest {
    private Yard yard;

    @BeforeEach
    void open() {
        yard = new Yard();
    }

    @AfterEach
    void close() {
        for (Container container : yard.engine().containers()) {
            try {
                yard.engine().remove(container.id(), true);
            } catch (WherryException e) {
                assertThat(e.kind()).isEqualTo(WherryException.Kind.NOT_FOUND); // its monitor was removing it
            }
        }
        yard.close();
    }

    private List<String> told(String id) {
        List<String> told = new ArrayList<>();
        EventQuery query = new EventQuery(0, Long.MAX_VALUE, false, Map.of("container", List.of(id)));
        yard.engine().events(query, event -> {
            String code = event.attributes().get("exitCode");
            told.add(code == null ? event.action() : event.action() + " " + code);
            return true;
        });
        return told;
    }

    private static void kill(long pid) throws InterruptedException {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        while (Remains.isAlive(pid)) {
            Thread.sleep(1);
        }
    }

    private long monitor(String id) {
        byte[] started = StateFile.read(yard.state().resolve("volatile/c/" + id.substring(0, 12) + "/started"))
                .orElseThrow();
        return KeyValues.parse(started).number("monitor", 0);
    }

    @Test
    void aLifeIsToldFromItsCreationToItsDestruction() throws InterruptedException {
        yard.engine().run(yard.spec("life", "/probe", "exit", "7").build());
        String id = yard.launcher().last().id();
        assertThat(yard.launcher().last().await().code()).isEqualTo(7);
        yard.engine().remove(id, true);
        assertThat(told(id)).containsExactly("create", "start", "attach", "die 7", "destroy");
        assertThat(told("life")).isEqualTo(told(id));
    }

    @Test
    void aContainerThatRemovesItselfIsToldToo() throws Exception {
        ContainerSpec.Builder spec = yard.spec("self", "/probe", "exit", "0");
        spec.remove = true;
        yard.engine().run(spec.build());
        String id = yard.launcher().last().id();
        yard.launcher().last().await();
        for (int i = 0; i < 1000 && Files.exists(yard.state().resolve("containers/" + id)); i++) {
            Thread.sleep(5);
        }
        assertThat(told(id)).containsExactly("create", "start", "attach", "die 0", "destroy");
    }

    @Test
    void stopRestartAndRenameAreTold() {
        String id = yard.engine()
                .create(yard.spec("first", "/probe", "sleep", "600").build());
        yard.engine().start(id);
        yard.engine().restart(id, java.util.Optional.empty(), java.util.OptionalInt.of(0));
        yard.engine().rename(id, "second");
        yard.engine().stop(id, java.util.Optional.empty(), java.util.OptionalInt.of(0));
        assertThat(told(id))
                .containsExactly(
                        "create", "start", "kill", "die 137", "stop", "start", "restart", "rename", "kill", "die 137",
                        "stop");
        assertThat(told("second")).containsExactly("rename", "kill", "die 137", "stop");
    }

    /** The monitor dies before, or just behind, it told the end. */
    @Test
    void theEndOfALostContainerIsToldOnce() throws Exception {
        String lost =
                yard.engine().create(yard.spec("lost", "/probe", "sleep", "600").build());
        yard.engine().start(lost);
        kill(monitor(lost));
        assertThat(told(lost)).containsExactly("create", "start");
        yard.engine().containers();
        assertThat(told(lost)).containsExactly("create", "start", "die 137");
        Path folder = yard.state().resolve("containers/" + lost);
        Files.writeString(folder.resolve("intent"), "boot x\n"); // as if it had been killed behind telling it
        Files.delete(folder.resolve("exit"));
        yard.engine().containers();
        assertThat(told(lost)).containsExactly("create", "start", "die 137");
    }

    /** Whoever creates dies behind the rename, or behind telling it. */
    @Test
    void aCreationIsToldThoughItsCreatorDied() throws IOException {
        String id =
                yard.engine().create(yard.spec("made", "/probe", "exit", "0").build());
        Path folder = yard.state().resolve("containers/" + id);
        Files.move(folder.resolve("event"), folder.resolve("event.new"), StandardCopyOption.ATOMIC_MOVE);
        Files.delete(yard.state().resolve("events/journal"));
        yard.engine().containers();
        assertThat(told(id)).containsExactly("create");
        Files.move(folder.resolve("event"), folder.resolve("event.new"), StandardCopyOption.ATOMIC_MOVE);
        yard.engine().containers();
        assertThat(told(id)).containsExactly("create");
        assertThat(folder.resolve("event")).exists();
    }

    @Test
    void aRemovalThatWasCutShortIsToldOnce() throws IOException {
        String id =
                yard.engine().create(yard.spec("gone", "/probe", "exit", "0").build());
        new ContainerEvents(
                        new StateRoot(yard.state(), yard.state().resolve("volatile")),
                        new ContainerFiles(
                                new StateRoot(yard.state(), yard.state().resolve("volatile")), ""))
                .destroyed(new ContainerId(id), yard.state().resolve("containers/" + id));
        yard.engine().remove(id, false);
        assertThat(told(id)).containsExactly("create", "destroy");
    }

    @Test
    void aContainerThatWasNeverMadeIsNotTold() throws IOException {
        String id = "e".repeat(64);
        Files.createDirectories(yard.state().resolve("containers/.new-" + id));
        Files.writeString(yard.state().resolve("containers/.new-" + id + "/event.new"), "x");
        yard.engine().containers();
        assertThat(yard.state().resolve("containers/.new-" + id)).doesNotExist();
        assertThat(told(id)).isEmpty();
    }
}
