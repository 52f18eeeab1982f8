package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.oci.WherryException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.InputStream;

/** The caller's input, for the commands that read an archive from it. The launcher, whose terminal it may be, reads nothing as long as such a command runs. */
final class StandardInput {
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
}
