package io.wherry.runtime.shim;

import static io.wherry.kernel.program.Assembler.PILOT;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.step.ConnectShim;
import io.wherry.kernel.step.OpenFile;
import io.wherry.kernel.step.OpenFolder;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.Slot;
import io.wherry.oci.RuntimeConfig;
import io.wherry.runtime.ExecPlacement;
import io.wherry.runtime.pilot.ExecStrand;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** One more process in a container of a {@link ShimRuntime}, by the shim itself: what walls the container has only it knows. Its pilot has a connection of its own. Stateless. */
final class ShimExec {
    private ShimExec() {}

    static Plan compile(RuntimeConfig config, ExecPlacement place, HostFacts facts) {
        ExecStrand pilot = new ExecStrand(place, facts);
        Plan plan = pilot.plan();
        pilot.find();
        pilot.open();
        ShimStreams streams = ShimStreams.of(
                plan, pilot.folder(), pilot.path(), config.process().terminal(), place.input());
        Slot container = plan.slot("container's folder");
        Slot address = plan.slot("shim's address");
        Slot socket = plan.slot("connection to the shim");
        plan.add(PILOT, new OpenFolder(pilot.containerPath(), container));
        plan.add(PILOT, new OpenFile(container, ShimRuntime.ADDRESS, address));
        plan.add(PILOT, new ConnectShim(address, Slot.NONE, Slot.NONE, Slot.NONE, new byte[0], socket));
        ShimRequests requests = new ShimRequests(place.container(), place.exec());
        byte[] process = config.process().toJson().toString().getBytes(StandardCharsets.UTF_8);
        plan.add(PILOT, requests.execute(socket, streams, process));
        plan.add(PILOT, requests.await(socket));
        Slot started = plan.slot("process");
        plan.add(PILOT, requests.start(socket, started));
        streams.leave(plan);
        pilot.close(started, streams.ends(), Optional.of(requests.monitor(socket, Slot.NONE)));
        return plan;
    }
}
