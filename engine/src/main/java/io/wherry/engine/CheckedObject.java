package io.wherry.engine;

/**
 * One object of a root that was looked at.
 *
 * @param what a sentence without its end about what is wrong or was done; empty if all is well
 * @param hint what to do next; empty if nothing is to be done
 */
public record CheckedObject(Kind kind, String name, State state, String what, String hint) {
    /** What it is. */
    public enum Kind {
        /** A name of an image, with its record, manifest and configuration. */
        IMAGE,
        /** A blob that an image needs. */
        BLOB,
        /** An unpacked layer that an image needs. */
        LAYER,
        /** A container. */
        CONTAINER,
        /** What nobody needs and a command that was cut short left. */
        LEFTOVER;

        /** {@return the word that users see} */
        public String word() {
            return switch (this) {
                case IMAGE -> "image";
                case BLOB -> "blob";
                case LAYER -> "layer";
                case CONTAINER -> "container";
                case LEFTOVER -> "leftover";
            };
        }
    }

    /** How it is. */
    public enum State {
        OK,
        DAMAGED,
        MENDED;

        /** {@return the word that users see} */
        public String word() {
            return switch (this) {
                case OK -> "ok";
                case DAMAGED -> "damaged";
                case MENDED -> "mended";
            };
        }
    }

    static CheckedObject ok(Kind kind, String name) {
        return new CheckedObject(kind, name, State.OK, "", "");
    }

    static CheckedObject damaged(Kind kind, String name, String what, String hint) {
        return new CheckedObject(kind, name, State.DAMAGED, what, hint);
    }

    CheckedObject mended() {
        return new CheckedObject(kind, name, State.MENDED, what, "");
    }
}
