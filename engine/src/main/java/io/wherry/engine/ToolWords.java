package io.wherry.engine;

import io.wherry.oci.WherryException;
import io.wherry.oci.json.JsonObject;
import io.wherry.runtime.pilot.ToolExecution;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** What a runtime of somebody else's wrote into its log: one JSON object a line, of which `msg` is for people, or LXC's lines. Stateless. */
final class ToolWords {
    private ToolWords() {}

    /** {@return the error in a container's folder: the last object's words, or the first line that LXC marks as one; empty for none} */
    static Optional<String> of(Path folder) {
        String log = new String(
                StateFile.read(folder.resolve(ToolExecution.LOG)).orElse(new byte[0]), StandardCharsets.UTF_8);
        for (String line : log.split("\n")) {
            if (line.contains(" ERROR ")) {
                return Optional.of(line.substring(line.lastIndexOf(" - ") + 3));
            }
        }
        String last = log.strip();
        last = last.substring(last.lastIndexOf('\n') + 1);
        if (last.isEmpty()) {
            return Optional.empty();
        }
        try {
            return JsonObject.parse(last.getBytes(StandardCharsets.UTF_8))
                    .fields()
                    .string("msg");
        } catch (WherryException e) {
            return Optional.of(last);
        }
    }
}
