package io.wherry.registry;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Any header gives a bounded number of challenges, whose names are tokens in lower case, and never an exception. */
public final class ChallengeFuzzer {
    private static final int MOST = 16;

    private ChallengeFuzzer() {}

    /** {@return what to begin with} */
    public static List<byte[]> seeds() {
        return List.of(
                "Bearer realm=\"https://auth.example/token\",service=\"reg\\\"istry\",scope=\"repository:a/b:pull\""
                        .getBytes(StandardCharsets.ISO_8859_1),
                "Basic realm=x, Digest qop = \"auth\" , Negotiate abc==".getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        String header = new String(bytes, StandardCharsets.ISO_8859_1);
        List<Challenge> challenges = Challenge.parse(List.of(header, header));
        if (challenges.size() > MOST) {
            throw new AssertionError(challenges.size() + " challenges");
        }
        for (Challenge challenge : challenges) {
            requireToken(challenge.scheme());
            challenge.parameters().keySet().forEach(ChallengeFuzzer::requireToken);
        }
    }

    private static void requireToken(String name) {
        if (name.isEmpty()
                || !name.equals(name.toLowerCase(Locale.ROOT))
                || name.indexOf(' ') >= 0
                || name.indexOf('"') >= 0) {
            throw new AssertionError("`" + name + "` is no token");
        }
    }
}
