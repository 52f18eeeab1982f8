package io.wherry.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Runs a program between two ledgers: {@code java -cp testkit.jar io.wherry.testkit.LedgerMain [--root FOLDER] PROGRAM [ARGUMENT…]}. The program has this
 * one's input and output; the exit code is the program's, or 98 if it ended with 0 and the ledgers differ for more than two seconds. Without a program it prints what
 * is there.
 */
public final class LedgerMain {
    private static final int LEAKED = 98;

    private LedgerMain() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        LedgerScope scope = LedgerScope.standard();
        List<String> words = List.of(args);
        while (words.size() >= 2 && words.getFirst().equals("--root")) {
            scope = scope.watching(Path.of(words.get(1)));
            words = words.subList(2, words.size());
        }
        Ledger before = Ledger.take(scope);
        if (words.isEmpty()) {
            before.entries().forEach(System.out::println);
            return;
        }
        int code = new ProcessBuilder(words).inheritIO().start().waitFor();
        LedgerDifference difference = before.differenceOnceSettled(Duration.ofSeconds(2));
        System.err.print(difference);
        System.exit(code == 0 && !difference.isEmpty() ? LEAKED : code);
    }
}
