package io.wherry.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a ledger looks at beyond the kernel's own lists, and what it passes over.
 *
 * <p>On a machine where others work at the same time, the system property {@value #EXEMPT_PROPERTY} adds exempt names, separated by commas.
 *
 * @param roots folders whose whole content counts, such as an engine's {@code --root}; one that is absent is empty
 * @param exempt an object is passed over if its name contains one of these texts
 */
public record LedgerScope(List<Path> roots, List<String> exempt) {
    /** Names that are exempt in every ledger of this JVM. */
    public static final String EXEMPT_PROPERTY = "wherry.ledger.exempt";

    public LedgerScope {
        roots = List.copyOf(roots);
        exempt = List.copyOf(exempt);
        for (String name : exempt) {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("an empty exempt name would exempt everything");
            }
        }
    }

    /** {@return the scope with no root, and what the system property exempts} */
    public static LedgerScope standard() {
        List<String> exempt = new ArrayList<>();
        for (String name : System.getProperty(EXEMPT_PROPERTY, "").split(",")) {
            if (!name.isBlank()) {
                exempt.add(name.strip());
            }
        }
        return new LedgerScope(List.of(), exempt);
    }

    /** {@return this scope, and all that lies below a folder} */
    public LedgerScope watching(Path root) {
        List<Path> more = new ArrayList<>(roots);
        more.add(root.toAbsolutePath());
        return new LedgerScope(more, exempt);
    }

    /** {@return this scope, without objects whose name contains one of the texts} */
    public LedgerScope exempting(String... names) {
        List<String> more = new ArrayList<>(exempt);
        more.addAll(List.of(names));
        return new LedgerScope(roots, more);
    }

    boolean counts(LedgerEntry entry) {
        for (String name : exempt) {
            if (entry.name().contains(name)) {
                return false;
            }
        }
        return true;
    }
}
