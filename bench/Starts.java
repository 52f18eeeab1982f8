import io.wherry.engine.ContainerSpec;
import io.wherry.engine.Wherry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Starts containers by the library, eight at a time, and prints how many seconds that took: Starts BINARY ROOT IMAGE COUNT. Run as a source file on the modules of an installation. */
final class Starts {
    private static final int AT_ONCE = 8;

    private Starts() {}

    public static void main(String[] words) throws Exception {
        int count = Integer.parseInt(words[3]);
        Wherry.Options options = Wherry.Options.DEFAULT.root(Path.of(words[1])).binary(Path.of(words[0]));
        try (Wherry wherry = Wherry.open(options);
                ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
            start(wherry, words[2], "first"); // the classes
            long began = System.nanoTime();
            List<Future<?>> starts = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String name = "library-" + i;
                starts.add(pool.submit(() -> start(wherry, words[2], name)));
            }
            for (Future<?> start : starts) {
                start.get();
            }
            System.out.printf("%.3f%n", (System.nanoTime() - began) / 1e9);
            wherry.remove("first", true);
        }
    }

    private static void start(Wherry wherry, String image, String name) {
        wherry.create(ContainerSpec.of(image).command("sleep", "600").name(name).network("none").build());
        wherry.start(name);
    }
}
