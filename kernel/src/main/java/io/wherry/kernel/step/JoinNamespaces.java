package io.wherry.kernel.step;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Joins namespaces of a process, all by one call (setns(2), Linux 5.8): in the user namespace, if that is among them, the caller has the rights that the others need. A pid namespace is
 * that of children made from now on. The root and the working folder become those of the mount namespace.
 *
 * @param process whose namespaces
 * @param namespaces which of them; not empty
 */
public record JoinNamespaces(Slot process, Namespaces namespaces) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.SETNS, process.number(), namespaces.flags());
    }

    @Override
    public String describe() {
        return "join namespaces of " + process.name() + ": " + namespaces.text();
    }

    @Override
    public String why() {
        return "To be in a container is to be in its namespaces; all at once, as the user namespace gives the right to the others.";
    }
}
