package io.wherry.engine;

import io.wherry.engine.event.EventJournal;
import io.wherry.engine.event.EventTemplate;
import io.wherry.store.volume.Volume;
import java.util.Map;

/** What happened to volumes, told behind it. */
final class VolumeEvents {
    private final EventJournal journal;

    VolumeEvents(StateRoot root) {
        this.journal = new EventJournal(root.events());
    }

    void created(Volume volume) {
        append(volume.name(), volume.driver(), "create");
    }

    void destroyed(String name, String driver) {
        append(name, driver, "destroy");
    }

    private void append(String name, String driver, String action) {
        journal.append(EventTemplate.fill(EventTemplate.volume(name, driver), action, Map.of()));
    }
}
