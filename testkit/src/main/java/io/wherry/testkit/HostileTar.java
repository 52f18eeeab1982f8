package io.wherry.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wherry.testkit.TarHeader.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A table of layers that an attacker, or a broken tool, may send. Whoever unpacks one into an empty root must leave everything outside of the root as it is, must
 * not hang, and must keep its memory bounded: that holds for every case. What else is expected says {@link Case#expected}.
 *
 * <p>Archives are plain tar, unpacked by the rules of OCI layers (image specification 1.1, {@code layer.md}).
 */
public final class HostileTar {
    /** What the unpacker does. */
    public enum Outcome {
        /** The archive is applied; every name in it is taken literally, below the root. */
        APPLIED,
        /** The archive is refused with one clear sentence. */
        REFUSED,
        /** Both are right, but the same on every driver and for every user. */
        EITHER
    }

    /**
     * One archive.
     *
     * @param group a line of the table of hostile layers
     * @param name unique in the table; words joined by hyphens
     * @param archive makes the bytes, each time the same
     * @param outcome whether it is applied
     * @param expected what is to be seen afterwards, for a reader and for messages
     */
    public record Case(String group, String name, Supplier<byte[]> archive, Outcome outcome, String expected) {
        @Override
        public String toString() {
            return group + "/" + name + " (" + outcome + ": " + expected + ")";
        }
    }

    private final List<Case> cases = new ArrayList<>();
    private final Path canary;
    private String group = "";

    private HostileTar(Path canary) {
        this.canary = canary;
    }

    /**
     * The whole table.
     *
     * @param canary an absolute folder outside of the root, with a file {@code file} and a folder {@code folder}; many cases aim at it
     */
    public static List<Case> cases(Path canary) {
        if (!canary.isAbsolute()) {
            throw new IllegalArgumentException("the canary must be absolute: " + canary);
        }
        HostileTar table = new HostileTar(canary);
        HostileNames.add(table.group("names"));
        HostileLinks.add(table.group("links"));
        HostileEntries.add(table);
        HostileHeaders.add(table.group("headers"));
        return List.copyOf(table.cases);
    }

    HostileTar group(String name) {
        group = name;
        return this;
    }

    /** {@return the canary's path as text, without a slash at its end} */
    String canary() {
        return canary.toString();
    }

    void applied(String name, String expected, Consumer<Tar> entries) {
        add(name, Outcome.APPLIED, expected, entries);
    }

    void refused(String name, String expected, Consumer<Tar> entries) {
        add(name, Outcome.REFUSED, expected, entries);
    }

    void either(String name, String expected, Consumer<Tar> entries) {
        add(name, Outcome.EITHER, expected, entries);
    }

    private void add(String name, Outcome outcome, String expected, Consumer<Tar> entries) {
        bytes(name, outcome, expected, () -> {
            Tar tar = new Tar();
            entries.accept(tar);
            return tar.bytes();
        });
    }

    void bytes(String name, Outcome outcome, String expected, Supplier<byte[]> archive) {
        cases.add(new Case(group, name, archive, outcome, expected));
    }

    /** {@return a file whose name is these bytes, at most 100, whatever they are} */
    static TarHeader named(byte[] name, int size) {
        return new TarHeader('0', "", 0644).raw(Field.NAME, name).number(Field.SIZE, size);
    }

    static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
