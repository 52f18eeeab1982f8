package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.oci.WherryException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Users by name and number, from files that an attacker may have written (CVE-2024-40635, CVE-2026-46680, CVE-2016-3697, CVE-2022-36109, CVE-2022-4318). */
class AccountTest {
    private static final String PASSWD = """
            root:x:0:0:root:/root:/bin/sh
            # a comment
            app:x:1000:1001:,,,:/home/app:/bin/sh
            nologin:x:1001:1001::relative:/bin/sh
            short:x:1002
            bad:x:abc:1:::
            huge:x:4294967296:0::/:/bin/sh
            2000:x:0:0::/root:/bin/sh
            -1:x:0:0::/root:/bin/sh
            app:x:0:0::/root:/bin/sh
            """;
    private static final String GROUP = """
            root:x:0:
            wheel:x:10:app,other
            video:x:44:other,app
            minus:x:-5:app
            4000:x:0:app2
            """;

    private static Account of(String text, String... extra) {
        return Account.lookUp(text, List.of(extra), bytes(PASSWD), bytes(GROUP));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "2147483648",
                "4294967295",
                "4294967296",
                "18446744073709551616",
                "0x0",
                " 1",
                "1 ",
                "\t",
                "1:",
                ":1",
                ":",
                "1:2:3",
                "+1",
                "1.0",
                "1e3",
                "٠",
                "nobody",
                "APP",
                "root\n",
                "0:-1",
                "0:4294967296",
                "0:0x0",
                "0:nogroup",
                "1000:",
                "huge",
                "app\u0000",
                "ap"
            })
    void whatIsNeitherNameNorNumberInRangeIsRefused(String user) {
        assertThatThrownBy(() -> of(user))
                .isInstanceOf(WherryException.class)
                .hasMessageContaining("Cannot run as `")
                .extracting(e -> ((WherryException) e).kind())
                .isEqualTo(WherryException.Kind.INVALID);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0, 0",
        "0, 0, 0",
        "00, 0, 0",
        "root, 0, 0",
        "app, 1000, 1001",
        "1000, 1000, 1001",
        "01000, 1000, 1001",
        "app:44, 1000, 44",
        "app:wheel, 1000, 10",
        "1000:wheel, 1000, 10",
        "5:6, 5, 6",
        "5, 5, 0",
        "2147483647:2147483647, 2147483647, 2147483647"
    })
    void usersAreFoundByNameOrTakenAsNumbers(String text, long uid, long gid) {
        assertThat(of(text).uid()).isEqualTo(uid);
        assertThat(of(text).gid()).isEqualTo(gid);
    }

    @Test
    void digitsAreNeverAName() {
        assertThat(of("2000").uid()).isEqualTo(2000);
        assertThat(of("1:4000").gid()).isEqualTo(4000);
    }

    @Test
    void firstEntryOfANameCounts() {
        assertThat(of("app").uid()).isEqualTo(1000);
    }

    @Test
    void membershipsComeWithTheNameAndWithTheNumber() {
        assertThat(of("app").groups()).containsExactly(10L, 44L);
        assertThat(of("1000").groups()).containsExactly(10L, 44L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"4294967296", "44444444444444444444444444"})
    void membershipInAGroupOutOfRangeIsRefused(String number) {
        assertThatThrownBy(() -> Account.lookUp("app", List.of(), bytes(PASSWD), bytes("tape:x:" + number + ":app\n")))
                .isInstanceOf(WherryException.class)
                .hasMessageContaining(number);
    }

    @Test
    void explicitGroupTakesThePlaceOfMemberships() {
        assertThat(of("app:5").groups()).isEmpty();
        assertThat(of("app:5", "video", "77").groups()).containsExactly(44L, 77L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "2147483648", "0x1", "nogroup", "", "a:b"})
    void furtherGroupsAreCheckedToo(String group) {
        assertThatThrownBy(() -> of("0", group)).isInstanceOf(WherryException.class);
    }

    @Test
    void homeIsAnAbsolutePathOrNothing() {
        assertThat(of("app").home()).isEqualTo("/home/app");
        assertThat(of("nologin").home()).isEqualTo("/");
        assertThat(of("12345").home()).isEqualTo("/");
        assertThat(Account.lookUp("", List.of(), new byte[0], new byte[0]).home())
                .isEqualTo("/root");
    }

    @Test
    void filesOfOtherBytesHarmNobody() {
        byte[] noise = new byte[100_000];
        new java.util.Random(1).nextBytes(noise);
        assertThat(Account.lookUp("7", List.of(), noise, noise).uid()).isEqualTo(7);
        assertThat(Account.lookUp("7", List.of(), bytes(":".repeat(100_000)), bytes("\n".repeat(100_000)))
                        .uid())
                .isEqualTo(7);
    }
}
