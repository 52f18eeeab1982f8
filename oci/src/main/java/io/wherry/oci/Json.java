package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/** Conversions that several documents of this package need. */
final class Json {
    private Json() {}

    static Digest digest(Fields in, String name, String text) {
        try {
            return Digest.parse(text);
        } catch (WherryException e) {
            throw in.problem(name, "is not a digest: " + e.getMessage());
        }
    }

    /** {@return an id of a user or group: 32 bits without sign, but 2^32-1, which means "leave it" to the kernel} */
    static long id(Fields in, String name) {
        return in.integer(name, 0, 0xffff_fffeL).orElse(0);
    }

    static JsonArray descriptors(List<Descriptor> descriptors) {
        List<JsonValue> out = new ArrayList<>(descriptors.size());
        for (Descriptor descriptor : descriptors) {
            out.add(descriptor.toJson());
        }
        return JsonArray.of(out);
    }

    static List<Descriptor> descriptors(Fields in, String name) {
        List<Descriptor> out = new ArrayList<>();
        for (Fields descriptor : in.objects(name)) {
            out.add(Descriptor.fromJson(descriptor));
        }
        return List.copyOf(out);
    }

    /** {@return an object whose members are empty objects: how a set of strings is written in an image's configuration} */
    static JsonObject set(List<String> names) {
        JsonObject.Builder out = JsonObject.builder();
        for (String name : names) {
            out.put(name, JsonObject.empty());
        }
        return out.build();
    }

    static List<String> set(Fields in, String name) {
        return List.copyOf(in.rawObject(name).members().keySet());
    }
}
