package io.wherry.cli.command;

import io.wherry.engine.ContainerDetails;
import io.wherry.engine.MountSpec;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import io.wherry.store.volume.Volume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The section Mounts of {@link ContainerDocument}: as docker's, without filesystems in memory, which are in HostConfig. */
final class MountDocument {
    private MountDocument() {}

    static JsonArray list(ContainerDetails details) {
        List<JsonValue> mounts = new ArrayList<>();
        for (MountSpec mount : details.container().spec().mounts()) {
            if (mount.type() == MountSpec.Type.VOLUME) {
                mounts.add(volume(mount, details));
            } else if (mount.type() != MountSpec.Type.TMPFS) {
                mounts.add(bind(mount));
            }
        }
        return JsonArray.of(mounts);
    }

    private static JsonObject bind(MountSpec mount) {
        return JsonObject.builder()
                .put("Type", mount.typeName())
                .put("Source", mount.source().orElse(""))
                .put("Destination", mount.target())
                .put("Mode", said(mount))
                .put("RW", !mount.options().contains("ro"))
                .put("Propagation", propagation(mount, "rprivate"))
                .build();
    }

    private static JsonObject volume(MountSpec mount, ContainerDetails details) {
        String name = mount.source().orElseThrow();
        return JsonObject.builder()
                .put("Type", mount.typeName())
                .put("Name", name)
                .put(
                        "Source",
                        details.mountpoints().getOrDefault(name, Path.of("")).toString())
                .put("Destination", mount.target())
                .put("Driver", mount.value("driver").orElse(Volume.LOCAL))
                .put("Mode", mode(mount))
                .put("RW", !mount.options().contains("ro"))
                .put("Propagation", propagation(mount, ""))
                .build();
    }

    /** What was said of it; docker says z where nothing was, of volumes that have a name. */
    private static String mode(MountSpec mount) {
        String said = said(mount);
        return said.isEmpty() && !mount.isAnonymous() ? "z" : said;
    }

    /** {@return the options as a user gives them behind the target; empty for none} */
    static String said(MountSpec mount) {
        List<String> said = new ArrayList<>();
        for (String option : mount.options()) {
            boolean own = option.equals(MountSpec.ANONYMOUS) || option.equals(MountSpec.CREATE);
            if (option.indexOf('=') < 0 && !own) {
                said.add(option);
            }
        }
        return String.join(",", said);
    }

    private static String propagation(MountSpec mount, String otherwise) {
        for (String option : mount.options()) {
            if (option.endsWith("private") || option.endsWith("slave") || option.endsWith("shared")) {
                return option;
            }
        }
        return otherwise;
    }
}
