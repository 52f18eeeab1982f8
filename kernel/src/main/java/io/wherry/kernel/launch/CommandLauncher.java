package io.wherry.kernel.launch;

import io.wherry.kernel.program.KernelProgram;
import java.nio.file.Path;
import java.util.List;

/**
 * The launcher of a command, which can also take the command's place.
 *
 * <p>{@link #launch}, {@link #attach} and {@link #leave} are final: behind them the JVM is ended by its parent, whatever other threads do. So nothing that is to be used in a JVM of somebody
 * else takes one of these.
 */
public interface CommandLauncher extends Launcher {
    /** Flag of {@link #launch}: nobody stays attached; the container's id is printed. */
    int DETACHED = 1;
    /** Flag: the caller's input is forwarded. */
    int INTERACTIVE = 2;
    /** Flag: the caller's terminal is put into raw mode. */
    int TERMINAL = 4;
    /** Flag: nothing but the output is printed, not even the id of what is detached. */
    int QUIET = 16;
    /** Flag: the container's id is printed although somebody stays attached. */
    int PRINT_ID = 8;
    /** Flag: signals to the command are not the container's; one that ends programs ends the command. */
    int KEEPS_SIGNALS = 32;
    /** Flag: the container's output is not shown. */
    int NO_OUTPUT = 64;
    /** Flag: the container's error output is not shown. */
    int NO_ERRORS = 128;

    /** The keys that leave a container's terminal where nothing else was asked: ctrl-p, ctrl-q. */
    String DETACH_KEYS = "\u0010\u0011";

    /**
     * Hands a container's program over. Does not return.
     *
     * @param id the container's full id, for the failure report
     * @param flags {@link #DETACHED}, {@link #INTERACTIVE} and so on
     * @param detachKeys at most 16 characters of ASCII; empty: nothing that is typed leaves the terminal
     */
    void launch(KernelProgram program, String id, int flags, String detachKeys);

    /** The same with the usual keys. */
    default void launch(KernelProgram program, String id, int flags) {
        launch(program, id, flags, DETACH_KEYS);
    }

    /**
     * Hands a container's program over that is run one instruction at a time, as the person at the command's input says. Does not return.
     *
     * @param program {@linkplain KernelProgram#stepped stepped}
     * @param texts for each instruction what is shown before it runs: lines, each with its end
     * @param flags as of {@link #launch}; the container gets no input
     */
    default void step(KernelProgram program, List<String> texts, String id, int flags) {
        throw new UnsupportedOperationException("nobody can be asked here");
    }

    /**
     * Becomes a client of a container that runs. Does not return.
     *
     * @param socket absolute path of its monitor's socket
     * @param flags as of {@link #launch}, but for those of the start
     * @param detachKeys as of {@link #launch}
     */
    void attach(Path socket, int flags, String detachKeys);

    /**
     * Shows a question on the caller's terminal, where nothing that is typed shows from then on, to the end of the command, however that comes. The answer is a line of the caller's input, which must be
     * a terminal. Once.
     */
    default void ask(String question) {
        throw new UnsupportedOperationException("nobody can be asked here");
    }

    /** Ends the command with an exit code, 0 to 255. Does not return. */
    void leave(int code);
}
