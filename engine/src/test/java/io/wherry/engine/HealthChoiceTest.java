package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.oci.ExecutionDefaults;
import io.wherry.oci.HealthCheck;
import io.wherry.oci.WherryException;
import io.wherry.oci.json.JsonObject;
import io.wherry.runtime.Placement;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The user's words over the image's, field by field (docker's image-spec v1.2, Healthcheck). */
class HealthChoiceTest {
    private static final String SECOND = "000000000";

    private static JsonObject json(String text) {
        return JsonObject.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    /** {@return the choice between what a user and an image say; empty text for nothing} */
    private static Optional<Placement.Health> choice(String user, String image) {
        ContainerSpec.Builder spec = new ContainerSpec.Builder();
        if (!user.isEmpty()) {
            spec.healthcheck = Optional.of(HealthCheck.fromJson(json(user).fields()));
        }
        String config = image.isEmpty() ? "{}" : "{'Healthcheck':" + image + "}";
        return HealthChoice.of(
                spec.build(), ExecutionDefaults.fromJson(json(config).fields()));
    }

    @Test
    void nobodyAsksForOne() {
        assertThat(choice("", "")).isEmpty();
        assertThat(choice("{'Interval':1" + SECOND + "}", "")).isEmpty();
        assertThat(choice("", "{'Test':['NONE']}")).isEmpty();
        assertThat(choice("{'Test':['NONE']}", "{'Test':['CMD','a']}")).isEmpty();
    }

    @Test
    void defaultsAreDockers() {
        assertThat(choice("", "{'Test':['CMD','a','b']}"))
                .contains(new Placement.Health(List.of("a", "b"), 30_000, 30_000, 0, 3, 5_000));
    }

    @Test
    void usersFieldsTakeThePlaceOfTheImages() {
        String image = "{'Test':['CMD','a'],'Interval':7" + SECOND + ",'Timeout':8" + SECOND + ",'Retries':9}";
        assertThat(choice("{'Test':['CMD-SHELL','b c'],'Timeout':1" + SECOND + "}", image))
                .contains(new Placement.Health(List.of("/bin/sh", "-c", "b c"), 7_000, 1_000, 0, 9, 5_000));
        assertThat(choice("{'StartPeriod':60" + SECOND + ",'Interval':0}", image))
                .contains(new Placement.Health(List.of("a"), 7_000, 8_000, 60_000, 9, 5_000));
    }

    @Test
    void whatMakesNoSenseIsRefusedByName() {
        for (String test : List.of("['CMD']", "['CMD-SHELL']", "['CMD-SHELL','a','b']", "['a']")) {
            assertThatThrownBy(() -> choice("", "{'Test':" + test + "}"))
                    .isInstanceOf(WherryException.class)
                    .hasMessageContaining("health check");
        }
    }
}
