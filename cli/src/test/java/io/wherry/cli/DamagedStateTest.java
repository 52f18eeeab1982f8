package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.LayoutRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Each state file of a container and its image is damaged, one at a time, in each of some ways: no other object is affected, every command works, what is damaged can be removed, and nobody sees a stack
 * trace. A sample (WHERRY_SEED chooses another), or with WHERRY_ALL all; the count is printed.
 */
class DamagedStateTest {
    private static final boolean ALL = System.getenv("WHERRY_ALL") != null;
    private static final int SAMPLE = 5;

    private enum Damage {
        TRUNCATED,
        EMPTY,
        GARBAGE,
        ABSENT,
        FOLDER
    }

    private record Case(Path file, Damage damage) {}

    private Path folder;
    private Path kept;
    private Built built;
    private LayoutRegistry registry;
    private String victim;
    private String other;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "damaged-").toRealPath();
        built = new Built(folder.resolve("root"));
        kept = folder.resolve("kept");
        byte[] busybox = Files.readAllBytes(Path.of("/bin/busybox"));
        byte[] base =
                new Tar().folder("bin/", 0755).file("bin/sh", 0755, busybox).bytes();
        registry = new LayoutRegistry(OciLayout.create(folder.resolve("layout"))
                .image(
                        "victim",
                        "{\"Cmd\":[\"sh\"]}",
                        OciLayout.Compression.GZIP,
                        List.of(base, new Tar().file("victim", "1").bytes()))
                .image(
                        "other",
                        "{\"Cmd\":[\"sh\"],\"User\":\"0\"}",
                        OciLayout.Compression.GZIP,
                        List.of(
                                new Tar().file("other", "2").bytes(),
                                new Tar()
                                        .folder("bin/", 0755)
                                        .file("bin/sh", 0755, busybox)
                                        .bytes())));
        victim = registry.reference("victim");
        other = registry.reference("other");
        built.wherry("pull", "-q", victim).check();
        built.wherry("pull", "-q", other).check();
        built.wherry("run", "--name", "victim", "--network", "none", victim, "sh", "-c", "echo said")
                .check();
        built.wherry("run", "--name", "other", "--network", "none", other, "sh", "-c", "echo said")
                .check();
        Command.of("cp", "-a", built.root().toString(), kept.toString()).check();
    }

    @AfterEach
    void close() throws IOException {
        registry.close();
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    /** What is the victim's, or everybody's. */
    private List<Path> files() throws IOException {
        String otherId =
                built.wherry("inspect", "-f", "{{.Id}}", "other").check().out().strip();
        List<String> others = new ArrayList<>(List.of(otherId, "/names/other", "%other%", "other"));
        for (Path record : list(built.root().resolve("images"))) {
            if (record.getFileName().toString().contains("other")) {
                for (String part : Files.readString(record).split("sha256:")) {
                    others.add(part.length() < 64 ? "-" : part.substring(0, 64));
                    others.add(part.length() < 64 ? "-" : "/" + part.substring(0, 24) + "/");
                }
                others.add(record.getFileName().toString());
            }
        }
        for (Path blob : list(built.root().resolve("content/blobs/sha256"))) {
            String text =
                    Files.size(blob) < 5000 ? Files.readString(blob, java.nio.charset.StandardCharsets.ISO_8859_1) : "";
            if (others.contains(blob.getFileName().toString())) {
                for (String part : text.split("sha256:")) {
                    others.add(part.length() < 64 ? "-" : part.substring(0, 64));
                }
            }
        }
        others.remove("-");
        others.removeIf(text -> text.equals("-"));
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(built.root())) {
            for (Path file : all.sorted().toList()) {
                String text = file.toString();
                boolean contents = text.contains("/t/") || text.contains("/upper/") || text.contains("/work/");
                boolean foreign = others.stream().anyMatch(text::contains);
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && !contents && !foreign) {
                    files.add(built.root().relativize(file));
                }
            }
        }
        return files;
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }

    private void damage(Case one) throws IOException {
        Command.of("rm", "-rf", "--one-file-system", built.root().toString()).check();
        Command.of("cp", "-a", kept.toString(), built.root().toString()).check();
        Path file = built.root().resolve(one.file());
        byte[] bytes = Files.readAllBytes(file);
        switch (one.damage()) {
            case TRUNCATED -> Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
            case EMPTY -> Files.write(file, new byte[0]);
            case GARBAGE -> {
                byte[] noise = new byte[Math.max(1, bytes.length)];
                new Random(bytes.length).nextBytes(noise);
                Files.write(file, noise);
            }
            case ABSENT -> Files.delete(file);
            case FOLDER -> {
                Files.delete(file);
                Files.createDirectory(file);
                Files.writeString(file.resolve("inside"), "x");
            }
        }
    }

    /** {@return what is wrong with the answer; empty if nothing} */
    private String works(boolean mayFail, String... words) {
        Command.Result result = built.wherry(words).run();
        boolean trace = result.err().contains("efect")
                || result.err().contains("xception")
                || result.err().contains("\tat ");
        return trace || (!mayFail && result.exit() != 0) ? List.of(words) + ": " + result + "\n" : "";
    }

    private String tried(Case one) throws IOException {
        damage(one);
        StringBuilder wrong = new StringBuilder();
        wrong.append(works(false, "ps", "-a"));
        wrong.append(works(false, "images"));
        wrong.append(works(false, "system", "df"));
        wrong.append(works(false, "logs", "other"));
        wrong.append(works(false, "run", "--rm", "--network", "none", other, "sh", "-c", "exit 0"));
        wrong.append(works(true, "check"));
        wrong.append(works(true, "start", "victim"));
        wrong.append(works(true, "run", "--rm", "--network", "none", victim, "sh", "-c", "exit 0"));
        String id = "";
        for (Path container : list(built.root().resolve("containers"))) {
            String name = container.getFileName().toString();
            if (name.startsWith(
                    one.file().toString().startsWith("containers/")
                            ? one.file().getName(1).toString()
                            : "-")) {
                id = name;
            }
        }
        wrong.append(works(false, "rm", "-f", "victim"));
        if (!id.isEmpty()) {
            wrong.append(works(false, "rm", "-f", id));
        }
        wrong.append(works(false, "rmi", "-f", victim));
        wrong.append(works(false, "start", "other"));
        String left = built.wherry("images", "-q").run().lines().size() + " images";
        if (!left.equals("1 images")) {
            wrong.append(left).append(" are left\n");
        }
        return wrong.isEmpty() ? "" : one + ":\n" + wrong;
    }

    @Test
    void damageHarmsOneObject() throws IOException {
        List<Case> cases = new ArrayList<>();
        for (Path file : files()) {
            for (Damage damage : Damage.values()) {
                cases.add(new Case(file, damage));
            }
        }
        String given = System.getenv("WHERRY_SEED");
        Collections.shuffle(cases, new Random(given == null ? 1 : Long.parseLong(given)));
        List<Case> chosen = ALL ? cases : cases.subList(0, SAMPLE);
        List<String> wrong = new ArrayList<>();
        for (Case one : chosen) {
            String found = tried(one);
            if (!found.isEmpty()) {
                wrong.add(found);
            }
        }
        System.out.printf(
                "%d of %d damages tried, %d harmed more than one object%n", chosen.size(), cases.size(), wrong.size());
        assertThat(wrong).isEmpty();
    }
}
