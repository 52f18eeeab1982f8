package io.wherry.engine;

import io.wherry.kernel.launch.CommandLauncher;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.KernelProgram;
import java.nio.file.Path;

/** For compilation, which runs nothing. A test that expects one thing overrides that. */
class NoLauncher implements CommandLauncher {
    @Override
    public void launch(KernelProgram program, String id, int flags, String detachKeys) {
        throw new AssertionError("launched");
    }

    @Override
    public void attach(Path socket, int flags, String detachKeys) {
        throw new AssertionError("attached");
    }

    @Override
    public void leave(int code) {
        throw new AssertionError("left");
    }

    @Override
    public TaskResult task(KernelProgram program, int strand) {
        throw new AssertionError("ran a task");
    }

    @Override
    public void detach(KernelProgram program) {
        throw new AssertionError("detached");
    }

    @Override
    public TreeTask tree(KernelProgram program) {
        throw new AssertionError("opened a tree");
    }
}
