package io.wherry.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {
    private static final String DIGEST = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @ParameterizedTest
    @CsvSource({
        "alpine, docker.io/library/alpine:latest, alpine:latest",
        "alpine:3.20, docker.io/library/alpine:3.20, alpine:3.20",
        "library/alpine, docker.io/library/alpine:latest, alpine:latest",
        "docker.io/alpine, docker.io/library/alpine:latest, alpine:latest",
        "index.docker.io/library/alpine, docker.io/library/alpine:latest, alpine:latest",
        "library/a/b, docker.io/library/a/b:latest, library/a/b:latest",
        "user/app, docker.io/user/app:latest, user/app:latest",
        "localhost/app, localhost/app:latest, localhost/app:latest",
        "localhost:5000/debian:12, localhost:5000/debian:12, localhost:5000/debian:12",
        "host:5000/app, host:5000/app:latest, host:5000/app:latest",
        "Host/app, Host/app:latest, Host/app:latest",
        "ghcr.io/acme/api:2, ghcr.io/acme/api:2, ghcr.io/acme/api:2",
        "[::1]:5000/a/b:t, [::1]:5000/a/b:t, [::1]:5000/a/b:t",
        "[2001:db8::1]/a, [2001:db8::1]/a:latest, [2001:db8::1]/a:latest",
        "127.0.0.1:5000/a, 127.0.0.1:5000/a:latest, 127.0.0.1:5000/a:latest",
        "a_b/c__d/e-f/g---h/i.j, docker.io/a_b/c__d/e-f/g---h/i.j:latest, a_b/c__d/e-f/g---h/i.j:latest",
        "5000/a, docker.io/5000/a:latest, 5000/a:latest",
        "app:_A.-b, docker.io/library/app:_A.-b, app:_A.-b",
    })
    void normalisesAsDocker(String text, String canonical, String familiar) {
        ImageReference reference = ImageReference.parse(text);
        assertThat(reference).hasToString(canonical);
        assertThat(reference.familiar()).isEqualTo(familiar);
        assertThat(ImageReference.parse(canonical)).isEqualTo(reference);
        assertThat(ImageReference.parse(familiar)).isEqualTo(reference);
    }

    @Test
    void keepsTagBesideDigest() {
        ImageReference both = ImageReference.parse("alpine:3@" + DIGEST);
        assertThat(both.tag()).contains("3");
        assertThat(both.digest()).contains(Digest.parse(DIGEST));
        assertThat(both).hasToString("docker.io/library/alpine:3@" + DIGEST);
    }

    @Test
    void aDigestNeedsNoTag() {
        ImageReference reference = ImageReference.parse("localhost:5000/a@" + DIGEST);
        assertThat(reference.tag()).isEmpty();
        assertThat(reference.familiar()).isEqualTo("localhost:5000/a@" + DIGEST);
        assertThat(reference.withTag("x")).hasToString("localhost:5000/a:x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "a/",
                "/a",
                "a//b",
                "a/../b",
                "../a",
                "./a",
                ".a",
                "a.",
                "-a",
                "a-",
                "a___b",
                "a..b",
                "a._b",
                "a b",
                "a\tb",
                "a\nb",
                "a%2fb",
                "a?b",
                "a#b",
                "a:",
                ":tag",
                "a:t/b",
                "a:-t",
                "a:.t",
                "a:t t",
                "a:b:c",
                "a@",
                "a@sha256:12",
                "a@b@" + DIGEST,
                "@" + DIGEST,
                "host:0/a",
                "host:65536/a",
                "host:99999999999/a",
                "host:x/a",
                "host:/a",
                "-host.io/a",
                "host-.io/a",
                "ho_st.io/a",
                "host..io/a",
                ".io/a",
                "user@host.io/a",
                "[::1/a",
                "::1/a",
                "[::g]/a",
                "[::1]x/a",
                "[::1]:5000",
                "[]:5000/a",
                "\u00e4/a",
                "a/\u0131",
            })
    void refusesWhatIsNoName(String text) {
        assertThatThrownBy(() -> ImageReference.parse(text))
                .isInstanceOfSatisfying(
                        WherryException.class, e -> assertThat(e.kind()).isEqualTo(WherryException.Kind.INVALID));
    }

    @Test
    void refusesUpperCaseWithAHint() {
        assertThatThrownBy(() -> ImageReference.parse("ghcr.io/Acme/API:V1"))
                .isInstanceOfSatisfying(WherryException.class, e -> {
                    assertThat(e)
                            .hasMessage("Invalid image name `ghcr.io/Acme/API:V1`: its repository must be lower case.");
                    assertThat(e.hint()).contains("Try `ghcr.io/acme/api:V1`.");
                });
        assertThatThrownBy(() -> ImageReference.parse("Alpine"))
                .isInstanceOfSatisfying(
                        WherryException.class, e -> assertThat(e.hint()).contains("Try `alpine`."));
    }

    @Test
    void refusesAnIdWithAHint() {
        assertThatThrownBy(() -> ImageReference.parse(DIGEST.substring(7)))
                .hasMessageContaining("64 hexadecimal digits are an id, not a name");
        assertThat(ImageReference.parse(DIGEST.substring(8))).isNotNull();
    }

    @Test
    void refusesAUrlWithAHint() {
        assertThatThrownBy(() -> ImageReference.parse("https://ghcr.io/a"))
                .isInstanceOfSatisfying(
                        WherryException.class, e -> assertThat(e.hint()).contains("Leave out `https://`."));
    }

    @Test
    void boundsTagAndRepository() {
        assertThat(ImageReference.parse("a:" + "t".repeat(128)).tag()).isPresent();
        assertThatThrownBy(() -> ImageReference.parse("a:" + "t".repeat(129))).hasMessageContaining("128");
        assertThat(ImageReference.parse("h.io/" + "a".repeat(255))).isNotNull();
        assertThatThrownBy(() -> ImageReference.parse("h.io/" + "a".repeat(256)))
                .hasMessageContaining("255");
        assertThatThrownBy(() -> ImageReference.parse("a".repeat(1_000_000)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
    }
}
