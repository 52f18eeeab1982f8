package io.wherry.store.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A docker-archive of one image with two layers, in pieces that a test changes before it is put together. */
final class Saved {
    static final byte[] LOWER = new Tar().folder("a/", 0755).file("a/one", "1").bytes();
    static final byte[] UPPER = new Tar().file("b", "2").bytes();

    final Map<String, byte[]> files = new LinkedHashMap<>();

    Saved() {
        file("l1/VERSION", "1.0");
        files.put("l1/layer.tar", LOWER);
        files.put("l2/layer.tar", UPPER);
        file("c.json", config(LOWER, UPPER));
        manifest("t/image:1", "l1/layer.tar", "l2/layer.tar");
    }

    static String config(byte[]... layers) {
        List<String> ids = new ArrayList<>();
        for (byte[] layer : layers) {
            ids.add("\"" + OciLayout.digest(layer) + "\"");
        }
        return "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
                + String.join(",", ids) + "]}}";
    }

    Saved file(String name, String text) {
        files.put(name, text.getBytes(UTF_8));
        return this;
    }

    Saved manifest(String tag, String... layers) {
        return file(
                "manifest.json",
                "[{\"Config\":\"c.json\",\"RepoTags\":[\"" + tag + "\"],\"Layers\":[\"" + String.join("\",\"", layers)
                        + "\"]}]");
    }

    Saved without(String name) {
        files.remove(name);
        return this;
    }

    Tar tar() {
        Tar tar = new Tar();
        files.forEach((name, bytes) -> tar.file(name, 0644, bytes));
        return tar;
    }

    byte[] bytes() {
        return tar().bytes();
    }

    /** {@return the archive with more entries in front of its own} */
    byte[] behind(UnaryOperator<Tar> more) {
        return more.apply(new Tar()).raw(tar().withoutEnd()).bytes();
    }
}
