package io.wherry.engine;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks a tool of the host for its version. Stateless. */
final class ToolVersion {
    private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)+\\S*");
    private static final int SECONDS = 5;
    private static final int MOST = 4096;

    private ToolVersion() {}

    /**
     * {@return the first that looks like a version in what the program says; empty if there is none}
     *
     * @param option that asks for it
     */
    static String of(String program, String option) {
        if (program.isEmpty()) {
            return "";
        }
        ProcessBuilder builder = new ProcessBuilder(program, option);
        builder.redirectInput(new File("/dev/null")).redirectErrorStream(true);
        try {
            Process process = builder.start();
            byte[] said = process.getInputStream().readNBytes(MOST);
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            Matcher number = NUMBER.matcher(new String(said, StandardCharsets.UTF_8));
            return number.find() ? number.group() : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
