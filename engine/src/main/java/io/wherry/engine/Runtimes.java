package io.wherry.engine;

import io.wherry.oci.WherryException;
import io.wherry.runtime.ContainerRuntime;
import io.wherry.runtime.RuntimeKind;
import io.wherry.runtime.RuntimeName;
import io.wherry.runtime.bwrap.BwrapRuntime;
import io.wherry.runtime.native_.NativeRuntime;
import io.wherry.runtime.oci.OciRuntime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds runtimes by name: a configured one, a stock one. For several threads. */
final class Runtimes {
    /** Names that stand for OCI runtimes without configuration. */
    private static final List<String> OCI = List.of("runc", "crun", "youki", "runsc");

    private static final List<String> FOLDERS =
            List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/libexec");

    /** The variable that names the runtime of containers that name none. */
    private static final String VARIABLE = "WHERRY_RUNTIME";

    private @Nullable Configuration read;

    /** What was settled: read when it is first needed, since most commands never ask. */
    private synchronized Configuration configuration() {
        if (read == null) {
            read = Configuration.ofHost();
        }
        return read;
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
            return oci(word, executable(word), List.of());
        }
        Optional<Configuration.ConfiguredRuntime> configured = configuration().runtime(word);
        if (configured.isPresent()) {
            String program = configured.get().path();
            String found = program.indexOf('/') >= 0 ? executable(program) : search(program);
            return oci(word, found, configured.get().arguments());
        }
        if (word.equals(DevelopmentEnvironment.RUNTIME)) {
            return new Found(word, RuntimeKind.CHROOT, "", NativeRuntime.INSTANCE);
        }
        if (word.equals("native")) {
            return new Found(word, RuntimeKind.NATIVE, "", NativeRuntime.INSTANCE);
        }
        if (word.equals("bwrap")) {
            String program = search(word);
            return new Found(word, RuntimeKind.BWRAP, program, new BwrapRuntime(program));
        }
        if (OCI.contains(word)) {
            return oci(word, search(word), List.of());
        }
        throw new WherryException(
                WherryException.Kind.NOT_FOUND,
                "There is no runtime `" + word + "`: it is neither configured nor one of " + String.join(", ", stock())
                        + ".",
                "`wherry runtimes` lists those that are here.");
    }

    private static Found oci(String name, String program, List<String> arguments) {
        return new Found(name, RuntimeKind.OCI, program, new OciRuntime(program, arguments));
    }

    /** {@return names that need no configuration} */
    static List<String> stock() {
        List<String> names = new ArrayList<>(List.of("native", DevelopmentEnvironment.RUNTIME, "bwrap"));
        names.addAll(OCI);
        return names;
    }

    /** {@return every name that stands for a runtime here or could: configured ones first} */
    List<String> names() {
        Set<String> names = new LinkedHashSet<>(stock());
        names.addAll(configuration().runtimes().keySet());
        return List.copyOf(names);
    }

    /** {@return all that have a name here, with their versions: each tool is asked, so this takes a while} */
    List<RuntimeListing> list() {
        List<RuntimeListing> list = new ArrayList<>();
        for (String name : names()) {
            try {
                Found found = find(RuntimeName.of(name));
                list.add(new RuntimeListing(name, found.kind(), found.program(), ToolVersion.of(found.program()), ""));
            } catch (WherryException e) {
                RuntimeKind kind = name.equals("bwrap") ? RuntimeKind.BWRAP : RuntimeKind.OCI;
                list.add(new RuntimeListing(name, kind, "", "", e.getMessage()));
            }
        }
        return list;
    }

    private String search(String program) {
        List<String> looked = new ArrayList<>();
        for (String folder : folders()) {
            Path candidate = Path.of(folder, program);
            if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
                return candidate.toString();
            }
            looked.add(folder);
        }
        throw new WherryException(
                WherryException.Kind.NOT_FOUND,
                "The runtime's program `" + program + "` is not here: looked in " + String.join(", ", looked) + ".",
                "Install it, or name its path in the configuration (`runtimes`).");
    }

    private List<String> folders() {
        Set<String> folders = new LinkedHashSet<>();
        String path = System.getenv("PATH");
        for (String folder : (path == null ? "" : path).split(":")) {
            if (folder.startsWith("/")) {
                folders.add(folder);
            }
        }
        folders.addAll(FOLDERS);
        return List.copyOf(folders);
    }

    private static String executable(String path) {
        Path program = Path.of(path);
        if (!Files.isExecutable(program) || Files.isDirectory(program)) {
            throw new WherryException(
                    WherryException.Kind.NOT_FOUND,
                    "The runtime `" + path + "` is not a program that can be executed.");
        }
        return path;
    }
}
