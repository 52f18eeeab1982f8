package io.wherry.cli.table;

import io.wherry.cli.session.Session;
import io.wherry.oci.WherryException;
import java.util.List;

/**
 * One command: its row, its options and what it does. One instance serves one invocation.
 *
 * @param <W> its words: a plain object whose fields the options fill
 */
public abstract class Command<W> {
    /** {@return names, operands and one sentence} */
    public abstract Row row();

    /** {@return a new table of its options} */
    public abstract OptionTable<W> options();

    /** {@return new words with the defaults} */
    public abstract W words();

    /**
     * Does it.
     *
     * @param operands as many as its row allows
     * @return the exit code
     */
    public abstract int run(Session session, W words, List<String> operands);

    /** {@return the exit code for words that cannot be understood; those that run something tell themselves apart from what they run} */
    public int misuse() {
        return 1;
    }

    /** {@return the exit code where what was asked cannot be had} */
    public int exitCode(WherryException.Kind kind) {
        return misuse();
    }

    /** {@return sentences below the options of its help; may be empty} */
    public String notes() {
        return "";
    }

    /** Parses the words behind the command's name, then does it. */
    public final int call(Session session, List<String> arguments) {
        W words = words();
        Parser<W> parser = new Parser<>(row().name(), options(), row().operands(), misuse());
        List<String> operands = parser.parse(arguments, words);
        if (parser.askedForHelp()) {
            session.out().print(Help.of(this, session.width()));
            return 0;
        }
        return run(session, words, operands);
    }
}
