package io.wherry.cli.session;

import org.jspecify.annotations.Nullable;

/** The words of the program itself, which stand before the command. Plain fields, filled by the option table. */
public final class Globals {
    /** The folder of images and containers; null: the default of the user. */
    public @Nullable String root;

    /** The volatile folder; null: the default of the user. */
    public @Nullable String state;

    /** The storage driver; null: the best one that works. */
    public @Nullable String storageDriver;

    public boolean debug;
    public boolean version;
}
