package io.wherry.engine;

import io.wherry.oci.WherryException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Names of containers: one file a name, holding the id. It is written under another name and then linked to, so that a name is never without its id. */
final class ContainerNames {
    private static final String[] ADJECTIVES = {
        "amber", "brave", "brisk", "calm", "clever", "coastal", "crisp", "daring", "dusky", "eager", "early", "fleet",
        "frosty", "gentle", "glad", "golden", "hardy", "hazy", "hidden", "jolly", "keen", "kind", "lively", "lucky",
        "mellow", "misty", "nimble", "noble", "polar", "proud", "quick", "quiet", "rapid", "rosy", "salty", "silent",
        "silver", "snowy", "steady", "stormy", "sunny", "swift", "tidal", "vivid", "windy", "witty", "young", "zesty"
    };
    private static final String[] BOATS = {
        "barge",
        "bark",
        "brig",
        "canoe",
        "caravel",
        "clipper",
        "coracle",
        "cutter",
        "dhow",
        "dinghy",
        "dory",
        "ferry",
        "frigate",
        "galleon",
        "galley",
        "gondola",
        "hooker",
        "hoy",
        "junk",
        "kayak",
        "ketch",
        "knarr",
        "launch",
        "lighter",
        "longship",
        "lugger",
        "packet",
        "pinnace",
        "proa",
        "punt",
        "raft",
        "sampan",
        "schooner",
        "scow",
        "shallop",
        "skiff",
        "sloop",
        "smack",
        "tender",
        "trawler",
        "trireme",
        "tug",
        "umiak",
        "wherry",
        "xebec",
        "yacht",
        "yawl",
        "yole"
    };
    private static final int TRIES = 20;
    private static final int LONGEST = 128;

    /** What the file of a name that is being taken is called before its id; no name begins so. */
    static final String CLAIM = ".new-";

    private ContainerNames() {}

    static boolean isName(String text) {
        if (text.length() < 2 || text.length() > LONGEST || !alphanumeric(text.charAt(0))) {
            return false;
        }
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!alphanumeric(c) && c != '_' && c != '.' && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean alphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /**
     * Takes the name that was asked for, or one that is free.
     *
     * @param durable whether it must survive a power cut: a container that does not survive one needs no name then
     */
    static String take(Path names, Optional<String> wanted, ContainerId id, boolean durable) {
        byte[] bytes = (id.text() + "\n").getBytes(StandardCharsets.US_ASCII);
        Path claim = names.resolve(CLAIM + id.text());
        try {
            StateFile.writeInside(names, CLAIM + id.text(), bytes, durable);
            return take(names, claim, wanted, id, durable);
        } finally {
            StateFile.remove(claim);
        }
    }

    private static String take(Path names, Path claim, Optional<String> wanted, ContainerId id, boolean durable) {
        if (wanted.isPresent()) {
            String name = wanted.get();
            if (!isName(name)) {
                throw new WherryException(
                        WherryException.Kind.INVALID,
                        "`" + name
                                + "` cannot be a container's name: 2 to 128 letters, digits, `_`, `.`, `-`, the first a letter or digit.");
            }
            if (!StateFile.link(claim, names.resolve(name), durable)) {
                throw new WherryException(
                        WherryException.Kind.ALREADY_EXISTS,
                        "The name `" + name + "` is taken.",
                        "Remove that container with `wherry rm " + name + "`, or choose another name.");
            }
            return name;
        }
        for (int i = 0; i < TRIES; i++) {
            String name = generated(id, i);
            if (StateFile.link(claim, names.resolve(name), durable)) {
                return name;
            }
        }
        String name = "c-" + id.abbreviated();
        StateFile.link(claim, names.resolve(name), durable);
        return name;
    }

    /** A name made of the id's digits: no other source of chance is needed. */
    static String generated(ContainerId id, int attempt) {
        int first = Integer.parseInt(id.text(), 3 * attempt, 3 * attempt + 3, 16);
        int second = Integer.parseInt(id.text(), 3 * attempt + 1, 3 * attempt + 4, 16);
        return ADJECTIVES[first % ADJECTIVES.length] + "_" + BOATS[second % BOATS.length];
    }
}
