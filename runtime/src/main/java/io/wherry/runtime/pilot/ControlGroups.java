package io.wherry.runtime.pilot;

import io.wherry.kernel.host.CgroupLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a container's control groups are, if they are there: names that follow from the layout and the id. What a group holds, and whether it exists at all (in version 1 only those are
 * made that carry a limit), is for the reader to find out.
 *
 * @param layout the host's
 * @param id the container's, 64 hexadecimal digits
 */
public record ControlGroups(CgroupLayout layout, String id) {

    /** {@return absolute path of the group in the version 2 tree} */
    public Optional<String> unified() {
        return layout.unified().isPresent() ? Optional.of(below(layout.unified().get())) : Optional.empty();
    }

    /** {@return absolute path of the group in the version 1 hierarchy with a controller} */
    public Optional<String> hierarchy(String controller) {
        Optional<CgroupLayout.Hierarchy> found = layout.hierarchy(controller);
        return found.isPresent() ? Optional.of(below(found.get().path())) : Optional.empty();
    }

    /** {@return all of them, the version 2 tree's first; each process of the container is in every one that exists} */
    public List<String> all() {
        List<String> all = new ArrayList<>();
        unified().ifPresent(all::add);
        for (CgroupLayout.Hierarchy hierarchy : layout.hierarchies()) {
            all.add(below(hierarchy.path()));
        }
        return all;
    }

    private String below(String root) {
        return root + "/" + Cgroups.PARENT + "/" + id;
    }
}
