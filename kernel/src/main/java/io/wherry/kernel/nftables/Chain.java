package io.wherry.kernel.nftables;

/** The chains of a table, with the hook and the priority at which the kernel calls them. */
enum Chain {
    /** Before connection tracking: forged sources leave no trace there. */
    PREROUTING("prerouting", "filter", 0, -300),
    FORWARD("forward", "filter", 2, 0),
    POSTROUTING("postrouting", "nat", 4, 100);

    private static final Chain[] ALL = values();

    private final String label;
    private final String type;
    private final int hook;
    private final int priority;

    Chain(String label, String type, int hook, int priority) {
        this.label = label;
        this.type = type;
        this.hook = hook;
        this.priority = priority;
    }

    static Chain[] all() {
        return ALL;
    }

    String label() {
        return label;
    }

    String type() {
        return type;
    }

    int hook() {
        return hook;
    }

    int priority() {
        return priority;
    }
}
