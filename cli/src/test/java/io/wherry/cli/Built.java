package io.wherry.cli;

import io.wherry.testkit.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The built program, on a state root of the test's.
 *
 * @param program the binary, in its {@code dist}
 */
record Built(Path program, Path root) {
    /** The program of this checkout. */
    Built(Path root) {
        this(Sources.root().resolve("dist/bin/wherry"), root);
    }

    /** {@return the command, which the test may put somewhere before it runs it} */
    Command wherry(String... words) {
        if (!Files.isExecutable(program)) {
            throw new AssertionError(program + " is not there: ./build makes it");
        }
        List<String> all = new ArrayList<>(List.of(program.toString(), "--root", root.toString()));
        all.addAll(List.of(words));
        return Command.of(all);
    }
}
