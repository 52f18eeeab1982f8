package io.wherry.engine.event;

import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonString;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/**
 * The lines of one object: JSON with slots, which are characters that JSON text cannot have: 1 for the action, 2 for more attributes ({@code "key":"value",}), 3 for the seconds and 4 for the nanoseconds since
 * 1970. The monitor fills a container's without knowing JSON.
 */
public final class EventTemplate {
    /** The monitor takes no longer one. */
    private static final int MOST = 16 << 10;

    private EventTemplate() {}

    /**
     * {@return the template of a container}
     *
     * @param labels left out if the line would be too long
     */
    public static byte[] container(String id, String image, String name, Map<String, String> labels) {
        byte[] template = container(id, image, attributes(image, name, labels));
        return template.length < MOST ? template : container(id, image, attributes(image, name, Map.of()));
    }

    private static JsonObject attributes(String image, String name, Map<String, String> labels) {
        JsonObject.Builder attributes = JsonObject.builder();
        for (Map.Entry<String, String> label : labels.entrySet()) {
            attributes.put(label.getKey(), label.getValue());
        }
        return attributes.put("image", image).put("name", name).build();
    }

    private static byte[] container(String id, String image, JsonObject attributes) {
        return template("container", id, ",\"from\":" + new JsonString(image), attributes);
    }

    /** {@return the template of an image} */
    public static byte[] image(String id, String name) {
        return template("image", id, "", JsonObject.builder().put("name", name).build());
    }

    /** {@return the template of a volume} */
    public static byte[] volume(String name, String driver) {
        return template(
                "volume", name, "", JsonObject.builder().put("driver", driver).build());
    }

    private static byte[] template(String type, String id, String more, JsonObject attributes) {
        String quoted = new JsonString(id).toString();
        String line = "{\"status\":\"\1\",\"id\":" + quoted + more + ",\"Type\":\"" + type
                + "\",\"Action\":\"\1\",\"Actor\":{\"ID\":" + quoted + ",\"Attributes\":{\2"
                + attributes.toString().substring(1) + "},\"scope\":\"local\",\"time\":\3,\"timeNano\":\4}\n";
        return line.getBytes(StandardCharsets.UTF_8);
    }

    /** {@return a template whose lines have one attribute more} */
    public static byte[] with(byte[] template, String key, String value) {
        ByteArrayOutputStream more = new ByteArrayOutputStream(template.length + 128);
        for (byte b : template) {
            more.write(b);
            if (b == 2) {
                put(more, new JsonString(key) + ":" + new JsonString(value) + ",");
            }
        }
        return more.toByteArray();
    }

    /**
     * {@return a line of the journal}
     *
     * @param action a word, or words that JSON takes as they are
     * @param more attributes beside the template's
     */
    public static byte[] fill(byte[] template, String action, Map<String, String> more) {
        Instant now = Instant.now();
        String seconds = Long.toString(now.getEpochSecond());
        String nanos = Long.toString(now.getEpochSecond() * 1_000_000_000L + now.getNano());
        ByteArrayOutputStream line = new ByteArrayOutputStream(template.length + 64);
        for (byte b : template) {
            switch (b) {
                case 1 -> put(line, action);
                case 2 -> {
                    for (Map.Entry<String, String> attribute : more.entrySet()) {
                        put(
                                line,
                                new JsonString(attribute.getKey()) + ":" + new JsonString(attribute.getValue()) + ",");
                    }
                }
                case 3 -> put(line, seconds);
                case 4 -> put(line, nanos);
                default -> line.write(b);
            }
        }
        return line.toByteArray();
    }

    private static void put(ByteArrayOutputStream line, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        line.write(bytes, 0, bytes.length);
    }
}
