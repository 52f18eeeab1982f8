package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.step.Plan;
import io.wherry.oci.WherryException;
import io.wherry.runtime.Placement;
import io.wherry.runtime.pilot.GroupLimits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * Changes the limits and the restart policy of a container, also while it runs. The record, which the next start is compiled from, is written last: what cannot be had
 * changes nothing.
 */
final class ContainerUpdate {
    private static final int ROUNDS = 20;

    private final ContainerFiles files;
    private final ContainerStart start;
    private final ContainerControl control;
    private final HostFacts facts;
    private final Launcher launcher;

    ContainerUpdate(
            ContainerFiles files, ContainerStart start, ContainerControl control, HostFacts facts, Launcher launcher) {
        this.files = files;
        this.start = start;
        this.control = control;
        this.facts = facts;
        this.launcher = launcher;
    }

    void update(ContainerId id, Consumer<ContainerSpec.Builder> change) {
        ContainerRecord record = files.record(id);
        ContainerSpec.Builder spec = ContainerSpec.builder(record.spec().toJson());
        change.accept(spec);
        ContainerRecord changed = record.with(spec.build());
        Creation.Compiled compiled = start.compile(changed); // refuses what cannot be had, before anything changes
        if (files.read(id).status().isAttended()) {
            if (changed.spec().restart().isPresent()) { // nobody would be asked then
                start.refuseMounted(id, record.name(), "given a restart policy");
            }
            limit(id, compiled);
            Placement.Restart restart = Creation.restart(changed.spec());
            control.policy(id, restart.policy(), restart.most());
        }
        StateFile.write(
                files.folder(id).resolve(ContainerFiles.PROGRAM),
                compiled.program().bytes());
        StateFile.write(
                files.folder(id).resolve("config.json"),
                compiled.config().toJson().toString().getBytes(StandardCharsets.UTF_8));
        StateFile.write(files.folder(id).resolve(ContainerRecord.FILE), changed.bytes());
    }

    /** Sets the limits, and takes all processes into the groups that carry them: those that are new to the container have none yet. */
    private void limit(ContainerId id, Creation.Compiled compiled) {
        GroupLimits limits = GroupLimits.of(compiled.config(), id.text(), facts);
        run(limits.plan(List.of()));
        for (int round = 0; round < ROUNDS; round++) {
            List<Long> strangers = limits.strangers();
            if (strangers.isEmpty()) {
                return;
            }
            run(limits.plan(strangers));
        }
    }

    private void run(Plan plan) {
        if (plan.steps(Assembler.PILOT).isEmpty()) {
            return;
        }
        KernelProgram program = plan.compile(0);
        TaskResult result = launcher.task(program, Assembler.PILOT);
        if (!result.ok()) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "Cannot change the limits: "
                            + result.failure()
                                    .map(failure ->
                                            plan.step(failure.step()).describe() + " failed: " + failure.errnoName())
                                    .orElse("the pilot ended without a word")
                            + ".");
        }
    }
}
