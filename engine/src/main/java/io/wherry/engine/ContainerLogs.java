package io.wherry.engine;

import io.wherry.engine.log.LogOutput;
import io.wherry.engine.log.LogQuery;
import io.wherry.engine.log.LogReader;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.List;
import java.util.Optional;

/** Reads the logs of containers, while they run too. */
final class ContainerLogs {
    private final ContainerFiles files;

    ContainerLogs(ContainerFiles files) {
        this.files = files;
    }

    void read(ContainerId id, LogQuery query, LogOutput output) {
        ContainerRecord record = files.record(id);
        String driver = record.spec().logDriver().orElse(LogChoice.JSON_FILE);
        if (!driver.equals(LogChoice.JSON_FILE) && !driver.equals(LogChoice.LOCAL)) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "The container `" + record.name() + "` has no log to read: the log driver `" + driver
                            + "` does not support reading.",
                    "Logs of json-file and local can be read.");
        }
        String details = query.details() ? details(record) : "";
        try {
            new LogReader(files.folder(id), driver.equals(LogChoice.LOCAL), query, details, output)
                    .read(() -> over(id));
        } catch (IOException e) {
            throw StateFile.failed("read the log in", files.folder(id), e);
        }
    }

    /** As docker prints them: {@code a=b,c=d}. */
    private String details(ContainerRecord record) {
        byte[] config =
                StateFile.read(files.folder(record.id()).resolve("config.json")).orElse(new byte[0]);
        List<String> environment = RuntimeConfig.parse(config).process().env();
        StringBuilder text = new StringBuilder();
        LogChoice.of(record.spec(), environment, record.id(), record.name())
                .details()
                .forEach((key, value) -> text.append(text.isEmpty() ? "" : ",")
                        .append(key)
                        .append('=')
                        .append(value));
        return text.toString();
    }

    /** Nothing more comes when the monitor is gone, or has told the end and starts nothing again. */
    private boolean over(ContainerId id) {
        if (!files.attended(id)) {
            return true;
        }
        Optional<byte[]> told = files.told(id);
        if (told.isPresent()) {
            return KeyValues.parse(told.get()).text("again").isEmpty();
        }
        boolean recorded = Files.exists(files.folder(id).resolve("exit"), LinkOption.NOFOLLOW_LINKS);
        return recorded && !Files.exists(files.folder(id).resolve("intent"), LinkOption.NOFOLLOW_LINKS);
    }
}
