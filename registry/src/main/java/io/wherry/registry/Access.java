package io.wherry.registry;

import java.util.ArrayList;
import java.util.List;

/**
 * What a registry is asked to allow.
 *
 * @param repository whose credentials are used; empty for the registry's own
 * @param scopes in the words of token services, the one that is needed first; none where only the identity counts
 */
record Access(String repository, List<String> scopes) {
    /** To be known, and nothing else. */
    static final Access IDENTITY = new Access("", List.of());

    Access {
        scopes = List.copyOf(scopes);
    }

    static Access pull(String repository) {
        return new Access(repository, List.of(scope(repository, "pull")));
    }

    static Access push(String repository) {
        return new Access(repository, List.of(scope(repository, "pull,push")));
    }

    /** {@return to push, and to take blobs from another repository} */
    static Access mount(String repository, String from) {
        List<String> scopes = new ArrayList<>(push(repository).scopes);
        scopes.add(scope(from, "pull"));
        return new Access(repository, scopes);
    }

    private static String scope(String repository, String actions) {
        return "repository:" + repository + ":" + actions;
    }

    /** {@return whether what a token service grants is what is needed; the order of actions does not matter, and more is fine} */
    boolean isGrantedBy(String granted) {
        if (scopes.isEmpty() || granted.isEmpty()) {
            return true;
        }
        for (String scope : granted.split(" ", -1)) {
            if (covers(scope, scopes.getFirst())) {
                return true;
            }
        }
        return false;
    }

    private static boolean covers(String granted, String wanted) {
        int a = granted.lastIndexOf(':');
        int b = wanted.lastIndexOf(':');
        if (a < 0 || !granted.substring(0, a).equals(wanted.substring(0, b))) {
            return false;
        }
        List<String> actions = List.of(granted.substring(a + 1).split(",", -1));
        return actions.containsAll(List.of(wanted.substring(b + 1).split(",", -1)));
    }
}
