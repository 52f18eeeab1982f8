package io.wherry.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostsTest {
    @ParameterizedTest
    @CsvSource({
        "ghcr.io, ghcr.io, true",
        "registry.gitlab.com, gitlab.com, true",
        "docker.elastic.co, docker-auth.elastic.co, true",
        "registry-1.docker.io, auth.docker.io, true",
        "registry.example.co.uk, auth.example.co.uk, true",
        "registry.example.co.uk, evil.co.uk, false",
        "good.com.au, evil.com.au, false",
        "good.azurecr.io, evil.azurecr.io, false",
        "a.s3.amazonaws.com, b.s3.amazonaws.com, true",
        "a.github.io, b.github.io, false",
        "gitlab.com, notgitlab.com, false",
        "gitlab.com, gitlab.com.evil.net, false",
        "localhost, evil.localhost, false",
        "com, com.evil, false",
        "10.0.0.1, 9.0.0.1, false",
        "1.2.3.4, 5.6.3.4, false",
    })
    void guessesOwnersCautiously(String a, String b, boolean same) {
        assertThat(Hosts.sameOwner(a, b)).isEqualTo(same);
        assertThat(Hosts.sameOwner(b, a)).isEqualTo(same);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "127.1.2.3", "::1"})
    void knowsLoopback(String host) {
        assertThat(Hosts.isLoopback(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost.example.com", "127.0.0.1.nip.io", "128.0.0.1", "10.0.0.1", "::2", "", "127.0.0.256"})
    void knowsWhatIsNotLoopback(String host) {
        assertThat(Hosts.isLoopback(host)).isFalse();
    }

    @Test
    void readsChallenges() {
        List<Challenge> challenges = Challenge.parse(List.of(
                "Basic realm=\"a, b\", Bearer realm=\"https://x/\\\"y\\\"\" , service=z,scope=\"a b\"", "Negotiate"));
        assertThat(challenges).extracting(Challenge::scheme).containsExactly("basic", "bearer", "negotiate");
        assertThat(challenges.get(0).parameter("realm")).contains("a, b");
        assertThat(challenges.get(1).parameter("realm")).contains("https://x/\"y\"");
        assertThat(challenges.get(1).parameter("service")).contains("z");
        assertThat(challenges.get(1).parameter("scope")).contains("a b");
    }

    @Test
    void endsWithAnyHeader() {
        for (String header :
                List.of("=", "a=", "a =b", ",,,,", "Bearer a=\"", "Bearer =,=", "B \\", "x y z", "\u0000")) {
            assertThat(Challenge.parse(List.of(header))).hasSizeLessThan(5);
        }
        assertThat(Challenge.parse(List.of("a ".repeat(5000)))).hasSizeLessThanOrEqualTo(16);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes 5-9/10 | true",
                "bytes 5-9/*  | true",
                "bytes 4-9/10 | false",
                "bytes 5-8/10 | false",
                "bytes 5-9/11 | false",
                "bytes */10   | false",
                "bytes=5-9/10 | false",
                "bytes 5-9    | false",
                "bytes -5-9/10 | false",
                "5-9/10       | false",
                "bytes 5-99999999999999999999/10 | false",
            })
    void readsContentRanges(String text, boolean right) {
        assertThat(ContentRange.parse(text).startsAt(5, 10)).isEqualTo(right);
    }
}
