package io.wherry.engine;

import io.wherry.kernel.host.Caller;
import io.wherry.kernel.host.FactsText;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.host.HostProbe;
import io.wherry.kernel.launch.Launcher;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The facts of this host, found out once and kept in the volatile root for the next command of the same caller (docs/state.md, {@code facts}). Whatever is
 * doubtful about the file, it is passed over and made anew; that it cannot be written is no failure. Stateless.
 */
public final class KeptFacts {
    private static final String FILE = "facts";
    private static final int PERMISSIONS = 07777;
    private static final int OWNER_ONLY = 0600;

    private KeptFacts() {}

    /** {@return the facts, kept ones if there are any} */
    public static HostFacts find(StateRoot root, Caller caller, Launcher launcher) {
        String text = read(root.volatileRoot().resolve(FILE), caller);
        FactsText.Kept kept = text == null ? null : FactsText.read(text, caller);
        if (kept == null) {
            return renew(root, caller, launcher);
        }
        return kept.facts().isPresent() ? kept.facts().get() : HostProbe.probe(kept.features());
    }

    /** {@return the facts, found out anew} */
    public static HostFacts renew(StateRoot root, Caller caller, Launcher launcher) {
        HostFacts facts = HostProbe.probe(launcher);
        if (facts.features().overlay()) { // what is missing may come, when the module is loaded
            try {
                Path folder = StateRoot.made(root.volatileRoot());
                byte[] bytes = FactsText.write(facts, caller).getBytes(StandardCharsets.UTF_8);
                StateFile.replacePrivately(folder.resolve(FILE), bytes);
            } catch (WherryException e) {
                return facts; // the next command finds out for itself, as this one did
            }
        }
        return facts;
    }

    /** {@return the text, or null if it is not the caller's own and nobody else's} */
    private static @Nullable String read(Path file, Caller caller) {
        try {
            int mode = (Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            Object owner = Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            if (!owner.equals(caller.uid()) || (mode & PERMISSIONS) != OWNER_ONLY) {
                return null;
            }
            return new String(StateFile.read(file).orElse(new byte[0]), StandardCharsets.UTF_8);
        } catch (IOException | WherryException e) {
            return null;
        }
    }
}
