package io.wherry.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.LayoutRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Payload;
import io.wherry.testkit.Tar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an image says of itself, seen through {@code history} and through what is made from it. */
@Tag("user")
class HistoryTest {
    private static final String LONG = "RUN make all install DESTDIR=/opt PREFIX=/usr/local";

    private Path folder;
    private Built built;
    private byte[] probe;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "history-").toRealPath();
        built = new Built(folder.resolve("root"));
        probe = Files.readAllBytes(Payload.PROBE.path());
    }

    @AfterEach
    void close() {
        for (String id : built.wherry("ps", "-aq").run().lines()) {
            built.wherry("rm", "-f", id).run();
        }
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    private OciLayout layout() {
        byte[] below = new Tar().file("probe", 0755, probe).bytes();
        byte[] above = new Tar().file("b", "bb").bytes();
        String config = """
                {"created":"2026-01-02T03:04:05Z","architecture":"amd64","os":"linux",\
                "config":{"Cmd":["/probe","exit","3"],"Env":["PATH=/bin","Q=1"],"Labels":{"x":"image","y":"z"}},\
                "rootfs":{"type":"layers","diff_ids":["%s","%s"]},\
                "history":[{"created":"2026-01-01T00:00:00Z","created_by":"ADD probe"},\
                {"created_by":"ENV\\tQ=1","empty_layer":true},\
                {"created":"2026-01-02T03:04:05Z","created_by":"%s","comment":"by hand"}]}""".formatted(OciLayout.digest(below), OciLayout.digest(above), LONG);
        OciLayout layout = OciLayout.create(folder.resolve("layout"));
        String type = "application/vnd.oci.image.";
        return layout.manifest(
                "image",
                OciLayout.manifestOf(
                        layout.blob(type + "config.v1+json", config.getBytes(UTF_8), ""),
                        List.of(
                                layout.blob(type + "layer.v1.tar", below, ""),
                                layout.blob(type + "layer.v1.tar", above, ""))));
    }

    @Test
    void stepsHaveTheSizesOfTheirLayersAndContainersTheImagesWordsAndLabels() throws IOException {
        try (LayoutRegistry registry = new LayoutRegistry(layout())) {
            String name = registry.reference("image");
            built.wherry("pull", "-q", name).check();
            assertThat(built.wherry("history", "-H=false", name).check().lines())
                    .hasSize(4)
                    .satisfiesExactly(
                            title -> assertThat(title).matches("IMAGE +CREATED AT +CREATED BY +SIZE +COMMENT"),
                            last -> assertThat(last)
                                    .matches("[0-9a-f]{12} +2026-01-02T03:04:05Z +RUN make all .*… +2 +by hand"),
                            empty -> assertThat(empty).matches("<missing> +ENV Q=1 +0 *"),
                            first -> assertThat(first)
                                    .matches("<missing> +2026-01-01T00:00:00Z +ADD probe +" + probe.length + " *"));
            assertThat(built.wherry("history", "--no-trunc", "--format", "{{.CreatedBy}}|{{.Size}}", name)
                            .check()
                            .lines())
                    .startsWith(LONG + "|2B", "ENV Q=1|0B");
            assertThat(built.wherry("history", "-q", name).check().lines())
                    .hasSize(3)
                    .contains("<missing>");

            Command.Result run = built.wherry("run", "--name", "box", "--network", "none", "-l", "x=user", name)
                    .run();
            assertThat(run.exit()).as("%s", run).isEqualTo(3);
            assertThat(ps("--format", "{{.Command}} {{.Labels}}")).isEqualTo("\"/probe exit 3\" x=user,y=z");
            assertThat(ps("-q", "--filter", "label=y=z")).hasSize(12);
            assertThat(ps("-q", "--filter", "label=x=image")).isEmpty();
            assertThat(ps("-q", "--filter", "ancestor=" + name)).hasSize(12);
            assertThat(ps("-q", "--filter", "exited=3")).hasSize(12);
            String document = "{{json .Config.Cmd}} {{json .Config.Env}} {{json .Config.Labels}} {{.Path}} {{.Args}}";
            assertThat(built.wherry("inspect", "-f", document, "box").check().out())
                    .isEqualTo("[\"/probe\",\"exit\",\"3\"] [\"PATH=/bin\",\"Q=1\"] {\"x\":\"user\",\"y\":\"z\"} /probe"
                            + " [exit 3]\n");
        }
    }

    private String ps(String... words) {
        String[] all = new String[words.length + 2];
        all[0] = "ps";
        all[1] = "-a";
        System.arraycopy(words, 0, all, 2, words.length);
        return built.wherry(all).check().out().strip();
    }
}
