package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.kernel.step.MonitorLog;
import io.wherry.oci.WherryException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogChoiceTest {
    private static final ContainerId ID = new ContainerId("0123456789ab" + "c".repeat(52));

    private static LogChoice choice(String driver, String... options) {
        ContainerSpec.Builder spec = new ContainerSpec.Builder();
        spec.image = Optional.of("debian");
        spec.logDriver = Optional.of(driver);
        spec.labels.put("team", "a\"b");
        for (String option : options) {
            int equals = option.indexOf('=');
            spec.logOptions.put(option.substring(0, equals), option.substring(equals + 1));
        }
        return LogChoice.of(spec.build(), List.of("A=1", "AB=2"), ID, "web");
    }

    @Test
    void filesAreThreeOfSixteenMebibytesUnlessAsked() {
        MonitorLog usual = choice("json-file").log();
        assertThat(usual).isEqualTo(MonitorLog.files(MonitorLog.Format.JSON_FILE, 16 << 20, 3, ""));
        MonitorLog asked = choice("local", "max-size=1m", "max-file=7").log();
        assertThat(asked).isEqualTo(MonitorLog.files(MonitorLog.Format.LOCAL, 1 << 20, 7, ""));
        assertThat(choice("json-file", "max-size=-1").log().size()).isZero();
        assertThat(choice("none").log()).isEqualTo(MonitorLog.NONE);
    }

    @Test
    void detailsAreWhatTheOptionsName() {
        LogChoice choice = choice("json-file", "labels=team,none", "env=A,X", "tag={{.Name}}/{{ .ID }}/{{.ImageName}}");
        assertThat(choice.details()).hasToString("{A=1, tag=web/0123456789ab/debian, team=a\"b}");
        assertThat(choice.log().more())
                .isEqualTo("\"attrs\":{\"A\":\"1\",\"tag\":\"web/0123456789ab/debian\",\"team\":\"a\\\"b\"},");
    }

    @Test
    void programsOfTheHostReadTheLog() {
        MonitorLog pipe = choice("pipe:env  A=b -i", "mode=blocking").log();
        assertThat(pipe.program()).endsWith("A=b", "-i").hasSize(3);
        assertThat(pipe.program().getFirst()).startsWith("/").endsWith("/env");
        assertThat(pipe.waits()).isTrue();
        assertThat(pipe.environment())
                .contains("WHERRY_ID=" + ID.text(), "WHERRY_NAME=web", "WHERRY_IMAGE=debian")
                .anyMatch(variable -> variable.startsWith("PATH="));
        MonitorLog syslog = choice("syslog", "tag=t-{{.FullID}}").log();
        assertThat(syslog.program()).endsWith("-t", "t-" + ID.text()).hasSize(3);
        assertThat(syslog.program().getFirst()).endsWith("/logger");
        assertThat(syslog.waits()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "fluentd, mode=blocking, fluentd",
        "json-file, max-sise=1m, max-sise",
        "json-file, max-file=0, max-file",
        "json-file, max-size=x, x",
        "json-file, max-size=0, max-size",
        "json-file, mode=slow, slow",
        "json-file, tag={{.Env}}, {{.Env}}",
        "json-file, tag={{.ID, {{.ID",
        "none, max-size=1m, max-size",
        "pipe:, mode=blocking, pipe:",
        "pipe:no-such-program, mode=blocking, no-such-program",
    })
    void whatIsNotKnownIsRefusedByName(String driver, String option, String named) {
        assertThatThrownBy(() -> choice(driver, option))
                .isInstanceOf(WherryException.class)
                .hasMessageContaining("`" + named + (named.startsWith("{{") ? "" : "`"));
    }

    @Test
    void whatEachLineWouldCarryIsBounded() {
        assertThatThrownBy(() -> choice("json-file", "tag=" + "x".repeat(5000)))
                .hasMessageContaining("longer than 4000 bytes");
    }
}
