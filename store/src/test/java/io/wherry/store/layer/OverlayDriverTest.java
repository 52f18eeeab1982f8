package io.wherry.store.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.kernel.tree.TreeTarget;
import io.wherry.store.tree.HostedPilots;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OverlayDriverTest extends LayerDriverContract {
    @Override
    LayerDriver driver(StoreSpace space) {
        return new OverlayDriver(space);
    }

    @Test
    void layerThatOnlyImpliesItsFoldersIsNotWrittenASecondTime() throws IOException {
        layout.image(
                "image",
                "{}",
                OciLayout.Compression.GZIP,
                List.of(
                        base().bytes(),
                        new Tar()
                                .file("usr/lib/three", "3")
                                .file("opt/a/b/c", "c")
                                .bytes()));
        Map<String, String> found = store.rootfs(store.pull(layout, "image"), "c1");
        assertThat(found).containsKeys("/usr/lib/one", "/usr/lib/three", "/opt/a/b/c");
        Path layers = store.root.resolve("layers");
        assertThat(HostedPilots.run("getfattr", "-R", "-d", "-m", "overlay", layers.toString()))
                .isEmpty();
        // One for each layer, and one more for its sum; for the folders one that sees the layers below and one that
        // sees the trees; one that clears up.
        assertThat(store.pilots.opened().stream().map(TreeTarget::form))
                .containsExactlyInAnyOrder(
                        TreeTarget.Form.OVERLAY,
                        TreeTarget.Form.OVERLAY,
                        TreeTarget.Form.MERGED,
                        TreeTarget.Form.PLAIN,
                        TreeTarget.Form.PLAIN,
                        TreeTarget.Form.PLAIN,
                        TreeTarget.Form.PLAIN);
    }
}
