package io.wherry.cli.command;

import io.wherry.engine.Attachment;
import java.util.List;

/** A command that hands a container's program over and may stay with it. Where the program is compiled anew, how it stays is asked for once more. */
public interface Stays {
    /**
     * {@return how it stays}
     *
     * @param line the words behind its name, which were understood once
     */
    Attachment attachment(List<String> line);
}
