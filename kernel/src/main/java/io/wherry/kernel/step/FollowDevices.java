package io.wherry.kernel.step;

import io.wherry.kernel.devices.DevicePattern;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;
import java.util.List;

/**
 * Makes the devices that are there now in the container's /dev, with the host's owner, group and mode, and lets the monitor keep that right as they come and go (docs/devices.md).
 *
 * @param devices the container's /dev
 * @param group its group in the version 1 hierarchy of devices, or {@link Slot#NONE} where nothing forbids devices
 * @param patterns which, at least one
 */
public record FollowDevices(Slot devices, Slot group, List<DevicePattern> patterns) implements Step {
    public FollowDevices {
        patterns = List.copyOf(patterns);
    }

    @Override
    public void lower(Strand out) {
        byte[] rules = DevicePattern.bytes(patterns);
        out.op(Op.FOLLOW, devices.number(), group.number(), out.data().block(rules), rules.length);
    }

    @Override
    public String describe() {
        StringBuilder text = new StringBuilder("make these devices, and follow them as they come and go:");
        for (int i = 0; i < patterns.size(); i++) {
            text.append(i == 0 ? " " : "; ").append(patterns.get(i).text());
        }
        return text.toString();
    }

    @Override
    public String why() {
        return "What is plugged in later is to appear, and somebody outside must put it there: inside, nobody may make nodes.";
    }
}
