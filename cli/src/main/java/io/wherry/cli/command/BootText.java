package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.kernel.host.Caller;
import java.nio.file.Path;

/**
 * What makes a host run {@code wherry boot} at each boot. Containers live on without a service of their own; so the unit starts them and is done, and must not take them along
 * when it is stopped (KillMode).
 */
final class BootText {
    private final boolean system;
    private final String command;

    BootText(Session session) {
        this.system = Caller.parse(session.context().caller()).systemRoot();
        String root = session.globals().root;
        String self =
                Path.of(session.context().self()).toAbsolutePath().normalize().toString();
        this.command = quoted(self)
                + (root == null
                        ? ""
                        : " --root "
                                + quoted(Path.of(root)
                                        .toAbsolutePath()
                                        .normalize()
                                        .toString()));
    }

    /** {@return a unit, systemd.service(5)} */
    String unit() {
        return "[Unit]\n"
                + "Description=Containers of Wherry that should always run\n"
                + "After=network-online.target local-fs.target\n"
                + "Wants=network-online.target\n"
                + "\n"
                + "[Service]\n"
                + "Type=oneshot\n"
                + "RemainAfterExit=yes\n"
                + "ExecStart=" + command.replace("%", "%%") + " boot\n"
                + "KillMode=process\n"
                + "Delegate=yes\n"
                + "\n"
                + "[Install]\n"
                + "WantedBy=" + (system ? "multi-user.target" : "default.target") + "\n";
    }

    /** {@return a line, crontab(5)} */
    String cron() {
        return "@reboot " + command.replace("%", "\\%") + " boot\n";
    }

    /** As systemd and a shell both read it. */
    private static String quoted(String word) {
        boolean plain = true;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            plain &= (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || "/._-+@:".indexOf(c) >= 0;
        }
        return plain
                ? word
                : "\"" + word.replace("\\", "\\\\").replace("\"", "\\\"").replace("$", "\\$") + "\"";
    }
}
