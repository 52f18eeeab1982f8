package io.wherry.testkit;

import static java.util.Comparator.comparing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An inventory of the kernel's objects at one instant, as sets and not as counts: what is there afterwards and was not before is a leak, even if
 * something else went away meanwhile.
 *
 * <p>It sees what the caller may see: as an ordinary user the descriptors and namespaces of other users' processes are missing, and so is
 * nftables. It is not atomic; {@link #differenceOnceSettled} therefore looks again until nothing differs or the time is over.
 *
 * <p>Processes count if they descend from this one, or from a {@code subreaper} above it; and, if they are nobody's children any more, when they run a program
 * called wherry or are in a cgroup with that name. Everything else is counted whoever made it, so a test run wants mount and network namespaces
 * of its own, and no other engine at work in the same hierarchies of cgroups.
 */
public final class Ledger {
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final LedgerScope scope;
    private final SortedMap<LedgerEntry, LedgerEntry> entries;

    private Ledger(LedgerScope scope, SortedMap<LedgerEntry, LedgerEntry> entries) {
        this.scope = scope;
        this.entries = entries;
    }

    /** {@return what is there now} */
    public static Ledger take(LedgerScope scope) {
        List<LedgerEntry> found = new ArrayList<>();
        // Programs first: they must have ended when the processes are listed.
        NetworkLedger.collect(found);
        ProcessLedger processes = ProcessLedger.read();
        processes.collect(found);
        MountLedger.collect(found, processes);
        FileLedger.collect(found, scope);
        SortedMap<LedgerEntry, LedgerEntry> entries =
                new TreeMap<>(comparing(LedgerEntry::kind).thenComparing(LedgerEntry::name));
        for (LedgerEntry entry : found) {
            if (scope.counts(entry)) {
                entries.put(entry, entry);
            }
        }
        return new Ledger(scope, entries);
    }

    /** {@return all objects, sorted by kind and name} */
    public List<LedgerEntry> entries() {
        return List.copyOf(entries.values());
    }

    /** {@return what differs between two ledgers} */
    public static LedgerDifference difference(Ledger before, Ledger after) {
        return new LedgerDifference(missing(after, before), missing(before, after));
    }

    /**
     * Compares this ledger with the present, again and again, since clean-up behind a command's back may take a moment.
     *
     * @param patience how long a difference may last
     * @return the last difference seen, or an empty one
     */
    public LedgerDifference differenceOnceSettled(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            LedgerDifference difference = difference(this, take(scope));
            if (difference.isEmpty() || System.nanoTime() - end >= 0) {
                return difference;
            }
            Thread.sleep(PAUSE);
        }
    }

    /** What the first has and the second has not. */
    private static List<LedgerEntry> missing(Ledger has, Ledger hasNot) {
        List<LedgerEntry> result = new ArrayList<>();
        for (LedgerEntry entry : has.entries.values()) {
            if (!hasNot.entries.containsKey(entry)) {
                result.add(entry);
            }
        }
        return result;
    }
}
