package io.wherry.cli.command;

import io.wherry.cli.table.BadValueException;
import io.wherry.oci.Signal;
import io.wherry.oci.WherryException;

/** Signals as words of an option. */
final class SignalWords {
    private SignalWords() {}

    static Signal parse(String word) throws BadValueException {
        try {
            return Signal.parse(word);
        } catch (WherryException e) {
            throw BadValueException.wanted("a signal such as TERM, SIGUSR1, RTMIN+3 or 9", word);
        }
    }
}
