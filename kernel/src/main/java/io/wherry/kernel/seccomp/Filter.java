package io.wherry.kernel.seccomp;

import java.util.ArrayList;
import java.util.List;

/**
 * A seccomp filter by name; what it means stands in the package's description.
 *
 * @param defaultAction for calls that no rule decides
 * @param defaultNumber as {@link Rule#number}
 * @param architectures at least one, each once, the most used first; any other kills the process
 * @param rules the first that fits decides
 */
public record Filter(Action defaultAction, int defaultNumber, List<Architecture> architectures, List<Rule> rules) {
    public Filter {
        architectures = List.copyOf(architectures);
        rules = List.copyOf(rules);
        defaultNumber = Rule.checkNumber(defaultAction, defaultNumber);
        if (architectures.isEmpty()) {
            throw new IllegalArgumentException("a seccomp filter must list an architecture, or no process could run");
        }
        int seen = 0;
        for (Architecture architecture : architectures) {
            if ((seen & 1 << architecture.column()) != 0) {
                throw new IllegalArgumentException("a seccomp filter lists " + architecture.label() + " twice");
            }
            seen |= 1 << architecture.column();
        }
    }

    /** {@return this filter with these rules before its own, so that they decide first} */
    public Filter precededBy(List<Rule> first) {
        List<Rule> all = new ArrayList<>(first.size() + rules.size());
        all.addAll(first);
        all.addAll(rules);
        return new Filter(defaultAction, defaultNumber, architectures, all);
    }
}
