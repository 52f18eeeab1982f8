package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.oci.HealthCheck;
import io.wherry.oci.json.JsonObject;
import io.wherry.runtime.RuntimeName;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class ContainerSpecTest {
    /** Every component by its own name, so that none is forgotten in one of the four places that know them. */
    @Test
    void everyComponentComesBackFromTheDocument() throws ReflectiveOperationException {
        List<String> names = new ArrayList<>();
        ContainerSpec.Builder builder = new ContainerSpec.Builder();
        for (RecordComponent component : ContainerSpec.class.getRecordComponents()) {
            names.add(component.getName());
            Field field = ContainerSpec.Builder.class.getField(component.getName());
            field.set(builder, something(component.getName(), component.getType()));
        }
        ContainerSpec spec = builder.build();
        JsonObject json = spec.toJson();
        assertThat(json.members().keySet()).containsExactlyInAnyOrderElementsOf(names);
        assertThat(ContainerSpec.parse(JsonObject.parse(json.toBytes()))).isEqualTo(spec);
    }

    private static Object something(String name, Class<?> type) {
        return switch (name) {
            case "entrypoint" -> Optional.of(List.of("/entry"));
            case "healthcheck" ->
                Optional.of(HealthCheck.fromJson(JsonObject.builder()
                        .put("Test", List.of("CMD", "/check"))
                        .build()
                        .fields()));
            case "restart" -> Optional.of(RestartPolicy.parse("on-failure:3"));
            case "runtime" -> Optional.of(RuntimeName.of("runc"));
            case "mounts" -> List.of(new MountSpec(MountSpec.Type.BIND, Optional.of("/from"), "/to", List.of("ro")));
            default ->
                type == boolean.class
                        ? true
                        : type == long.class
                                ? 1L + name.hashCode()
                                : type == List.class
                                        ? List.of(name)
                                        : type == Map.class
                                                ? Map.of(name, "value")
                                                : type == OptionalInt.class
                                                        ? (Object) OptionalInt.of(name.length())
                                                        : Optional.of(name);
        };
    }

    @Test
    void whatANewerVersionWroteIsPassedOver() {
        JsonObject json =
                JsonObject.builder().put("image", "hello").put("tomorrow", 1).build();
        assertThat(ContainerSpec.parse(json).toJson().members()).containsOnlyKeys("image");
    }
}
