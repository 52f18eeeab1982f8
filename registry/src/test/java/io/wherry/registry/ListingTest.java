package io.wherry.registry;

import static io.wherry.registry.BlobTest.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.Index;
import io.wherry.oci.MediaType;
import io.wherry.oci.Secret;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lists of tags and of referrers, and logins. */
@Timeout(60)
class ListingTest {
    private final TestImage image = new TestImage();

    private List<String> tags(ScriptedRegistry registry) {
        List<String> tags = new ArrayList<>();
        new RegistryListing(TestImage.plain(registry)).tags(image.reference(registry), tags::add);
        return tags;
    }

    @Test
    void followsPagesToTheirEnd() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start((request, reply) -> {
            if (request.query().contains("last=b")) {
                reply.send(200, "", "{\"name\":\"acme/app\",\"tags\":[\"c\"]}");
            } else {
                reply.send(
                        200,
                        "Link: </v2/acme/app/tags/list?last=b&n=2>; rel=\"next\"\r\n",
                        "{\"name\":\"acme/app\",\"tags\":[\"a\",\"b\"]}");
            }
        })) {
            assertThat(tags(registry)).containsExactly("a", "b", "c");
        }
    }

    @Test
    void noTagsAreNoFault() throws IOException {
        try (ScriptedRegistry registry =
                ScriptedRegistry.start((_, reply) -> reply.send(200, "", "{\"name\":\"acme/app\",\"tags\":null}"))) {
            assertThat(tags(registry)).isEmpty();
        }
    }

    @Test
    void pagesThatGoInACircleEnd() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start((request, reply) ->
                reply.send(200, "Link: <" + request.path() + "?n=1>; rel=\"next\"\r\n", "{\"tags\":[\"a\"]}"))) {
            assertFails(Kind.INVALID, "without an end", () -> tags(registry));
            assertThat(registry.requests()).hasSize(2);
        }
    }

    @Test
    void refusesWhatIsNoList() throws IOException {
        String link = "Link: <http://127.0.0.2:1/v2/acme/app/tags/list>; rel=\"next\"\r\n";
        for (Object[] row : new Object[][] {
            {"", "[]", "what is no list"},
            {"", "{\"tags\":{}}", "tags"},
            {"", "{\"tags\":[1]}", "tags"},
            {"", "x".repeat((4 << 20) + 1), "more than"},
            {link, "{\"tags\":[]}", "another host"},
            {"Link: <http://[>; rel=\"next\"\r\n", "{\"tags\":[]}", "no address"},
        }) {
            try (ScriptedRegistry registry =
                    ScriptedRegistry.start((_, reply) -> reply.send(200, (String) row[0], (String) row[1]))) {
                assertFails(Kind.INVALID, (String) row[2], () -> tags(registry));
            }
        }
    }

    private List<Descriptor> referrers(ScriptedRegistry registry) {
        return new RegistryListing(TestImage.plain(registry))
                .referrers(image.reference(registry), image.manifest.digest());
    }

    private static String index() {
        Descriptor signature = Descriptor.of("application/x", "s".getBytes(StandardCharsets.UTF_8));
        return new String(Index.of(List.of(signature), Map.of()).raw(), StandardCharsets.UTF_8);
    }

    @Test
    void listsReferrersByTheQuestionOrByTheTagThatStandsForIt() throws IOException {
        Digest digest = image.manifest.digest();
        for (String path : List.of("/referrers/" + digest, "/manifests/sha256-" + digest.hex())) {
            try (ScriptedRegistry registry = ScriptedRegistry.start((request, reply) -> {
                boolean here = request.path().endsWith(path);
                reply.send(here ? 200 : 404, "Content-Type: " + MediaType.OCI_INDEX + "\r\n", here ? index() : "");
            })) {
                assertThat(referrers(registry))
                        .hasSize(1)
                        .first()
                        .extracting(Descriptor::mediaType)
                        .isEqualTo("application/x");
            }
        }
        try (ScriptedRegistry registry = ScriptedRegistry.start((_, reply) -> reply.send(404, "", ""))) {
            assertThat(referrers(registry)).isEmpty();
            assertThat(registry.requests()).hasSize(2);
        }
    }

    private static Credentials login(ScriptedRegistry registry) {
        return new RegistryLogin(RegistryConfig.DEFAULT.withPatience(TestImage.QUICK))
                .verify(registry.name(), new Credentials.Basic("alice", new Secret("pw")));
    }

    /** Wants a token from its own service, which gives one to alice alone. */
    private static ScriptedRegistry.Script tokens(String answer) {
        return (request, reply) -> {
            if (request.path().equals("/token")) {
                boolean alice = request.header("authorization").equals("Basic YWxpY2U6cHc=");
                reply.send(alice ? 200 : 401, "", alice ? answer : "{}");
            } else if (request.header("authorization").equals("Bearer t")) {
                reply.send(200, "", "{}");
            } else {
                reply.send(
                        401, "WWW-Authenticate: Bearer realm=\"http://" + request.header("host") + "/token\"\r\n", "");
            }
        };
    }

    @Test
    void aLoginKeepsAnIdentityTokenWhereThereIsOne() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start(tokens("{\"token\":\"t\",\"refresh_token\":\"r\"}"))) {
            assertThat(login(registry)).isEqualTo(new Credentials.IdentityToken(new Secret("r")));
            assertThat(registry.requests("/token").getFirst().query()).isEqualTo("client_id=wherry&offline_token=true");
        }
        try (ScriptedRegistry registry = ScriptedRegistry.start(tokens("{\"token\":\"t\"}"))) {
            assertThat(login(registry)).isEqualTo(new Credentials.Basic("alice", new Secret("pw")));
        }
    }

    @Test
    void aLoginThatProvedNothingIsNone() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start((_, reply) -> reply.send(200, "", "{}"))) {
            assertFails(Kind.FAILED_PRECONDITION, "did not look at the password", () -> login(registry));
        }
        try (ScriptedRegistry registry =
                ScriptedRegistry.start((_, reply) -> reply.send(401, "WWW-Authenticate: Basic realm=\"x\"\r\n", ""))) {
            assertFails(Kind.DENIED, "(as user alice)", () -> login(registry));
        }
        try (ScriptedRegistry registry = ScriptedRegistry.start(tokens("{\"token\":\"other\"}"))) {
            assertFails(Kind.DENIED, "401", () -> login(registry));
        }
        RegistryLogin plain = new RegistryLogin(RegistryConfig.DEFAULT);
        Optional<String> wrong = Optional.of("a:b");
        assertFails(
                Kind.INVALID,
                "no `:`",
                () -> plain.verify("x.io", new Credentials.Basic(wrong.orElseThrow(), new Secret("p"))));
    }
}
