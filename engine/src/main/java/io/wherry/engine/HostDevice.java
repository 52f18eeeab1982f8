package io.wherry.engine;

import io.wherry.oci.DeviceNode;
import io.wherry.oci.DeviceRule;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A device of the host that a container may use: {@code host[:container[:rwm]]}.
 *
 * @param host its path, as it was written
 * @param node how it appears in the container
 * @param access what may be done: some of r, w, m
 */
record HostDevice(String host, DeviceNode node, String access) {

    static HostDevice parse(String text) {
        String[] parts = text.split(":", -1);
        String host = parts[0];
        String container = parts.length > 1 && parts[1].startsWith("/") ? parts[1] : host;
        String access = parts.length > 2 ? parts[2] : parts.length == 2 && !parts[1].startsWith("/") ? parts[1] : "rwm";
        for (int i = 0; i < access.length(); i++) {
            if ("rwm".indexOf(access.charAt(i)) < 0) {
                throw ConfigCompiler.invalid(
                        "The device `" + text + "` asks for `" + access + "`; r, w and m are known.");
            }
        }
        try {
            Path path = Path.of(host).toRealPath();
            int mode = (Integer) Files.getAttribute(path, "unix:mode");
            long device = (Long) Files.getAttribute(path, "unix:rdev");
            int type = mode & 0170000;
            if (type != 0020000 && type != 0060000) {
                throw ConfigCompiler.invalid(host + " is not a device.");
            }
            long major = ((device >>> 8) & 0xFFF) | ((device >>> 32) & ~0xFFFL);
            long minor = (device & 0xFF) | ((device >>> 12) & ~0xFFL);
            DeviceNode node = new DeviceNode(container, type == 0060000 ? "b" : "c", major, minor, mode & 0777, 0, 0);
            return new HostDevice(host, node, access);
        } catch (IOException e) {
            throw new WherryException(
                    WherryException.Kind.NOT_FOUND, "The device " + host + " cannot be used: " + e.getMessage() + ".");
        }
    }

    DeviceRule rule() {
        return DeviceRule.allow(node.type(), node.major(), node.minor(), access);
    }
}
