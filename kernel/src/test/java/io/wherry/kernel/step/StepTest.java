package io.wherry.kernel.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Op;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code explain --why} relies on: each step tells in a sentence why it is there, and each call has a manual page. */
class StepTest {
    static List<Class<?>> steps() {
        return List.of(Step.class.getPermittedSubclasses());
    }

    /** A step whose truths are all {@code truth}; nothing else of it matters to its reason. */
    private static Step of(Class<?> step, boolean truth) throws ReflectiveOperationException {
        List<Class<?>> types = new ArrayList<>();
        List<@Nullable Object> values = new ArrayList<>();
        for (RecordComponent component : step.getRecordComponents()) {
            Class<?> type = component.getType();
            types.add(type);
            values.add(
                    type == boolean.class
                            ? (Object) truth
                            : type == int.class
                                    ? (Object) 0
                                    : type == long.class ? 0L : type == List.class ? List.of() : null);
        }
        return (Step)
                step.getDeclaredConstructor(types.toArray(new Class<?>[0])).newInstance(values.toArray());
    }

    @ParameterizedTest
    @MethodSource("steps")
    void everyStepTellsWhyInOneSentence(Class<?> step) throws ReflectiveOperationException {
        for (boolean truth : new boolean[] {false, true}) {
            String why = of(step, truth).why();
            assertThat(why).endsWith(".").doesNotContain("\n").hasSizeBetween(30, 140);
            assertThat(why.substring(0, why.length() - 1)).as("one sentence").doesNotContain(". ");
            assertThat(why.charAt(0)).as(why).matches(Character::isUpperCase);
        }
    }

    @Test
    void noTwoStepsGiveTheSameReason() throws ReflectiveOperationException {
        Set<String> reasons = new HashSet<>();
        for (Class<?> step : steps()) {
            assertThat(reasons.add(of(step, true).why()))
                    .as(step.getSimpleName())
                    .isTrue();
        }
    }

    @Test
    void everyCallHasAManualPage() {
        for (Call call : Call.values()) {
            assertThat(call.manual()).matches("[a-z0-9_]+\\(2\\)");
        }
        assertThat(Call.PRLIMIT64.manual()).isEqualTo("prlimit(2)");
        assertThat(Call.FSCONFIG_FD.manual()).isEqualTo("fsconfig(2)");
        assertThat(Op.CLONE.manual()).isEqualTo("clone3(2)");
        assertThat(Op.WRITE.manual()).isEqualTo("openat2(2) write(2)");
    }
}
