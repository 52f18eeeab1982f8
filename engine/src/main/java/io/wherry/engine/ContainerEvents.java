package io.wherry.engine;

import io.wherry.engine.event.EventJournal;
import io.wherry.engine.event.EventOutput;
import io.wherry.engine.event.EventQuery;
import io.wherry.engine.event.EventReader;
import io.wherry.engine.event.EventTemplate;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What happened to containers, told where the monitor does not: it is told once even if who does it dies. A creation is untold ({@link #UNTOLD}) until it is in the journal; a destruction is told before it
 * begins; the end of a container whose monitor was lost by whoever finds it. Who is cut short between telling and noting it has it told again, which readers drop.
 */
final class ContainerEvents {
    /** The template of a container whose creation is in the journal. */
    static final String TEMPLATE = "event";

    /** The same before it is. */
    static final String UNTOLD = "event.new";

    private static final int LOST = 137;

    private final StateRoot root;
    private final ContainerFiles files;

    ContainerEvents(StateRoot root, ContainerFiles files) {
        this.root = root;
        this.files = files;
    }

    static byte[] template(ContainerRecord record) {
        ContainerSpec spec = record.spec();
        return EventTemplate.container(
                record.id().text(), spec.image().orElse(spec.rootfs().orElse("")), record.name(), spec.labels());
    }

    /** The folder with the untold template is in place. */
    void created(ContainerId id, byte[] template) {
        journal().append(EventTemplate.fill(template, "create", Map.of()));
        Path folder = files.folder(id);
        try {
            Files.move(folder.resolve(UNTOLD), folder.resolve(TEMPLATE), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // it stays untold, and is told again
        }
    }

    /** Tells a creation that was cut short behind its last step. */
    void settle(ContainerId id) {
        Path untold = files.folder(id).resolve(UNTOLD);
        if (Files.exists(untold, LinkOption.NOFOLLOW_LINKS) && !files.attended(id)) {
            Optional<byte[]> template = read(untold);
            if (template.isPresent()) {
                created(id, template.get());
            }
        }
    }

    /** A container is about to be removed; what never was in place is not. */
    void destroyed(ContainerId id, Path folder) {
        if (folder.equals(files.folder(id))) {
            settle(id);
            append(id, "destroy", Map.of());
        }
    }

    /** A container's monitor was lost: its end is told, unless the monitor did so before. */
    void died(ContainerId id) {
        String[] last = {""};
        EventQuery query = new EventQuery(
                0, Long.MAX_VALUE, false, Map.of("container", List.of(id.text()), "event", List.of("start", "die")));
        try {
            new EventReader(root.events(), query, event -> {
                        last[0] = event.action();
                        return true;
                    })
                    .read();
        } catch (IOException e) {
            return; // what cannot be read is not told either
        }
        if (last[0].equals("start")) {
            long code =
                    KeyValues.parse(files.toldForGood(id).orElse(new byte[0])).number("code", LOST);
            append(id, "die", Map.of("exitCode", Long.toString(code)));
        }
    }

    /** A container has another name. */
    void renamed(ContainerRecord record, String old) {
        StateFile.write(files.folder(record.id()).resolve(TEMPLATE), template(record));
        append(record.id(), "rename", Map.of("oldName", "/" + old));
    }

    /** Anything else. A container without a template was made by a version that told nothing. */
    void append(ContainerId id, String action, Map<String, String> more) {
        Optional<byte[]> template = read(files.folder(id).resolve(TEMPLATE));
        if (template.isPresent()) {
            journal().append(EventTemplate.fill(template.get(), action, more));
        }
    }

    /** Of a damaged one nothing is told: nothing waits for the journal, or fails for it. */
    private static Optional<byte[]> read(Path template) {
        try {
            return StateFile.read(template);
        } catch (WherryException e) {
            return Optional.empty();
        }
    }

    /** Reads the journal, containers' events and others. */
    void read(EventQuery query, EventOutput output) {
        try {
            new EventReader(root.events(), query, output).read();
        } catch (IOException e) {
            throw StateFile.failed("read the events in", root.events(), e);
        }
    }

    private EventJournal journal() {
        return new EventJournal(root.events());
    }
}
