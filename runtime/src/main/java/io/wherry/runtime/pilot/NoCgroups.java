package io.wherry.runtime.pilot;

import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.Slot;
import io.wherry.oci.Resources;

/** A host, or a user, without control groups: whoever asks for a limit is told so. */
final class NoCgroups extends Cgroups {

    NoCgroups(String id, Resources resources) {
        super(id, resources);
        if (resources.memory().limit().isPresent()
                || resources.memory().reservation().isPresent()) {
            throw cannot("memory", "memory");
        }
        if (resources.cpu().quota().isPresent() || resources.cpu().shares().isPresent()) {
            throw cannot("processor time", "cpu");
        }
        if (resources.cpu().cpus().isPresent() || resources.cpu().mems().isPresent()) {
            throw cannot("processors", "cpuset");
        }
        if (resources.pids().limit().orElse(-1) >= 0) {
            throw cannot("the number of processes", "pids");
        }
    }

    @Override
    public void make(Plan plan) {
        // nothing can be made
    }

    @Override
    public void mount(Plan plan, Slot root) {
        // nothing to show
    }

    @Override
    public void sweep(Plan plan, int strand) {
        // nothing to remove
    }

    @Override
    boolean memoryIsUnified() {
        return false;
    }
}
