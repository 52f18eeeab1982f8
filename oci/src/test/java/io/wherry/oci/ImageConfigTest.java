package io.wherry.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.oci.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageConfigTest {
    private static final String ID = "sha256:" + "1".repeat(64);
    private static final String EXECUTION = "{\"User\":\"1000:100\",\"ExposedPorts\":{\"80/tcp\":{},\"53/udp\":{}},"
            + "\"Env\":[\"PATH=/bin\"],\"Entrypoint\":[\"/e\"],\"Cmd\":[\"c\"],\"Volumes\":{\"/v\":{}},"
            + "\"WorkingDir\":\"/w\",\"Labels\":{\"l\":\"1\"},\"StopSignal\":\"SIGINT\","
            + "\"Healthcheck\":{\"Test\":[\"CMD\",\"t\"],\"Interval\":30000000000,\"Retries\":3},"
            + "\"ArgsEscaped\":true,\"OnBuild\":[\"RUN x\"],\"Shell\":[\"/bin/sh\",\"-c\"],\"Memory\":5}";
    static final String FULL = "{\"architecture\":\"arm\",\"os\":\"linux\",\"variant\":\"v6\",\"created\":"
            + "\"2026-01-01T00:00:00Z\",\"author\":\"a\",\"config\":" + EXECUTION
            + ",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" + ID + "\"]},"
            + "\"history\":[{\"created\":\"2026-01-01T00:00:00Z\",\"created_by\":\"x\"},{\"empty_layer\":true}],"
            + "\"docker_version\":\"20.10\"}";

    @Test
    void readsEveryField() {
        ImageConfig config = ImageConfig.parse(bytes(FULL));
        assertThat(config.platform()).hasToString("linux/arm/v6");
        assertThat(config.diffIds()).containsExactly(Digest.parse(ID));
        assertThat(config.history()).hasSize(2);
        assertThat(config.history().get(1).emptyLayer()).isTrue();
        assertThat(config.created()).contains("2026-01-01T00:00:00Z");
        ExecutionDefaults execution = config.execution();
        assertThat(execution.user()).isEqualTo("1000:100");
        assertThat(execution.exposedPorts()).containsExactly("80/tcp", "53/udp");
        assertThat(execution.healthcheck().orElseThrow().interval()).hasValue(30_000_000_000L);
        assertThat(config.raw()).isEqualTo(bytes(FULL));
        assertThat(config.digest()).isEqualTo(Digest.sha256(FULL));
    }

    @Test
    void writesTheExecutionDefaultsAsItReadThem() {
        assertThat(ExecutionDefaults.parse(bytes(EXECUTION)).toJson()).hasToString(EXECUTION);
        assertThat(ImageConfig.of(JsonObject.parse(bytes(FULL))).raw())
                .asString()
                .isEqualTo(FULL);
    }

    @Test
    void goWritesNullForEmpty() {
        ExecutionDefaults execution = ExecutionDefaults.parse(bytes(
                "{\"Cmd\":null,\"Env\":null,\"Volumes\":null,\"Labels\":null,\"User\":\"\",\"Healthcheck\":null}"));
        assertThat(execution).isEqualTo(ExecutionDefaults.NONE);
    }

    @Test
    void whatIsMadeReadsBack() {
        ImageConfig config = ImageConfig.of(
                Platform.parse("linux/amd64"),
                ExecutionDefaults.parse(bytes("{\"Cmd\":[\"/hello\"]}")),
                List.of(Digest.parse(ID)),
                List.of(new ImageConfig.History(
                        Optional.empty(), Optional.of("by"), Optional.empty(), Optional.empty(), false)));
        ImageConfig again = ImageConfig.parse(config.raw());
        assertThat(again.execution().cmd()).containsExactly("/hello");
        assertThat(again.diffIds()).isEqualTo(config.diffIds());
        assertThat(again.history()).isEqualTo(config.history());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"rootfs\":{\"type\":\"tree\"}}",
                "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"../../x\"]}}",
                "{\"rootfs\":{\"diff_ids\":[5]}}",
                "{\"rootfs\":{\"diff_ids\":[]},\"config\":[]}",
                "{\"rootfs\":{\"diff_ids\":[]},\"config\":{\"Env\":\"A=b\"}}",
                "{\"rootfs\":{\"diff_ids\":[]},\"config\":{\"Env\":[null]}}",
                "{\"rootfs\":{\"diff_ids\":[]},\"history\":[1]}",
            })
    void refusesOtherShapes(String text) {
        assertThatThrownBy(() -> ImageConfig.parse(bytes(text))).isInstanceOf(WherryException.class);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
