package io.wherry.engine;

import io.wherry.engine.log.LogQuery;
import io.wherry.oci.Signal;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A container that this program runs, and has until it closes it. Streams and end are those of an {@link AttachedProcess}, which see. Safe for several threads.
 */
public final class Box implements AutoCloseable {
    private final Wherry wherry;
    private final String id;
    private final String name;
    private final AttachedProcess process;

    Box(Wherry wherry, String id, String name, AttachedProcess process) {
        this.wherry = wherry;
        this.id = id;
        this.name = name;
        this.process = process;
    }

    /** {@return the id, 64 hexadecimal digits} */
    public String id() {
        return id;
    }

    /** {@return the name that it was given when it was created} */
    public String name() {
        return name;
    }

    /** {@return what it writes to its output} */
    public InputStream output() {
        return process.output();
    }

    /** {@return what it writes to its error output; with a terminal nothing, all is output} */
    public InputStream errors() {
        return process.errors();
    }

    /** {@return its input; closing it is its end} */
    public OutputStream input() {
        return process.input();
    }

    /** {@return its first process} */
    public AttachedProcess process() {
        return process;
    }

    /** Waits for the end. {@return the exit code; 128 + n if signal n ended it} */
    public int await() {
        return process.await();
    }

    /** Waits for the end for a time. {@return the exit code; empty if the time was over first} */
    public OptionalInt await(Duration time) {
        return process.await(time);
    }

    /** Executes one more process in it. {@return that; to be closed} */
    public AttachedProcess exec(String... command) {
        return exec(ExecSpec.of(command));
    }

    /** The same with more to say. */
    public AttachedProcess exec(ExecSpec spec) {
        return wherry.exec(id, spec);
    }

    /** The same for what a builder has. */
    public AttachedProcess exec(ExecSpec.Builder spec) {
        return exec(spec.build());
    }

    /** {@return all that is kept of its output and errors, in the order in which it came; all of it is in memory} */
    public String logs() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        wherry.logs(id, LogQuery.EVERYTHING, (_, bytes, length) -> {
            all.write(bytes, 0, length);
            return true;
        });
        return all.toString(StandardCharsets.UTF_8);
    }

    /** Ends it: its stop signal, then, after its stop time-out or 10 s, the end of everything in it. Waits for that. */
    public void stop() {
        wherry.stop(id, Optional.empty(), OptionalInt.empty());
    }

    /** Sends a signal to its first process. Behind {@link Signal#KILL} it has ended. */
    public void kill(Signal signal) {
        wherry.kill(id, signal);
    }

    /** {@return all that is known of it now} */
    public ContainerDetails inspect() {
        return wherry.inspect(id);
    }

    /** Kills it if it runs, and removes it. A second time does nothing; nor if somebody else has removed it. */
    @Override
    public void close() {
        process.close(); // first: a monitor waits for the reader that it has
        wherry.discard(id);
    }
}
