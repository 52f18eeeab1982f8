package io.wherry.kernel.step;

import io.wherry.kernel.devices.DeviceProgram;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;
import io.wherry.oci.DeviceRule;
import java.util.List;

/**
 * Says which devices may be opened and made by whoever is in a version 2 control group; the rules go when the group goes. Those of the groups above stay in force.
 *
 * @param folder the control group
 * @param rules as {@link DeviceProgram} understands them
 */
public record LimitDevices(Slot folder, List<DeviceRule> rules) implements Step {
    public LimitDevices {
        rules = List.copyOf(rules);
    }

    @Override
    public void lower(Strand out) {
        byte[] code = DeviceProgram.compile(rules);
        out.op(Op.DEVICES, folder.number(), out.data().block(code), code.length / 8);
    }

    @Override
    public String describe() {
        StringBuilder text =
                new StringBuilder("devices of ").append(folder.name()).append(':');
        for (int i = 0; i < rules.size(); i++) {
            DeviceRule rule = rules.get(i);
            text.append(i == 0 ? " " : ", ")
                    .append(rule.allow() ? "allow " : "deny ")
                    .append(rule.words());
        }
        return text.toString();
    }

    @Override
    public String why() {
        return "A device node is a door to the host's hardware, whatever the permissions in the image say.";
    }
}
