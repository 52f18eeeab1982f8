package io.wherry.engine;

import io.wherry.kernel.launch.ParentLauncher;
import java.nio.file.Files;
import java.nio.file.Path;

/** The contract in a JVM that `wherry` has started: its first argument is the launcher's word, its last one a folder. */
final class ContractInParent {
    private ContractInParent() {}

    public static void main(String[] arguments) throws Exception {
        ParentLauncher launcher = new ParentLauncher();
        Path folder = Path.of(arguments[arguments.length - 1]);
        for (LauncherContract.Check check : LauncherContract.all()) {
            try {
                check.body().run(launcher, Files.createDirectory(folder.resolve(check.name())));
                System.out.println("ok " + check.name());
            } catch (Exception | AssertionError e) {
                System.out.println("not ok " + check.name() + ": " + e);
            }
        }
        launcher.leave(0);
    }
}
