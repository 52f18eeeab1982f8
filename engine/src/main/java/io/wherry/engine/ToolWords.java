package io.wherry.engine;

import io.wherry.oci.WherryException;
import io.wherry.oci.json.JsonObject;
import io.wherry.runtime.oci.OciRuntime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** What a runtime of somebody else's wrote into its log: one JSON object a line, of which `msg` is for people. Stateless. */
final class ToolWords {
    private ToolWords() {}

    /** {@return the last error in a container's folder; empty for none} A line that is no JSON is taken as it is. */
    static Optional<String> last(Path folder) {
        String log =
                new String(StateFile.read(folder.resolve(OciRuntime.LOG)).orElse(new byte[0]), StandardCharsets.UTF_8);
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
