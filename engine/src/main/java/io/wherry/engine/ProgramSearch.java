package io.wherry.engine;

import io.wherry.oci.WherryException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds the programs of runtimes: on PATH, then in the usual folders, whatever PATH is. Stateless. */
final class ProgramSearch {
    private static final List<String> USUAL = List.of(
            "/usr/local/sbin",
            "/usr/local/bin",
            "/usr/sbin",
            "/usr/bin",
            "/sbin",
            "/bin",
            "/usr/libexec",
            "/opt/containerd/bin");

    private ProgramSearch() {}

    /**
     * {@return the absolute path of a program}
     *
     * @param program its name
     * @throws WherryException of kind NOT_FOUND if it is nowhere
     */
    static String find(String program) {
        List<String> folders = folders();
        for (String folder : folders) {
            Path candidate = Path.of(folder, program);
            if (isProgram(candidate)) {
                return candidate.toString();
            }
        }
        throw new WherryException(
                WherryException.Kind.NOT_FOUND,
                "The runtime's program `" + program + "` is not here: looked in " + String.join(", ", folders) + ".",
                "Install it, or name its path in the configuration (`runtimes`).");
    }

    /**
     * {@return the same path}
     *
     * @throws WherryException of kind NOT_FOUND if no program is there
     */
    static String executable(String path) {
        if (!isProgram(Path.of(path))) {
            throw new WherryException(
                    WherryException.Kind.NOT_FOUND,
                    "The runtime `" + path + "` is not a program that can be executed.");
        }
        return path;
    }

    private static boolean isProgram(Path path) {
        return Files.isExecutable(path) && !Files.isDirectory(path);
    }

    /** {@return where is looked, in this order: absolute paths} */
    static List<String> folders() {
        Set<String> folders = new LinkedHashSet<>();
        String path = System.getenv("PATH");
        for (String folder : (path == null ? "" : path).split(":")) {
            if (folder.startsWith("/")) {
                folders.add(folder);
            }
        }
        folders.addAll(USUAL);
        return List.copyOf(folders);
    }
}
