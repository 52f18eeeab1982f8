package io.wherry.engine;

import io.wherry.engine.event.EventTemplate;
import io.wherry.kernel.host.CgroupLayout;
import io.wherry.kernel.host.Features;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.host.Privilege;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.step.Rootfs;
import io.wherry.oci.ExecutionDefaults;
import io.wherry.oci.RuntimeConfig;
import io.wherry.runtime.ExecPlacement;
import io.wherry.runtime.pilot.JoiningExec;
import io.wherry.testkit.Command;
import io.wherry.testkit.Guest;
import io.wherry.testkit.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Containers for a guest: created here for the guest's recorded facts, run there. The state root has the same absolute path on both sides; what the guest
 * says is kept by container.
 */
final class GuestHost {
    /** The guest's release, controllers, and what its kernel can: what is recorded here is compared with what the guest says of itself. */
    static final String KERNEL = "6.1.0";

    static final String CONTROLLERS = "cpuset cpu io memory pids";
    static final int USER = 1000;

    private static final int NOT_KNOWN_YET = 1;
    private static final long ALL_CAPABILITIES = (1L << 41) - 1;

    private final Path home;
    private final Path rootfs;
    private final Guest guest;
    private final StringBuilder script = new StringBuilder();
    private final Map<String, ContainerId> ids = new HashMap<>();
    private List<String> console = List.of();

    /**
     * A guest that is not started yet.
     *
     * @param home an empty folder with a short path, since a socket's address is short
     */
    GuestHost(Path home) throws IOException {
        this.home = home;
        guest = new Guest(Files.createDirectory(home.resolve("machine")));
        guest.put("wherry", Path.of(System.getProperty("wherry.source", ".."), "dist/bin/wherry"));
        rootfs = Files.createDirectory(home.resolve("rootfs"));
        Files.copy(Payload.PROBE.path(), rootfs.resolve("probe"));
        Files.createDirectory(rootfs.resolve("bin"));
        Command.requireTool("busybox", "busybox-static");
        Files.copy(Path.of("/bin/busybox"), rootfs.resolve("bin/busybox"));
        Files.createSymbolicLink(rootfs.resolve("bin/sh"), Path.of("busybox"));
    }

    /** {@return the facts of system root in the guest} */
    static HostFacts root() {
        CgroupLayout tree = new CgroupLayout(List.of(), Optional.of("/sys/fs/cgroup"), CONTROLLERS);
        return facts(new Privilege.Root(), ALL_CAPABILITIES, tree);
    }

    /** {@return the facts of an ordinary user to whom a part of the tree was given} */
    static HostFacts user() {
        CgroupLayout tree = new CgroupLayout(List.of(), Optional.of("/sys/fs/cgroup/user"), "cpu memory pids");
        return facts(new Privilege.Single(USER, USER, "newuidmap is not installed"), 0, tree);
    }

    private static HostFacts facts(Privilege privilege, long capabilities, CgroupLayout tree) {
        return new HostFacts(
                "6f4e1d3c-0000-4000-8000-5b8e2a7c9d10",
                KERNEL,
                privilege,
                capabilities,
                40,
                tree,
                2,
                "0-1",
                "0",
                new Features(true, true, false, false, capabilities != 0),
                1 << 20);
    }

    /** {@return what to ask for: a shell with a script} */
    static ContainerSpec.Builder shell(String commands) {
        ContainerSpec.Builder spec = new ContainerSpec.Builder();
        spec.command.addAll(List.of("sh", "-c", commands));
        return spec;
    }

    /** Creates a container and adds lines to the guest's script. */
    void container(String name, HostFacts facts, ContainerSpec.Builder spec, String lines) throws IOException {
        container(
                name, ContainerId.random(), facts, spec, new Rootfs.Throwaway(rootfs.toString(), !facts.root()), lines);
    }

    /** The same for system root, with a limit of its size, on a disk of its own; in the lines PROJECT is the number of its project. {@code containers/NAME/own} is what makes its folders that. */
    void limited(String name, ContainerSpec.Builder spec, Path disk, String lines) throws IOException {
        StateRoot places = new StateRoot(home.resolve("root"), home.resolve("root/run"));
        ContainerId id = ContainerId.random();
        Path folder = new ContainerFiles(places, root().bootId()).folder(id);
        Rootfs.Overlay overlay =
                new Rootfs.Overlay(List.of(rootfs.toString()), folder + "/upper", folder + "/work", true, true);
        ContainerRoot from = from(overlay);
        int project = SizeLimit.quota(spec.build(), from, id).orElseThrow().project();
        container(name, id, root(), spec, overlay, lines.replace("PROJECT", Integer.toUnsignedString(project)));
        Files.createDirectory(folder.resolve("upper"));
        Files.createDirectory(folder.resolve("work"));
        Path own = Files.createDirectories(home.resolve("programs")).resolve(name);
        Files.write(own, SizeLimit.assignment(folder, project).compile(0).bytes());
        guest.put("containers/" + name + "/own", own).put(name, disk);
    }

    /** The same on a stack of layers, each with a file of its number; the lowest is the root filesystem. */
    void layered(String name, ContainerSpec.Builder spec, int layers, String lines) throws IOException {
        List<String> lowers = new ArrayList<>();
        Path stack = home.resolve("root/layers");
        for (int i = layers; i > 0; i--) {
            Path layer = Files.createDirectories(stack.resolve("0123456789abcdef".repeat(4) + i));
            Files.writeString(layer.resolve("layer-" + i), i + "\n");
            lowers.add(layer.toString());
        }
        lowers.add(rootfs.toString());
        String upper = Files.createDirectories(home.resolve("root/upper/files")).toString();
        String work = Files.createDirectories(home.resolve("root/upper/work")).toString();
        Rootfs.Overlay overlay = new Rootfs.Overlay(lowers, upper, work, true, true);
        container(name, ContainerId.random(), root(), spec, overlay, lines);
    }

    private static ContainerRoot from(Rootfs root) {
        return new ContainerRoot(
                ExecutionDefaults.NONE, root, Optional.empty(), "folder", AccountFiles.NONE, Optional.empty());
    }

    private void container(
            String name, ContainerId id, HostFacts facts, ContainerSpec.Builder spec, Rootfs root, String lines)
            throws IOException {
        spec.name = Optional.of(name);
        spec.network = Optional.of("none");
        Path state = home.resolve(facts.root() ? "root" : "user");
        StateRoot places = new StateRoot(state, state.resolve("run"));
        Storage storage = Storage.of(places, facts, new NoLauncher(), "", new Configuration.OfHost());
        ContainerSpec asked = spec.build();
        ids.put(name, id);
        ContainerFiles files = new ContainerFiles(places, facts.bootId());
        new Creation(
                        places,
                        files,
                        facts,
                        new ImageCatalog(storage, new NoLauncher(), Path.of("/none")),
                        new Runtimes(new Configuration.OfHost()))
                .create(asked, from(root), id, new Networks(places, facts).claim(asked, id), true);
        guest.write("containers/" + name + "/id", id.text() + "\n")
                .write("containers/" + name + "/folder", files.folder(id) + "\n")
                .write("containers/" + name + "/volatile", files.volatileFolder(id) + "\n")
                .write("containers/" + name + "/tree", facts.cgroups().unified().orElseThrow() + "\n");
        script.append(lines);
    }

    /**
     * Compiles one more process for a container of system root that will run in the guest, whose first process nobody knows yet: {@code /guest exec} puts that in. The program is
     * {@code containers/NAME/PROGRAM} there.
     */
    void execution(String container, String program, String commands) throws IOException {
        Path state = home.resolve("root");
        StateRoot places = new StateRoot(state, state.resolve("run"));
        ContainerId id = ids.get(container);
        Path folder = new ContainerFiles(places, root().bootId()).folder(id);
        RuntimeConfig config = RuntimeConfig.parse(Files.readAllBytes(folder.resolve("config.json")));
        RuntimeConfig asked = ExecCompiler.compile(config, ExecSpec.of("sh", "-c", commands), Optional.empty(), root());
        String exec = ContainerId.random().text();
        byte[] event =
                EventTemplate.with(Files.readAllBytes(folder.resolve(ContainerEvents.TEMPLATE)), "execID", program);
        ExecPlacement place = new ExecPlacement(
                id.text(),
                exec,
                places.running().toString(),
                places.events().toString(),
                event,
                root().bootId(),
                NOT_KNOWN_YET,
                NOT_KNOWN_YET,
                false,
                "/dev/null");
        Path file = Files.createDirectories(home.resolve("programs")).resolve(program);
        Files.write(
                file,
                JoiningExec.compile(asked, place, root())
                        .compile(KernelProgram.STARTS_CONTAINER)
                        .bytes());
        guest.put("containers/" + container + "/" + program, file);
    }

    /** Runs the guest to its end. */
    void run(Duration limit) throws IOException {
        guest.mirror(home.resolve("root")).mirror(home.resolve("user")).mirror(rootfs);
        guest.write("home", home + "\n");
        console = guest.run(script.toString(), limit);
    }

    /** {@return everything it said about something, each value with its key in front} */
    List<String> said(String name) {
        List<String> said = new ArrayList<>();
        for (String line : console) {
            if (line.startsWith("@" + name + " ")) {
                said.add(line.substring(name.length() + 2));
            }
        }
        return said;
    }

    /** {@return what a container wrote, its lines joined by newlines} */
    String output(String name) {
        StringBuilder output = new StringBuilder();
        String start = "log {\"log\":\"";
        for (String line : said(name)) {
            if (line.startsWith(start)) {
                output.append(line, start.length(), line.indexOf("\\n\",\"stream\""))
                        .append('\n');
            }
        }
        return output.toString();
    }

    /** {@return the whole console, for whom something is missing} */
    String console() {
        return String.join("\n", console);
    }
}
