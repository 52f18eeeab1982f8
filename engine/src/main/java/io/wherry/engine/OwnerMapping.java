package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.oci.IdMapping;
import io.wherry.oci.Mount;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The option {@code idmap} of a bind: its files have other owners in the container than on the host, and new files the right ones in both places.
 *
 * <p>Alone it exchanges the owner of the folder and the container's user. {@code idmap=uids=FROM-TO-COUNT#…;gids=FROM-TO-COUNT#…} says it whole, as podman's does: ids from FROM on in the folder are
 * those from TO on in the container.
 */
final class OwnerMapping {
    private static final String OPTION = "idmap";
    private static final long IDS = 0xFFFF_FFFFL; // the last number is no id

    private OwnerMapping() {}

    /** Refuses it for a start that is stepped: its namespace comes from a process of its own, which nobody could step. */
    static void refuse(ContainerSpec spec) {
        for (MountSpec mount : spec.mounts()) {
            if (isAsked(mount)) {
                throw new WherryException(
                        WherryException.Kind.UNSUPPORTED,
                        "A start with `idmap` cannot be shown one instruction at a time.",
                        "`wherry explain -v run …` shows all of them.");
            }
        }
    }

    /** {@return whether a mount is to have other owners} */
    static boolean isAsked(MountSpec mount) {
        return mount.options().contains(OPTION) || mount.value(OPTION).isPresent();
    }

    /** {@return the mount with the owners that are asked for} */
    static Mount of(MountSpec asked, Mount mount, Account user, HostFacts facts) {
        String text = asked.value(OPTION).orElse("");
        if (!facts.root()) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "An ordinary user cannot mount " + asked.source().orElse("")
                            + " with other owners: the kernel lets nobody do that but who may mount its filesystem, root.",
                    "`U` gives the files to the container's user for good.");
        }
        if (!mount.isBind()) {
            throw ConfigCompiler.invalid("The option `idmap` is for binds and plain volumes.");
        }
        List<IdMapping> uids;
        List<IdMapping> gids;
        if (!text.isEmpty()) {
            uids = ranges(text, "uids");
            gids = ranges(text, "gids");
        } else if (asked.type() == MountSpec.Type.BIND) {
            Path source = Path.of(mount.source().orElseThrow());
            uids = exchange(owner(source, "unix:uid"), user.uid());
            gids = exchange(owner(source, "unix:gid"), user.gid());
        } else {
            throw ConfigCompiler.invalid(
                    "The option `idmap` of a volume needs numbers: `idmap=uids=FROM-TO-COUNT;gids=FROM-TO-COUNT`.");
        }
        return new Mount(mount.destination(), mount.type(), mount.source(), mount.options(), uids, gids, mount.extra());
    }

    /** What is to be made will be root's. */
    private static long owner(Path source, String attribute) {
        try {
            return Files.exists(source) ? ((Integer) Files.getAttribute(source, attribute)) & IDS : 0;
        } catch (IOException e) {
            throw StateFile.failed("look at", source, e);
        }
    }

    /** Everybody else stays who he is, so that each has one number in both places. */
    private static List<IdMapping> exchange(long one, long other) {
        long low = Math.min(one, other);
        long high = Math.max(one, other);
        List<IdMapping> ranges = new ArrayList<>();
        add(ranges, 0, 0, low);
        add(ranges, low, high, 1);
        if (low != high) {
            add(ranges, low + 1, low + 1, high - low - 1);
            add(ranges, high, low, 1);
        }
        add(ranges, high + 1, high + 1, IDS - high - 1);
        return ranges;
    }

    private static void add(List<IdMapping> ranges, long from, long to, long count) {
        if (count > 0) {
            ranges.add(new IdMapping(from, to, count));
        }
    }

    private static List<IdMapping> ranges(String text, String key) {
        List<IdMapping> ranges = new ArrayList<>();
        for (String part : text.split(";")) {
            if (part.startsWith(key + "=")) {
                for (String range : part.substring(key.length() + 1).split("#")) {
                    ranges.add(range(text, range));
                }
            }
        }
        if (ranges.isEmpty()) {
            throw wrong(text);
        }
        return ranges;
    }

    private static IdMapping range(String text, String range) {
        String[] numbers = range.split("-", -1);
        try {
            long from = Long.parseLong(numbers[0]);
            long to = Long.parseLong(numbers[1]);
            long count = Long.parseLong(numbers[2]);
            if (numbers.length == 3 && from >= 0 && to >= 0 && count > 0 && Math.max(from, to) <= IDS - count) {
                return new IdMapping(from, to, count);
            }
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            // as below
        }
        throw wrong(text);
    }

    private static WherryException wrong(String text) {
        return ConfigCompiler.invalid(
                "The option `idmap` takes `uids=FROM-TO-COUNT#…;gids=FROM-TO-COUNT#…`, not `" + text + "`.");
    }
}
