package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.LayoutRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.TestImages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The built program in a temporary folder where it makes folders of images and runs them; its state is in there too. */
final class FolderYard {
    private final Path folder;
    private final Built built;

    FolderYard() {
        try {
            folder = Files.createTempDirectory(Path.of("/tmp"), "folder-").toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        built = new Built(folder.resolve("root"));
    }

    Path folder() {
        return folder;
    }

    Command wherry(String... words) {
        return built.wherry(words).in(folder);
    }

    /** {@return what a shell in the folder `box` prints} */
    String shell(String script, String... options) {
        List<String> words = new ArrayList<>(List.of("run"));
        words.addAll(List.of(options));
        words.addAll(List.of("./box", "sh", "-c", script));
        Command.Result result = wherry(words.toArray(String[]::new)).run();
        return result.out() + result.err();
    }

    /** A folder `box` by hand, with busybox. */
    void box(String config) throws IOException {
        OciLayout layout = TestImages.fromDebianBusybox(folder.resolve("layout"));
        try (LayoutRegistry registry = new LayoutRegistry(layout)) {
            wherry("pull", "-q", registry.reference("busybox"), "box").check();
        }
        config(config);
    }

    /** The same as another user's, which only root can make. */
    void boxOfSomebodyElse() throws IOException {
        assumeThat(Command.of("id", "-u").check().out()).isEqualTo("0\n");
        box("{}");
        Files.setAttribute(folder.resolve("box/config.json"), "unix:uid", 12345);
    }

    void config(String config) throws IOException {
        Files.writeString(folder.resolve("box/config.json"), config);
    }

    /** Also as an ordinary user: all of a folder is the user's own. */
    void close() throws IOException {
        assertThat(built.wherry("ps", "-aq").check().out()).isEmpty();
        try (Stream<Path> below = Files.list(folder)) {
            assertThat(below.map(path -> path.getFileName().toString()))
                    .as("what a pull has begun")
                    .noneMatch(name -> name.startsWith("."));
        }
        Command.of("rm", "-rf", "--one-file-system", folder.resolve("box").toString())
                .check();
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }
}
