package io.wherry.cli.command;

import io.wherry.cli.output.Complaint;
import io.wherry.cli.session.Session;
import io.wherry.oci.WherryException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Does one thing to each of several containers, several at a time, as the most of it is waiting. In the order of the names: prints what came of each that it could be done to, and tells why
 * of each that it could not.
 */
final class Each {
    private static final int AT_ONCE = 8;

    private final Act act;
    private final List<String> names;
    private final String[] answers;
    private final @Nullable WherryException[] failures;
    private final AtomicInteger next = new AtomicInteger();

    /** What is done to one. */
    interface Act {
        /** {@return what is printed: the name, as a rule; empty for nothing} */
        String on(String name);
    }

    private Each(List<String> names, Act act) {
        this.act = act;
        this.names = names;
        this.answers = new String[names.size()];
        this.failures = new WherryException[names.size()];
    }

    /** {@return the exit code: 0 if it could be done to all} */
    static int of(Session session, List<String> names, Act act) {
        Each each = new Each(names, act);
        each.doAll();
        return each.tell(session);
    }

    private void doAll() {
        Thread[] helpers = new Thread[Math.min(AT_ONCE, names.size()) - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Thread(this::doSome, "container " + i);
            helpers[i].setDaemon(true);
            helpers[i].start();
        }
        doSome();
        try {
            for (Thread helper : helpers) {
                helper.join();
            }
        } catch (InterruptedException e) {
            throw new WherryException(WherryException.Kind.INTERRUPTED, "The command was interrupted.");
        }
    }

    private void doSome() {
        for (int i = next.getAndIncrement(); i < names.size(); i = next.getAndIncrement()) {
            answers[i] = "";
            try {
                answers[i] = act.on(names.get(i));
            } catch (WherryException e) {
                failures[i] = e;
            } catch (RuntimeException e) {
                failures[i] = new WherryException(WherryException.Kind.INTERNAL, "A defect of Wherry's: " + e, e);
            }
        }
    }

    private int tell(Session session) {
        int code = 0;
        for (int i = 0; i < answers.length; i++) {
            WherryException failure = failures[i];
            if (failure != null) {
                session.out().flush();
                Complaint.print(
                        session.err(), failure.getMessage(), failure.hint().orElse(""));
                code = 1;
            } else if (!answers[i].isEmpty()) {
                session.out().print(answers[i] + "\n");
            }
        }
        return code;
    }
}
