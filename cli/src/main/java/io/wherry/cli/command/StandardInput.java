package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.oci.WherryException;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The caller's input, for the commands that read an archive or an answer from it. The launcher, whose terminal it may be, reads nothing as long as such a command runs. */
final class StandardInput {
    private static final int LONGEST = 4096; // what a terminal takes as one line

    private StandardInput() {}

    /**
     * {@return the bytes of a file or pipe}
     *
     * @param instead what to do if it is a terminal, which nobody types an archive into
     */
    static InputStream archive(Session session, String instead) {
        if (session.context().isTerminal(0)) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "The archive is to come from the input, which is a terminal.",
                    instead);
        }
        return new FileInputStream(FileDescriptor.in);
    }

    /**
     * {@return what a person types at the terminal, to the end of the line}
     *
     * @throws WherryException of kind INVALID if that is nothing
     */
    static String line(String what) {
        ByteArrayOutputStream typed = new ByteArrayOutputStream();
        InputStream in = new FileInputStream(FileDescriptor.in);
        try {
            for (int c = in.read(); c >= 0 && c != '\n' && typed.size() < LONGEST; c = in.read()) {
                typed.write(c);
            }
        } catch (IOException e) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "The terminal cannot be read: " + e.getMessage() + ".",
                    e);
        }
        if (typed.size() == 0) {
            throw new WherryException(WherryException.Kind.INVALID, "There is no " + what + ": nothing was typed.");
        }
        return typed.toString(StandardCharsets.UTF_8);
    }
}
