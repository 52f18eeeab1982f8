package io.wherry.cli.table;

/**
 * The value of an option is not one that it takes.
 *
 * <p>The message is the end of a sentence that begins with the option: "takes a size such as `64m`, not `lots`." The
 * parser completes and collects it.
 */
public final class BadValueException extends Exception {
    private static final long serialVersionUID = 1L;

    public BadValueException(String endOfSentence) {
        super(endOfSentence, null, false, false);
    }

    /** {@return an exception that says what was wanted, an article and a noun, and what was found} */
    public static BadValueException wanted(String wanted, String found) {
        return new BadValueException("takes " + wanted + ", not `" + found + "`.");
    }

    /** {@return the end of the sentence} */
    public String endOfSentence() {
        String message = getMessage();
        return message == null ? "was refused." : message;
    }
}
