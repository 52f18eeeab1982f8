package io.wherry.cli.format;

import io.wherry.oci.WherryException;

/** A template that cannot be read, or that asks a value for what it does not have. Always of kind {@code INVALID}. */
public final class TemplateException extends WherryException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 60;

    private final int position;

    /** At a character of the template, counted from 0; {@code problem} is a sentence. */
    TemplateException(String template, int position, String problem) {
        super(
                Kind.INVALID,
                "The template fails at character " + (position + 1) + ", `" + excerpt(template, position) + "`: "
                        + problem);
        this.position = position;
    }

    private static String excerpt(String template, int position) {
        String rest = template.substring(Math.min(position, template.length()));
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < rest.length() && i < SHOWN; i++) {
            char c = rest.charAt(i);
            shown.append(c < ' ' ? ' ' : c);
        }
        return rest.isEmpty() ? "the end" : shown + (rest.length() > SHOWN ? "..." : "");
    }

    /** {@return the character of the template, counted from 0} */
    public int position() {
        return position;
    }
}
