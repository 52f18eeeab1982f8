package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.launch.CommandLauncher;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.oci.WherryException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The engine of a command: what starts a container, or joins one, ends the JVM, and the launcher goes on in its place.
 */
public final class CommandEngine extends Engine {
    private final CommandLauncher launcher;

    private CommandEngine(StateRoot root, HostFacts facts, CommandLauncher launcher, Path builtIn, String driver) {
        super(root, facts, launcher, builtIn, driver);
        this.launcher = launcher;
    }

    /**
     * {@return an engine on a root}
     *
     * @param builtIn a folder of OCI image layouts that need no network, one a name
     * @param driver the storage driver; empty for the best that works here
     */
    public static CommandEngine open(
            StateRoot root, HostFacts facts, CommandLauncher launcher, Path builtIn, String driver) {
        return new CommandEngine(root, facts, launcher, builtIn, driver);
    }

    /**
     * Creates a container and hands its program to the launcher. For a command this is the end: the launcher takes over.
     *
     * @throws WherryException if what is asked cannot be had; then nothing is left behind
     */
    public void run(ContainerSpec spec) {
        run(spec, spec.detached() ? Attachment.NONE : Attachment.WHOLE, CreationListener.NONE);
    }

    /**
     * The same, for a command that stays with the container in its own way.
     *
     * @param listener hears of the container before it starts
     */
    public void run(ContainerSpec asked, Attachment how, CreationListener listener) {
        ContainerSpec spec = settled(asked);
        ContainerId id = ContainerId.random();
        KernelProgram program = create(spec, id, !spec.remove());
        listener.created(id);
        launcher.launch(program, id.text(), how.startFlags(spec), how.detachKeys());
    }

    /**
     * The same, one instruction at a time: each is shown, and runs when the person at the command's input says so. The program that is kept is not changed, so a later start is not stepped.
     *
     * @param spec without input, which is the person's
     */
    public void step(ContainerSpec spec, Attachment how, CreationListener listener) {
        OwnerMapping.refuse(spec);
        ContainerId id = ContainerId.random();
        KernelProgram program = create(spec, id, !spec.remove());
        listener.created(id);
        List<String> texts = new Explanation(start.compile(files.record(id)).plan(), program).texts();
        launcher.step(program.stepped(), texts, id.text(), how.startFlags(spec));
    }

    /**
     * Attaches to a container that runs. For a command this is the end: the launcher takes over.
     *
     * @throws WherryException of kind FAILED_PRECONDITION if it does not run
     */
    public void attach(String word, Attachment how) {
        ContainerId id = files.find(word);
        healing.heal(id);
        new Attaching(files, launcher).attach(id, how);
    }

    /**
     * Hands the program of a container that exists to the launcher, which stays attached to it. For a command this is the end.
     *
     * @param how how the command stays with it
     * @throws WherryException of kind FAILED_PRECONDITION if it runs already
     */
    public void startAttached(String word, Attachment how) {
        ContainerId id = healed(word);
        ContainerSpec spec = files.record(id).spec();
        KernelProgram program = start.prepare(id)
                .orElseThrow(() -> new WherryException(
                        WherryException.Kind.FAILED_PRECONDITION,
                        "The container `" + word + "` is running already.",
                        "Attach to it with `wherry attach " + word + "`."));
        launcher.launch(program, id.text(), how.flags(spec), how.detachKeys());
    }

    /**
     * Executes one more process in a container that runs, and hands its program to the launcher. For a command this is the end: the launcher takes over.
     *
     * @throws WherryException of kind FAILED_PRECONDITION if the container does not run, or is paused
     */
    public void exec(String word, ExecSpec spec) {
        exec(word, spec, CommandLauncher.DETACH_KEYS);
    }

    /**
     * The same with keys of one's own.
     *
     * @param detachKeys 1 to 16 characters of ASCII that are typed to leave its terminal
     */
    public void exec(String word, ExecSpec spec, String detachKeys) {
        ContainerExec.Compiled compiled = exec.compile(healed(word), spec);
        int flags = (spec.detached() ? CommandLauncher.DETACHED | CommandLauncher.QUIET : 0)
                | (spec.interactive() ? CommandLauncher.INTERACTIVE : 0)
                | (spec.terminal() ? CommandLauncher.TERMINAL : 0);
        launcher.launch(compiled.program(), compiled.id(), flags, detachKeys);
    }

    /**
     * Hands the program of a container that could not be started over once more, if it comes out differently for the facts that this engine has: then it failed for facts that no longer
     * hold. For a command that is the end.
     *
     * @param id the id that was handed to the launcher
     * @param how as when it was handed over
     * @return whether there is another program; if not, it failed for a reason of its own
     */
    public boolean again(String id, Attachment how) {
        ContainerId container = new ContainerId(id);
        KernelProgram program = start.compile(files.record(container)).program();
        if (Arrays.equals(program.bytes(), files.program(container).bytes())) {
            return false;
        }
        removal.waitUntilUnattended(container); // the pilot has said its last word and may still be ending
        StateFile.write(files.folder(container).resolve("program"), program.bytes());
        launcher.launch(program, id, how.startFlags(files.record(container).spec()), how.detachKeys());
        return true;
    }
}
