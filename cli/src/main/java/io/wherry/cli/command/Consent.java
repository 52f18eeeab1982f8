package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.UsageException;
import java.io.IOException;

/** Asks the person at the terminal before much is removed; where there is none, the option must say it. Stateless. */
final class Consent {
    private Consent() {}

    /**
     * {@return whether it is to be done}
     *
     * @param what a sentence that begins with {@code This removes}
     */
    static boolean given(Session session, String what, boolean force, UsageException usage) {
        if (force) {
            return true;
        }
        if (!session.context().isTerminal(0)) {
            throw usage;
        }
        session.err().print(what + "\nGo on? [y/N] ");
        session.err().flush();
        try {
            int answer = System.in.read();
            return answer == 'y' || answer == 'Y';
        } catch (IOException e) {
            return false;
        }
    }
}
