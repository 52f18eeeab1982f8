package io.wherry.cli.format;

import io.wherry.oci.json.JsonValue;

/** A template that was read. Immutable; may be applied to many values. */
public final class Template {
    /** The longest template, in characters. */
    static final int LONGEST = 65_536;

    private final String source;
    private final Node body;

    private Template(String source, Node body) {
        this.source = source;
        this.body = body;
    }

    /**
     * Reads a template. {@code \t} and {@code \n} outside of actions are a tab and a line feed.
     *
     * @throws TemplateException if it is not one
     */
    public static Template parse(String source) {
        if (source.length() > LONGEST) {
            throw new TemplateException(source, LONGEST, "it is longer than " + LONGEST + " characters.");
        }
        return new Template(source, new TemplateParser(source).template());
    }

    /**
     * {@return the text that it makes of a value; no line feed is added}
     *
     * @throws TemplateException if the value does not have what it asks for
     */
    public String apply(JsonValue value) {
        StringBuilder out = new StringBuilder();
        body.run(new Scope(source, value), out);
        return out.toString();
    }
}
