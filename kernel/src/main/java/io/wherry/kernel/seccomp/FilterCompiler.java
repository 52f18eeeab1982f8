package io.wherry.kernel.seccomp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Compiles a {@link Filter} to classic BPF. A pure function; a few milliseconds in a cold JVM, so it works on sorted
 * arrays of primitives.
 */
public final class FilterCompiler {
    private static final int OFFSET_NUMBER = 0;
    private static final int OFFSET_ARCHITECTURE = 4;
    private static final int X32_BIT = 0x40000000;
    private static final int ENOSYS = 38;

    private final Filter filter;
    private final Rule[] rules;
    private final ReverseAssembler assembler = new ReverseAssembler();
    private final ConditionWriter conditions = new ConditionWriter(assembler);
    private final List<String> unknown = new ArrayList<>();

    /** What the rules name: the table's row in the upper half, the rule's index in the lower. */
    private long[] named = new long[512];

    private int namedCount;

    /** The rules of the blocks with conditions written so far, and where these begin. */
    private final List<int[]> blocks = new ArrayList<>();

    private int[] blockPlaces = new int[16];

    private FilterCompiler(Filter filter) {
        this.filter = filter;
        this.rules = filter.rules().toArray(new Rule[0]);
    }

    /**
     * Compiles a filter.
     *
     * @throws io.wherry.oci.WherryException of kind UNSUPPORTED if it needs more than the 4,096 instructions that the kernel takes
     */
    public static CompiledFilter compile(Filter filter) {
        return new FilterCompiler(filter).compile();
    }

    private CompiledFilter compile() {
        resolveNames();
        List<Architecture> architectures = filter.architectures();
        int[] sections = new int[architectures.size()];
        for (int i = sections.length - 1; i >= 0; i--) {
            sections[i] = section(architectures.get(i));
        }
        int next = assembler.returning(Action.KILL_PROCESS.returnValue(0));
        for (int i = sections.length - 1; i >= 0; i--) {
            next = assembler.branch(
                    ReverseAssembler.JUMP_EQUAL, architectures.get(i).auditNumber(), sections[i], next);
        }
        assembler.continueAt(next);
        assembler.load(OFFSET_ARCHITECTURE);
        return new CompiledFilter(assembler.finish(), List.copyOf(unknown));
    }

    private void resolveNames() {
        SyscallTable table = SyscallTable.get();
        int previous = -1;
        for (int rule = 0; rule < rules.length; rule++) {
            for (String name : rules[rule].names()) {
                int row = table.row(name, previous);
                if (row < 0) {
                    unknown.add(name);
                } else {
                    previous = row;
                    if (namedCount == named.length) {
                        named = Arrays.copyOf(named, namedCount * 2);
                    }
                    named[namedCount++] = (long) row << 32 | rule;
                }
            }
        }
    }

    private int section(Architecture architecture) {
        long[] entries = entries(architecture);
        Runs runs = runs(entries);
        int tree = tree(runs, 0, runs.count() - 1);
        if (architecture == Architecture.X86_64) {
            int refused = assembler.returning(Action.ERRNO.returnValue(ENOSYS));
            tree = assembler.branch(ReverseAssembler.JUMP_GREATER_OR_EQUAL, X32_BIT, refused, tree);
        }
        assembler.continueAt(tree);
        return assembler.load(OFFSET_NUMBER);
    }

    /** {@return what the rules name on this architecture: the number in the upper half, the rule in the lower; sorted} */
    private long[] entries(Architecture architecture) {
        SyscallTable table = SyscallTable.get();
        long[] entries = new long[namedCount];
        int count = 0;
        for (int i = 0; i < namedCount; i++) {
            int number = table.number((int) (named[i] >>> 32), architecture);
            if (number >= 0) {
                entries[count++] = ((long) number << 32) | (int) named[i];
            }
        }
        entries = Arrays.copyOf(entries, count);
        Arrays.sort(entries);
        return entries;
    }

    private Runs runs(long[] entries) {
        int newest = newest(entries);
        int defaultValue = filter.defaultAction().returnValue(filter.defaultNumber());
        int newerValue = filter.defaultAction().permits() ? defaultValue : Action.ERRNO.returnValue(ENOSYS);
        Runs runs = new Runs(2 * entries.length + 1);
        int expected = 0;
        int at = 0;
        while (at < entries.length) {
            int number = (int) (entries[at] >>> 32);
            if (number > expected) {
                runs.add(expected, expected > newest ? newerValue : defaultValue);
            }
            int end = at + 1;
            while (end < entries.length && (int) (entries[end] >>> 32) == number) {
                end++;
            }
            addCall(runs, number, entries, at, end);
            expected = number + 1;
            at = end;
        }
        runs.add(expected, expected > newest ? newerValue : defaultValue);
        return runs;
    }

    /** {@return the highest number that the filter mentions, arm's private calls aside} */
    private static int newest(long[] entries) {
        int last = entries.length - 1;
        while (last >= 0 && (int) (entries[last] >>> 32) >= SyscallTable.PRIVATE) {
            last--;
        }
        return last < 0 ? Integer.MAX_VALUE : (int) (entries[last] >>> 32);
    }

    private void addCall(Runs runs, int number, long[] entries, int from, int to) {
        Rule first = rules[(int) entries[from]];
        if (first.conditions().isEmpty()) {
            runs.add(number, first.action().returnValue(first.number()));
            return;
        }
        int[] candidates = new int[to - from];
        for (int i = from; i < to; i++) {
            candidates[i - from] = (int) entries[i];
        }
        runs.add(number, candidates);
    }

    /** A binary search for the number's run, which ends where that run leads. {@return its entry's place} */
    private int tree(Runs runs, int first, int last) {
        if (first == last) {
            int[] candidates = runs.candidates(first);
            return candidates == null ? assembler.returning(runs.value(first)) : alternatives(candidates);
        }
        int middle = (first + last + 1) >>> 1;
        int upper = tree(runs, middle, last);
        int lower = tree(runs, first, middle - 1);
        return assembler.branch(ReverseAssembler.JUMP_GREATER_OR_EQUAL, runs.start(middle), upper, lower);
    }

    /**
     * Tries these rules in order; the default action stands at the end. Calls with the same rules share one block, on
     * all architectures. {@return the first one's place}
     */
    private int alternatives(int[] candidates) {
        for (int i = 0; i < blocks.size(); i++) {
            if (Arrays.equals(blocks.get(i), candidates)) {
                return blockPlaces[i];
            }
        }
        int next = assembler.returning(filter.defaultAction().returnValue(filter.defaultNumber()));
        for (int i = candidates.length - 1; i >= 0; i--) {
            Rule rule = rules[candidates[i]];
            int place = assembler.returning(rule.action().returnValue(rule.number()));
            List<Condition> all = rule.conditions();
            for (int j = all.size() - 1; j >= 0; j--) {
                place = conditions.write(all.get(j), place, next);
            }
            next = place;
        }
        if (blocks.size() == blockPlaces.length) {
            blockPlaces = Arrays.copyOf(blockPlaces, blockPlaces.length * 2);
        }
        blockPlaces[blocks.size()] = next;
        blocks.add(candidates);
        return next;
    }
}
