package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.oci.ImageConfig;
import io.wherry.oci.WherryException;
import io.wherry.oci.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What instructions of a Dockerfile make of an image's configuration. */
@Tag("user")
class ImageChangesTest {
    private static final String IMAGE =
            "{\"architecture\":\"amd64\",\"os\":\"linux\",\"later\":{\"x\":1e3},\"config\":{\"Env\":[\"PATH=/bin\",\"A=one\"],"
                    + "\"Cmd\":[\"sh\"],\"WorkingDir\":\"/srv\",\"Unknown\":7},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}";

    private static JsonObject changed(String... changes) {
        ImageConfig image = ImageConfig.parse(IMAGE.getBytes(StandardCharsets.UTF_8));
        return ImageChanges.apply(image, List.of(changes)).document().fields().rawObject("config");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "CMD echo $A|Cmd|[\"/bin/sh\",\"-c\",\"echo $A\"]",
                "CMD [\"echo\", \"a b\"]|Cmd|[\"echo\",\"a b\"]",
                "cmd []|Cmd|[]",
                "CMD [not json|Cmd|[\"/bin/sh\",\"-c\",\"[not json\"]",
                "ENTRYPOINT [\"/init\"]|Entrypoint|[\"/init\"]",
                "ENV B=two|Env|[\"PATH=/bin\",\"A=one\",\"B=two\"]",
                "ENV A=two B=\"$A x\" C='$A' D=\\$A|Env|[\"PATH=/bin\",\"A=two\",\"B=one x\",\"C=$A\",\"D=$A\"]",
                "ENV B old  form|Env|[\"PATH=/bin\",\"A=one\",\"B=old  form\"]",
                "ENV B=${A}/x${N:-d}${A:+p}${N+q}|Env|[\"PATH=/bin\",\"A=one\",\"B=one/xdp\"]",
                "EXPOSE 80 53/udp 8000-8001/TCP|ExposedPorts|{\"80/tcp\":{},\"53/udp\":{},\"8000/tcp\":{},\"8001/tcp\":{}}",
                "LABEL a=b \"c d\"=\"e f\"|Labels|{\"a\":\"b\",\"c d\":\"e f\"}",
                "ONBUILD RUN make|OnBuild|[\"RUN make\"]",
                "STOPSIGNAL 9|StopSignal|\"SIGKILL\"",
                "USER $A:wheel|User|\"one:wheel\"",
                "VOLUME /a /b|Volumes|{\"/a\":{},\"/b\":{}}",
                "VOLUME [\"/a b\"]|Volumes|{\"/a b\":{}}",
                "WORKDIR x/../y/./|WorkingDir|\"/srv/y\"",
                "WORKDIR /../../etc//|WorkingDir|\"/etc\"",
                "HEALTHCHECK NONE|Healthcheck|{\"Test\":[\"NONE\"]}",
                "HEALTHCHECK --interval=1m30s --retries=3 CMD a b|Healthcheck|{\"Test\":[\"CMD-SHELL\",\"a b\"],\"Interval\":90000000000,\"Retries\":3}",
                "HEALTHCHECK CMD [\"a\"]|Healthcheck|{\"Test\":[\"CMD\",\"a\"]}",
            })
    void eachInstructionSetsItsMember(String change, String member, String value) {
        assertThat(changed(change).get(member).orElseThrow().toString()).isEqualTo(value);
    }

    @Test
    void anEntrypointTakesTheCommandThatWasAnothersAway() {
        assertThat(changed("ENTRYPOINT [\"/init\"]").has("Cmd")).isFalse();
        assertThat(changed("CMD [\"x\"]", "ENTRYPOINT [\"/init\"]").has("Cmd")).isTrue();
    }

    @Test
    void whatIsNotNamedStays() {
        ImageConfig image = ImageConfig.parse(IMAGE.getBytes(StandardCharsets.UTF_8));
        ImageConfig changed = ImageChanges.apply(image, List.of("USER nobody"));
        assertThat(changed.document().toString())
                .isEqualTo(IMAGE.replace("\"Unknown\":7", "\"Unknown\":7,\"User\":\"nobody\""));
        assertThat(ImageChanges.apply(image, List.of()).raw()).isSameAs(image.raw());
    }

    @Test
    void oneTextMayHaveSeveralLines() {
        JsonObject config = changed("# remark\nENV B=b \\\n  C=c\n\nUSER u\n");
        assertThat(config.fields().strings("Env")).endsWith("B=b", "C=c");
        assertThat(config.fields().string("User")).hasValue("u");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RUN rm -rf /",
                "COPY a b",
                "FROM scratch",
                "SETUID 0",
                "CMD",
                "ENV",
                "ENV A",
                "ENV A=b c",
                "ENV =x",
                "ENV A=\"open",
                "ENV A=${B",
                "ENV A=${B%x}",
                "ENV A=${B:?must be set}",
                "EXPOSE 0",
                "EXPOSE 70000",
                "EXPOSE 9-8",
                "EXPOSE 80/icmp",
                "EXPOSE -1",
                "STOPSIGNAL FOO",
                "VOLUME [\"\"]",
                "ONBUILD ONBUILD CMD x",
                "ONBUILD FROM x",
                "HEALTHCHECK sleep 1",
                "HEALTHCHECK CMD",
                "HEALTHCHECK --interval=1ns CMD x",
                "HEALTHCHECK --often CMD x",
                "HEALTHCHECK --retries=-1 CMD x",
            })
    void whatIsNotUnderstoodIsRefused(String change) {
        assertThatThrownBy(() -> changed(change)).isInstanceOfSatisfying(WherryException.class, e -> {
            assertThat(e.kind()).isEqualTo(WherryException.Kind.INVALID);
            assertThat(e.getMessage()).endsWith(".").doesNotContain("\n");
        });
    }

    @Test
    void aWrongNameIsPointedToTheNearest() {
        assertThatThrownBy(() -> changed("ENTRIPOINT x"))
                .hasMessage("There is no instruction `ENTRIPOINT`. Did you mean `ENTRYPOINT`?");
        assertThatThrownBy(() -> changed("RUN x"))
                .hasMessage("The instruction `RUN` cannot be a change: it belongs to a build.");
    }
}
