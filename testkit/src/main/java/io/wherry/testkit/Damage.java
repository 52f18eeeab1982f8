package io.wherry.testkit;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A fuzzer without a fuzzing engine: sound inputs, then these with a few bytes changed, cut or doubled, always the same ones. What {@code fuzzerTestOneInput} of a class
 * named {@code …Fuzzer} must survive in every check; {@code testkit/fuzz.sh} gives the same classes to Jazzer.
 */
public final class Damage {
    private static final int[] EDGES = {0, 1, 0x20, 0x30, 0x37, 0x7f, 0x80, 0xff};

    private Damage() {}

    /** Gives the target each seed and so many damaged forms of it. An exception that the target lets through is reported with the input that made it. */
    public static void of(List<byte[]> seeds, int rounds, Consumer<byte[]> target) {
        for (int k = 0; k < seeds.size(); k++) {
            attempt(seeds.get(k), target);
            Random random = new Random(k);
            for (int round = 0; round < rounds; round++) {
                attempt(damaged(seeds.get(k), random), target);
            }
        }
    }

    private static void attempt(byte[] input, Consumer<byte[]> target) {
        try {
            target.accept(input.clone());
        } catch (RuntimeException | Error e) {
            throw new AssertionError("broken by " + HexFormat.of().formatHex(input), e);
        }
    }

    private static byte[] damaged(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(8)) {
                case 0 -> bytes = Arrays.copyOf(bytes, at);
                case 1 -> { // a piece twice
                    int length = random.nextInt(bytes.length - at);
                    byte[] longer = Arrays.copyOf(bytes, bytes.length + length);
                    System.arraycopy(bytes, at, longer, at + length, bytes.length - at);
                    bytes = longer;
                }
                case 2 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 3 -> bytes[at] = (byte) random.nextInt(256);
                case 4 -> bytes[at] = bytes[random.nextInt(bytes.length)];
                default -> bytes[at] = (byte) EDGES[random.nextInt(EDGES.length)];
            }
        }
        return bytes;
    }

    /** Writes the seeds of the class that the first word names as files of the folder that the second names, for an engine that wants files. */
    @SuppressWarnings("unchecked")
    public static void main(String[] words) throws IOException, ReflectiveOperationException {
        try {
            List<byte[]> seeds =
                    (List<byte[]>) Class.forName(words[0]).getMethod("seeds").invoke(null);
            Path folder = Files.createDirectories(Path.of(words[1]));
            for (int k = 0; k < seeds.size(); k++) {
                Files.write(folder.resolve("seed-" + k), seeds.get(k));
            }
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(words[0], e.getCause());
        }
    }
}
