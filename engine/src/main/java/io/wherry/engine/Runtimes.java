package io.wherry.engine;

import io.wherry.oci.WherryException;
import io.wherry.runtime.ContainerRuntime;
import io.wherry.runtime.RuntimeKind;
import io.wherry.runtime.RuntimeName;
import io.wherry.runtime.bwrap.BwrapRuntime;
import io.wherry.runtime.lxc.LxcRuntime;
import io.wherry.runtime.native_.NativeRuntime;
import io.wherry.runtime.oci.OciRuntime;
import io.wherry.runtime.shim.ShimOptions;
import io.wherry.runtime.shim.ShimRuntime;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds runtimes by name: a configured one, a stock one. For several threads. */
final class Runtimes {
    /** Names that need no configuration, in the order in which they are listed. */
    private static final Map<String, RuntimeKind> STOCK = stock();

    /** What the names of all shims' programs begin with. */
    private static final String SHIM = "containerd-shim-";

    /** The variable that names the runtime of containers that name none. */
    private static final String VARIABLE = "WHERRY_RUNTIME";

    private final Configuration.OfHost settled;

    private static Map<String, RuntimeKind> stock() {
        Map<String, RuntimeKind> kinds = new LinkedHashMap<>();
        kinds.put("native", RuntimeKind.NATIVE);
        kinds.put(DevelopmentEnvironment.RUNTIME, RuntimeKind.CHROOT);
        kinds.put("bwrap", RuntimeKind.BWRAP);
        kinds.put("lxc", RuntimeKind.LXC);
        for (String name : List.of("runc", "crun", "youki", "runsc")) {
            kinds.put(name, RuntimeKind.OCI);
        }
        return kinds;
    }

    Runtimes(Configuration.OfHost settled) {
        this.settled = settled;
    }

    private Configuration configuration() {
        return settled.get();
    }

    /**
     * A runtime that was found.
     *
     * @param name the word it was found by
     * @param program absolute path of the tool; empty for none
     */
    record Found(String name, RuntimeKind kind, String program, ContainerRuntime runtime) {}

    /** {@return what was asked, with the runtime that configuration says where nothing was said} */
    ContainerSpec choose(ContainerSpec spec) {
        if (spec.runtime().isPresent()) {
            return spec;
        }
        String variable = System.getenv(VARIABLE);
        Optional<RuntimeName> usual = variable == null || variable.isEmpty()
                ? configuration().defaultRuntime()
                : Optional.of(RuntimeName.ofOwner(variable));
        if (usual.isEmpty()) {
            return spec;
        }
        ContainerSpec.Builder chosen = ContainerSpec.builder(spec.toJson());
        chosen.runtime = usual;
        return chosen.build();
    }

    /**
     * {@return the runtime of a container}
     *
     * @throws WherryException of kind NOT_FOUND if there is none of that name here
     */
    Found of(ContainerSpec spec) {
        return spec.runtime().isEmpty()
                ? new Found("native", RuntimeKind.NATIVE, "", NativeRuntime.INSTANCE)
                : find(spec.runtime().get());
    }

    Found find(RuntimeName name) {
        String word = name.text();
        if (name instanceof RuntimeName.Program) {
            return program(word, ProgramSearch.executable(word), new byte[0]);
        }
        Optional<Configuration.ConfiguredRuntime> configured = configuration().runtime(word);
        if (configured.isPresent()) {
            if (!configured.get().type().isEmpty()) {
                return shim(
                        word,
                        configured.get().type(),
                        ShimOptions.of(configured.get().options()));
            }
            String program = configured.get().path();
            String found = program.indexOf('/') >= 0 ? ProgramSearch.executable(program) : ProgramSearch.find(program);
            return oci(word, found, configured.get().arguments());
        }
        if (STOCK.containsKey(word)) {
            return stock(word, STOCK.get(word));
        }
        if (word.indexOf('.') > 0) {
            return shim(word, word, new byte[0]);
        }
        throw new WherryException(
                WherryException.Kind.NOT_FOUND,
                "There is no runtime `" + word + "`: it is neither configured nor one of "
                        + String.join(", ", STOCK.keySet()) + ".",
                "`wherry runtimes` lists those that are here.");
    }

    private static Found stock(String name, RuntimeKind kind) {
        if (kind == RuntimeKind.NATIVE || kind == RuntimeKind.CHROOT) {
            return new Found(name, kind, "", NativeRuntime.INSTANCE);
        }
        if (kind == RuntimeKind.LXC) {
            String execute = ProgramSearch.find("lxc-execute");
            return new Found(name, kind, execute, new LxcRuntime(execute, ProgramSearch.find("lxc-start")));
        }
        String program = ProgramSearch.find(name);
        return kind == RuntimeKind.BWRAP
                ? new Found(name, kind, program, new BwrapRuntime(program))
                : oci(name, program, List.of());
    }

    /** A program by its path, which only the owner of the state may name: a shim if it is called one. */
    private static Found program(String name, String path, byte[] options) {
        boolean shim = path.substring(path.lastIndexOf('/') + 1).startsWith(SHIM);
        return shim
                ? new Found(name, RuntimeKind.SHIM, path, new ShimRuntime(path, options))
                : oci(name, path, List.of());
    }

    private static Found oci(String name, String program, List<String> arguments) {
        return new Found(name, RuntimeKind.OCI, program, new OciRuntime(program, arguments));
    }

    /** The last two parts of a shim's name are its program's: `io.containerd.runc.v2` is `containerd-shim-runc-v2`. */
    private static Found shim(String name, String type, byte[] options) {
        if (type.startsWith("/")) {
            return program(name, ProgramSearch.executable(type), options);
        }
        int last = type.lastIndexOf('.');
        int before = last <= 0 ? -1 : type.lastIndexOf('.', last - 1);
        String kind = last <= 0 ? "" : type.substring(before + 1, last);
        String version = type.substring(last + 1);
        if (kind.isEmpty() || version.isEmpty() || type.indexOf('/') >= 0) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "`" + type + "` is not the name of a containerd shim, such as `io.containerd.runc.v2`.");
        }
        String program = ProgramSearch.find(SHIM + kind + "-" + version);
        return new Found(name, RuntimeKind.SHIM, program, new ShimRuntime(program, options));
    }

    /** {@return every name that stands for a runtime here or could: those that need no configuration, configured ones, shims that are here} */
    List<String> names() {
        Set<String> names = new LinkedHashSet<>(STOCK.keySet());
        names.addAll(configuration().runtimes().keySet());
        for (String folder : ProgramSearch.folders()) {
            addShims(names, Path.of(folder));
        }
        return List.copyOf(names);
    }

    /** `containerd-shim-runc-v2-rs` is a name `runc` and a version `v2-rs`. */
    private static void addShims(Set<String> names, Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> programs = Files.newDirectoryStream(folder, SHIM + "*-v*")) {
            for (Path program : programs) {
                String words = program.getFileName().toString().substring(SHIM.length());
                int version = words.indexOf("-v");
                names.add("io.containerd." + words.substring(0, version) + "." + words.substring(version + 1));
            }
        } catch (IOException e) {
            return; // a folder of PATH that cannot be read has no programs for us
        }
    }

    /** {@return all that have a name here, with their versions: each tool is asked, so this takes a while} */
    List<RuntimeListing> list() {
        List<RuntimeListing> list = new ArrayList<>();
        for (String name : names()) {
            try {
                Found found = find(RuntimeName.of(name));
                String option = found.kind() == RuntimeKind.SHIM ? "-v" : "--version";
                String version = ToolVersion.of(found.program(), option);
                list.add(new RuntimeListing(name, found.kind(), found.program(), version, ""));
            } catch (WherryException e) {
                list.add(new RuntimeListing(name, kindOf(name), "", "", e.getMessage()));
            }
        }
        return list;
    }

    /** By the name alone, of one that is not here. */
    private static RuntimeKind kindOf(String name) {
        return STOCK.getOrDefault(name, name.indexOf('.') > 0 ? RuntimeKind.SHIM : RuntimeKind.OCI);
    }
}
