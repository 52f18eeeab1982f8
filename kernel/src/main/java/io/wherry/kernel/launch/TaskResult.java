package io.wherry.kernel.launch;

import java.util.List;
import java.util.Optional;

/**
 * How a task ended.
 *
 * @param status its exit status; 128 + n if signal n ended it
 * @param failure what failed, if it reported that
 * @param notes results of instructions that report and go on
 * @param data what READ instructions read
 */
public record TaskResult(int status, Optional<Failure> failure, List<Note> notes, List<Data> data) {

    /** The result of a probing instruction: 0 or an errno. */
    public record Note(int instruction, int errno) {}

    /** The content of a file that a program read. */
    public record Data(int instruction, byte[] bytes) {}

    /** {@return whether it did what it should} */
    public boolean ok() {
        return status == 0 && failure.isEmpty();
    }
}
