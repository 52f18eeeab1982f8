package io.wherry.engine.event;

import io.wherry.oci.json.JsonObject;
import java.util.Map;

/**
 * Something that happened.
 *
 * @param type {@code container} or {@code image}
 * @param action what: {@code create}, {@code start}, {@code die}, {@code pull}, …
 * @param id of the object: a container's id, an image's name or digest
 * @param attributes what is known beside: {@code name}, {@code image}, {@code exitCode}, …, and a container's labels
 * @param nanos when, in nanoseconds since 1970
 * @param document the line of the journal, in the shape of Docker's events
 */
public record Event(
        String type, String action, String id, Map<String, String> attributes, long nanos, JsonObject document) {}
