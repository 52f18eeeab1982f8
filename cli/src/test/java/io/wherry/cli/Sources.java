package io.wherry.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The checkout that is tested: its modules and the text of its main sources. */
final class Sources {
    private static final Pattern MODULE = Pattern.compile("<module>(.*?)</module>");
    private static final Pattern PUBLIC_TYPE = Pattern.compile(
            "^ *public (?:static |abstract |final |sealed |non-sealed |strictfp )*(?:class|interface|@interface|enum|record) (\\w+).*");

    private Sources() {}

    /** {@return the top folder, as the build says it} */
    static Path root() {
        return Path.of(System.getProperty("wherry.source", ".."))
                .toAbsolutePath()
                .normalize();
    }

    /** {@return the modules that the top pom names, in its order} */
    static List<String> modules() {
        try {
            Matcher matcher = MODULE.matcher(Files.readString(root().resolve("pom.xml")));
            List<String> modules = new ArrayList<>();
            while (matcher.find()) {
                modules.add(matcher.group(1));
            }
            return modules;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the main sources of all modules whose names end so} */
    static List<Path> files(String end) {
        List<Path> files = new ArrayList<>();
        for (String module : modules()) {
            try (Stream<Path> tree = Files.walk(root().resolve(module).resolve("src/main/java"))) {
                tree.filter(file -> file.toString().endsWith(end)).forEach(files::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return files;
    }

    /** {@return names of the public types, nested ones too, that no Javadoc stands before; a scan of lines, not a parser} */
    static List<String> undocumentedTypes(List<String> lines) {
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher matcher = PUBLIC_TYPE.matcher(lines.get(i));
            if (matcher.matches() && !documented(lines, i)) {
                missing.add(matcher.group(1));
            }
        }
        return missing;
    }

    /** Goes up over annotations, which may take several lines, to the end of a comment or of the code before. */
    private static boolean documented(List<String> lines, int type) {
        for (int i = type - 1; i >= 0; i--) {
            String line = lines.get(i).strip();
            if (line.endsWith("*/")) {
                return !line.equals("/** */");
            }
            if (line.isEmpty() || line.endsWith(";") || line.endsWith("{") || line.equals("}")) {
                return false;
            }
        }
        return false;
    }
}
