package io.wherry.engine;

/** The log drivers. */
final class LogChoice {
    static final String JSON_FILE = "json-file";
    static final String LOCAL = "local";

    private LogChoice() {}
}
