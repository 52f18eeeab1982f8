package io.wherry.engine;

import java.util.Optional;

/** Explains programs: that of a container that is asked for, of one that exists, of an execution. Nothing is claimed, made or pulled for it. */
final class Explaining {
    private final ContainerFiles files;
    private final Roots roots;
    private final Networks networks;
    private final Creation creation;
    private final ContainerVolumes volumes;
    private final ContainerStart start;
    private final ContainerExec exec;

    Explaining(
            ContainerFiles files,
            Roots roots,
            Networks networks,
            Creation creation,
            ContainerVolumes volumes,
            ContainerStart start,
            ContainerExec exec) {
        this.files = files;
        this.roots = roots;
        this.networks = networks;
        this.creation = creation;
        this.volumes = volumes;
        this.start = start;
        this.exec = exec;
    }

    /** {@return the program that a container of this specification would have} */
    Explanation asked(ContainerSpec spec) {
        ContainerId id = ContainerId.random();
        String name = spec.name().orElse(ContainerNames.generated(id, 0));
        ContainerRoot from = roots.of(spec, files.folder(id));
        Creation.NetworkChoice network = networks.preview(spec, id);
        Creation.Compiled compiled = creation.compile(volumes.complete(spec, from), from, id, name, network);
        return new Explanation(compiled.plan(), compiled.program()).of(id.text(), name, network.address());
    }

    /** {@return the program that is kept of a container} */
    Explanation stored(ContainerId id) {
        ContainerRecord record = files.record(id);
        return new Explanation(start.compile(record).plan(), files.program(id))
                .of(id.text(), record.name(), record.address());
    }

    /** {@return the program of one more process in a container that runs} */
    Explanation execution(ContainerId container, ExecSpec spec) {
        ContainerExec.Compiled compiled = exec.compile(container, spec);
        return Explanation.ofExec(compiled.plan(), compiled.program())
                .of(compiled.id(), "", Optional.empty())
                .of(container.text(), "", Optional.empty());
    }
}
