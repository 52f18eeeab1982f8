package io.wherry.cli.command;

import io.wherry.cli.table.OptionTable;
import io.wherry.oci.Signal;
import java.util.Optional;
import java.util.OptionalInt;

/** How a container is to be ended: what the options of {@code stop} and {@code restart} fill. */
final class StopWords {
    Optional<Signal> signal = Optional.empty();
    OptionalInt seconds = OptionalInt.empty();

    static OptionTable<StopWords> table() {
        return new OptionTable<StopWords>()
                .number(
                        "time",
                        't',
                        "Seconds until SIGKILL (default: the container's, or 10); -1: never",
                        -1,
                        Integer.MAX_VALUE,
                        (w, v) -> w.seconds = OptionalInt.of(v.intValue()))
                .alias("timeout")
                .text(
                        "signal",
                        's',
                        "SIGNAL",
                        "The signal (default: the container's)",
                        (w, v) -> w.signal = Optional.of(SignalWords.parse(v)));
    }
}
