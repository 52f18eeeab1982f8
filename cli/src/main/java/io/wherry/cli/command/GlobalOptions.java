package io.wherry.cli.command;

import io.wherry.cli.session.Environment;
import io.wherry.cli.session.Globals;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;

/** The options of the program itself, before the command. */
public final class GlobalOptions {
    /** The command and all that follows it. */
    public static final Operands OPERANDS = new Operands("COMMAND", 0, Operands.MANY, true, Operands.Complete.COMMANDS);

    private GlobalOptions() {}

    /** {@return a new table} */
    public static OptionTable<Globals> table() {
        return new OptionTable<Globals>()
                .section("Options")
                .folder("root", "FOLDER", "Where images and containers are (WHERRY_ROOT)", (w, v) -> w.root = v)
                .folder("state", "FOLDER", "Where what ends with the boot is (WHERRY_STATE)", (w, v) -> w.state = v)
                .choice(
                        "storage-driver",
                        "overlay|btrfs|dir",
                        "How layers are kept (WHERRY_STORAGE_DRIVER)",
                        (w, v) -> w.storageDriver = v)
                .flag("debug", 'D', "Say more when something fails", (w, v) -> w.debug = v)
                .flag("version", 'v', "Print the version", (w, v) -> w.version = v);
    }

    /** {@return words with what the environment says; options override it} */
    public static Globals words(Environment environment) {
        Globals words = new Globals();
        words.root = environment.get("WHERRY_ROOT");
        words.state = environment.get("WHERRY_STATE");
        return words;
    }
}
