package io.wherry.registry;

import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Decides after each failure of one operation whether to go on, and waits.
 *
 * <p>Two limits hold together: a number of tries since the last real progress, and a time without any progress. Waits
 * that the server asked for do not count as such time; the listener hears of them.
 */
final class Attempts {
    /** Bytes after which earlier failures are forgotten. */
    private static final long PROGRESS = 1 << 20;

    private final Patience patience;
    private final Ticker ticker;
    private final RetryListener listener;
    private final String what;
    private volatile long lastProgress;
    private long sinceFailure;
    private int failures;

    /**
     * @param what is being tried, as the beginning of a sentence: "Cannot pull `alpine:3`"
     */
    Attempts(Patience patience, Ticker ticker, RetryListener listener, String what) {
        this.patience = patience;
        this.ticker = ticker;
        this.listener = listener;
        this.what = what;
        this.lastProgress = ticker.nanoTime();
    }

    /** Something runs once, and again as long as this allows. */
    interface Try<T> {
        T run() throws IOException;
    }

    <T> T run(Try<T> operation) {
        while (true) {
            try {
                return operation.run();
            } catch (IOException e) {
                failed(e);
            } catch (RegistryException e) {
                throw told(e, e.getMessage());
            }
        }
    }

    /** {@return how long the next wait for a byte may be} */
    Duration limit() {
        long left = patience.stall().toNanos() - (ticker.nanoTime() - lastProgress);
        long idle = patience.idle().toNanos();
        return Duration.ofNanos(Math.max(Duration.ofMillis(1).toNanos(), Math.min(left, idle)));
    }

    /** Something moves: time without progress begins anew, earlier failures still count. */
    void alive() {
        lastProgress = ticker.nanoTime();
    }

    void progress(long bytes) {
        lastProgress = ticker.nanoTime();
        sinceFailure += bytes;
        if (sinceFailure >= PROGRESS) {
            failures = 0;
        }
    }

    /** Returns after a wait if another try is allowed; else throws. */
    void failed(IOException problem) {
        if (problem instanceof InterruptedIOException) {
            throw new WherryException(Kind.INTERRUPTED, what + ": it was interrupted.", problem);
        }
        if (!(problem instanceof Fault fault)) {
            throw new WherryException(Kind.UNAVAILABLE, what + ": " + Transport.sentence(problem) + ".", problem);
        }
        failures++;
        sinceFailure = 0;
        boolean hopeless =
                fault.at() == Fault.At.TLS || fault.at() == Fault.At.SLOW || fault.at() == Fault.At.UNREACHABLE;
        boolean asked = fault.retryAfter().isPresent();
        Duration wait = wait(fault);
        long without = ticker.nanoTime() - lastProgress + (asked ? 0 : wait.toNanos());
        if (hopeless
                || failures >= patience.tries()
                || without >= patience.stall().toNanos()) {
            throw giveUp(fault);
        }
        listener.retrying(fault.reason(), wait);
        try {
            ticker.sleep(wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WherryException(Kind.INTERRUPTED, what + ": it was interrupted.", e);
        }
        if (asked) {
            lastProgress = lastProgress + wait.toNanos();
        }
    }

    private Duration wait(Fault fault) {
        long most = patience.maxBackoff().toNanos();
        long doubled = patience.firstBackoff().toNanos() << Math.min(failures - 1, 20);
        long backoff = Math.min(most, doubled);
        if (backoff > 1) {
            backoff -= ThreadLocalRandom.current().nextLong(backoff / 2 + 1);
        }
        long asked = fault.retryAfter().isPresent()
                ? Math.min(most, fault.retryAfter().get().toNanos())
                : 0;
        return Duration.ofNanos(Math.max(asked, backoff));
    }

    private WherryException giveUp(Fault fault) {
        String tries = failures == 1 ? "" : " (" + failures + " tries)";
        if (fault.answer().isPresent()) {
            String message = fault.answer().get().getMessage();
            return told(fault.answer().get(), message.substring(0, message.length() - 1) + tries + ".");
        }
        Kind kind = fault.at() == Fault.At.TLS ? Kind.FAILED_PRECONDITION : Kind.UNAVAILABLE;
        return new WherryException(kind, what + ": " + fault.reason() + tries + ".", hint(fault), fault);
    }

    /** {@return the same answer, beginning with what was tried} */
    RegistryException told(RegistryException answer, String message) {
        return new RegistryException(
                answer.kind(),
                what + ": " + message,
                answer.hint().orElse(null),
                answer.method(),
                answer.url(),
                answer.status(),
                answer.codes());
    }

    private static @Nullable String hint(Fault fault) {
        if (fault.at() == Fault.At.TLS) {
            return "An authority of your own is named by `ca` in `/etc/wherry/certs.d/HOST/hosts.toml`, a client's "
                    + "certificate by `client`, and plain HTTP by `server = \"http://HOST\"`.";
        }
        boolean connecting = fault.at() == Fault.At.UNREACHABLE || fault.at() == Fault.At.CONNECT;
        return connecting ? "Check the registry's name and the network." : null;
    }
}
