package io.wherry.cli.table;

/**
 * What a command takes beside options.
 *
 * @param syntax as usage writes it: {@code IMAGE [COMMAND] [ARG...]}; may be empty
 * @param least how many there must be
 * @param most how many there may be
 * @param endOptions whether the first operand ends the options, as where a command of the container follows
 * @param complete what completion offers for them
 */
public record Operands(String syntax, int least, int most, boolean endOptions, Complete complete) {
    /** No operand. */
    public static final Operands NONE = new Operands("", 0, 0, false, Complete.NOTHING);

    /** As many as are given. */
    public static final int MANY = Integer.MAX_VALUE;

    /** What completion offers. */
    public enum Complete {
        NOTHING,
        CONTAINERS,
        IMAGES,
        IMAGES_OR_FOLDERS,
        VOLUMES,
        COMMANDS
    }
}
