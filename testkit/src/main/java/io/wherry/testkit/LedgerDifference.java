package io.wherry.testkit;

import java.util.List;

/**
 * What two ledgers do not have in common.
 *
 * @param leaked in the second only, sorted by kind and name
 * @param vanished in the first only, likewise: somebody else's object was taken away or changed
 */
public record LedgerDifference(List<LedgerEntry> leaked, List<LedgerEntry> vanished) {
    public LedgerDifference {
        leaked = List.copyOf(leaked);
        vanished = List.copyOf(vanished);
    }

    /** {@return whether the ledgers are equal} */
    public boolean isEmpty() {
        return leaked.isEmpty() && vanished.isEmpty();
    }

    /** {@return one line for each object} */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        for (LedgerEntry entry : leaked) {
            out.append("leaked   ").append(entry).append('\n');
        }
        for (LedgerEntry entry : vanished) {
            out.append("vanished ").append(entry).append('\n');
        }
        return out.toString();
    }
}
