package io.wherry.cli;

import io.wherry.kernel.launch.CommandLauncher;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.KernelProgram;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keeps the programs that it is handed and runs none. */
public final class RecordingLauncher implements CommandLauncher {
    @Override
    public void detach(KernelProgram program) {}

    /** A program handed over. */
    public record Launch(KernelProgram program, String id, int flags, String detachKeys) {}

    private final List<Launch> launches = new ArrayList<>();

    public List<Launch> launches() {
        return launches;
    }

    @Override
    public void launch(KernelProgram program, String id, int flags, String detachKeys) {
        launches.add(new Launch(program, id, flags, detachKeys));
    }

    @Override
    public void attach(Path socket, int flags, String detachKeys) {
        throw new AssertionError("no container runs");
    }

    @Override
    public void leave(int code) {
        throw new AssertionError("a command must not leave by itself");
    }

    @Override
    public TaskResult task(KernelProgram program, int strand) {
        List<TaskResult.Note> notes = new ArrayList<>();
        for (int i = 0; i < program.size(); i++) {
            notes.add(new TaskResult.Note(i, 0)); // a kernel that can all that it is asked for
        }
        return new TaskResult(0, Optional.empty(), notes, List.of());
    }

    @Override
    public TreeTask tree(KernelProgram program) {
        throw new AssertionError("no tree is expected");
    }
}
