package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Allows or denies devices in the container's cgroup; the last rule that matches wins.
 *
 * @param type {@code a} for all, {@code c} or {@code b}; absent is {@code a}
 * @param major absent for any
 * @param minor absent for any
 * @param access of {@code r}, {@code w} and {@code m}; absent for all three
 * @see "OCI runtime-spec v1.2, config-linux.md, Allowed Device list"
 */
public record DeviceRule(
        boolean allow, Optional<String> type, OptionalLong major, OptionalLong minor, Optional<String> access) {

    /** The rule that a list begins with: nothing is allowed. */
    public static final DeviceRule DENY_ALL =
            new DeviceRule(false, Optional.empty(), OptionalLong.empty(), OptionalLong.empty(), Optional.of("rwm"));

    public static DeviceRule allow(String type, long major, long minor, String access) {
        return new DeviceRule(
                true, Optional.of(type), OptionalLong.of(major), OptionalLong.of(minor), Optional.of(access));
    }

    /** {@return which devices and which access, as a version 1 group's files take it: {@code c 1:3 rwm}, or {@code a *:* rwm} for everything} */
    public String words() {
        return type.orElse("a") + " " + number(major) + ":" + number(minor) + " " + access.orElse("rwm");
    }

    private static String number(OptionalLong value) {
        return value.isPresent() ? Long.toString(value.getAsLong()) : "*";
    }

    static DeviceRule fromJson(Fields in) {
        return new DeviceRule(
                in.flag("allow"), in.string("type"), number(in, "major"), number(in, "minor"), in.string("access"));
    }

    /** Docker writes -1 for any. */
    private static OptionalLong number(Fields in, String name) {
        OptionalLong value = in.integer(name, -1, 0xffff_ffffL);
        return value.isPresent() && value.getAsLong() < 0 ? OptionalLong.empty() : value;
    }

    JsonObject toJson() {
        return JsonObject.builder()
                .put("allow", allow)
                .putIfPresent("type", type)
                .putIfPresent("major", major)
                .putIfPresent("minor", minor)
                .putIfPresent("access", access)
                .build();
    }
}
