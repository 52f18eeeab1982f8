package io.wherry.cli.run;

import io.wherry.cli.table.BadValueException;
import io.wherry.cli.table.Values;

/** The values of {@code --security-opt}. */
final class SecurityWords {
    private SecurityWords() {}

    /** Reads {@code seccomp=…}, {@code no-new-privileges[:…]}, {@code systempaths=unconfined}. */
    static void read(RunWords words, String text) throws BadValueException {
        int mark = separator(text);
        String key = mark < 0 ? text : text.substring(0, mark);
        String value = mark < 0 ? "" : text.substring(mark + 1);
        switch (key) {
            case "seccomp" -> words.seccomp = Values.path(value);
            case "no-new-privileges" -> words.spec.noNewPrivileges = mark < 0 || Values.bool(value);
            case "systempaths" -> {
                Values.choice(value, "unconfined");
                words.spec.unmasked = true;
            }
            case "apparmor" -> {
                if (!value.equals("unconfined")) { // no profile is applied, so this alone is already true
                    throw new BadValueException("cannot apply the AppArmor profile `" + value + "` yet.");
                }
            }
            case "label" -> {
                if (!value.equals("disable")) {
                    throw new BadValueException("cannot apply the SELinux label `" + value + "` yet.");
                }
            }
            default ->
                throw BadValueException.wanted(
                        "`seccomp=unconfined`, `seccomp=FILE`, `no-new-privileges` or `systempaths=unconfined`", text);
        }
    }

    private static int separator(String text) {
        int equals = text.indexOf('=');
        int colon = text.indexOf(':');
        return equals < 0 || (colon >= 0 && colon < equals) ? colon : equals;
    }
}
