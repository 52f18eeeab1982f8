package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.FSCONFIG_CMD_CREATE;
import static io.wherry.kernel.program.Linux.FSCONFIG_SET_FLAG;
import static io.wherry.kernel.program.Linux.FSCONFIG_SET_STRING;
import static io.wherry.kernel.program.Linux.FSMOUNT_CLOEXEC;
import static io.wherry.kernel.program.Linux.FSOPEN_CLOEXEC;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;
import java.util.List;

/**
 * Makes a new filesystem, not attached yet, that only this process can see (fsopen(2)).
 *
 * @param type the kernel's name of the filesystem
 * @param options {@code key} or {@code key=value}
 * @param attributes of the mount
 * @param mount filled
 */
public record NewFilesystem(String type, List<String> options, MountAttributes attributes, Slot mount) implements Step {
    @Override
    public void lower(Strand out) {
        out.callTo(Slot.T0, Call.FSOPEN, out.string(type), FSOPEN_CLOEXEC);
        for (String option : options) {
            int equals = option.indexOf('=');
            if (equals < 0) {
                out.call(Call.FSCONFIG, Slot.T0, FSCONFIG_SET_FLAG, out.string(option), 0, 0);
            } else {
                out.call(
                        Call.FSCONFIG,
                        Slot.T0,
                        FSCONFIG_SET_STRING,
                        out.string(option.substring(0, equals)),
                        out.string(option.substring(equals + 1)),
                        0);
            }
        }
        out.call(Call.FSCONFIG, Slot.T0, FSCONFIG_CMD_CREATE, 0, 0, 0);
        out.callTo(mount.number(), Call.FSMOUNT, Slot.T0, FSMOUNT_CLOEXEC, attributes.set());
    }

    @Override
    public String describe() {
        return "new " + type + (options.isEmpty() ? "" : " " + String.join(",", options)) + " " + attributes.text()
                + " -> " + mount.name();
    }

    @Override
    public String why() {
        return "The container sees a filesystem of its own instead of the host's; unattached, nobody else can touch it yet.";
    }
}
