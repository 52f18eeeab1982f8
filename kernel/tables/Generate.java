import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Turns the lists beside this file into source: {@code java Generate.java c OUTDIR} writes {@code tables.h} and {@code tables.c} for the
 * pilot, {@code java Generate.java java OUTDIR} the enums of io.wherry.kernel. Nothing is written when nothing changed, so that a build
 * that compares times stays incremental. A row that cannot be understood ends the program with its file and line.
 */
final class Generate {
    private Generate() {}

    /** An operand's type: kind, bytes per unit (or exact size), and the operand that counts the units, or -1. */
    record Operand(String kind, int size, int lengthAt) {
        static Operand parse(String word) {
            int at = word.indexOf('@');
            int colon = word.indexOf(':');
            if (at >= 0) {
                String kind = word.substring(0, at);
                String[] count = word.substring(at + 1).split("x");
                int unit = kind.equals("filter") ? 8 : count.length > 1 ? Integer.parseInt(count[1]) : 1;
                return new Operand(known(kind, "buf", "filter", "strs"), unit, Integer.parseInt(count[0]));
            }
            if (colon >= 0) {
                return new Operand(known(word.substring(0, colon), "in"), Integer.parseInt(word.substring(colon + 1)), -1);
            }
            return new Operand(known(word, "fd", "str", "str?", "text", "imm", "pair", "call"), 0, -1);
        }

        private static String known(String kind, String... kinds) {
            if (!List.of(kinds).contains(kind)) {
                throw new IllegalArgumentException("unknown operand type `" + kind + "`");
            }
            return kind.replace("str?", "str_opt").toUpperCase(Locale.ROOT);
        }
    }

    /** One row: number, name, operand types, what it makes, and the manual pages that tell about it. */
    record Row(int number, String name, List<Operand> operands, String result, String words, String pages) {
        String constant() {
            return name.replace('.', '_').toUpperCase(Locale.ROOT);
        }

        String kernelName() {
            int dot = name.indexOf('.');
            return dot < 0 ? name : name.substring(0, dot);
        }
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 2 || !(args[0].equals("c") || args[0].equals("java"))) {
            System.err.println("usage: java Generate.java c|java OUTDIR");
            System.exit(2);
        }
        Path here = Path.of(System.getProperty("jdk.launcher.sourcefile", "kernel/tables/Generate.java")).toAbsolutePath().getParent();
        List<Row> ops = read(here.resolve("ops.txt"), true);
        List<Row> calls = read(here.resolve("calls.txt"), true);
        List<Row> frames = read(here.resolve("frames.txt"), false);
        List<Row> treeOps = read(here.resolve("treeops.txt"), false);
        List<Row> errnos = read(here.resolve("errnos.txt"), false);
        Path out = Path.of(args[1]);
        if (args[0].equals("c")) {
            write(out.resolve("tables.h"), cHeader(ops, calls, frames, treeOps));
            write(out.resolve("tables.c"), cSource(ops, calls));
            return;
        }
        Path program = out.resolve("io/wherry/kernel/program");
        write(program.resolve("Op.java"), typed("Op", "An instruction of a kernel program: one row of ops.txt.", ops, false));
        write(program.resolve("Call.java"), typed("Call", "A system call that a kernel program may make: one row of calls.txt.", calls, true));
        write(program.resolve("Errno.java"), errno(errnos));
        write(out.resolve("io/wherry/kernel/launch/FrameType.java"),
                plain("io.wherry.kernel.launch", "FrameType", "The type byte of a frame: one row of frames.txt.", frames));
        write(out.resolve("io/wherry/kernel/tree/TreeOp.java"),
                plain("io.wherry.kernel.tree", "TreeOp", "An operation of a tree stream: one row of treeops.txt.", treeOps));
    }

    private static List<Row> read(Path file, boolean typed) throws IOException {
        List<Row> rows = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            int comment = line.indexOf('#');
            String body = (comment < 0 ? line : line.substring(0, comment)).strip();
            if (body.isEmpty()) {
                continue;
            }
            try {
                rows.add(row(body, typed));
            } catch (RuntimeException e) {
                throw new IllegalArgumentException(file + ":" + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        for (int i = 0; i < rows.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (rows.get(i).number() == rows.get(j).number() || rows.get(i).name().equals(rows.get(j).name())) {
                    throw new IllegalArgumentException(file + ": two rows for `" + rows.get(i).words() + "`");
                }
            }
        }
        return rows;
    }

    private static Row row(String body, boolean typed) {
        int bar = typed ? body.indexOf('|') : -1;
        String[] words = (bar < 0 ? body : body.substring(0, bar).strip()).split("\\s+");
        int number = Integer.decode(words[0]);
        if (!typed) {
            return new Row(number, words[1], List.of(), "none", body, "");
        }
        List<Operand> operands = new ArrayList<>();
        String result = "none";
        for (int i = 2; i < words.length; i++) {
            if (words[i].equals("->")) {
                result = words[++i].replace("fd?", "fd_opt");
                if (!List.of("fd", "fd_opt", "pair").contains(result) || i != words.length - 1) {
                    throw new IllegalArgumentException("unknown result `" + words[i] + "`");
                }
            } else {
                operands.add(Operand.parse(words[i]));
            }
        }
        for (Operand operand : operands) {
            if (operand.lengthAt() >= operands.size() || operand.lengthAt() >= 0 && !operands.get(operand.lengthAt()).kind().equals("IMM")) {
                throw new IllegalArgumentException("@" + operand.lengthAt() + " names no plain number");
            }
        }
        String pages = bar < 0 ? "" : body.substring(bar + 1).strip();
        return new Row(number, words[1], operands, result.toUpperCase(Locale.ROOT), body, pages);
    }

    private static String cHeader(List<Row> ops, List<Row> calls, List<Row> frames, List<Row> treeOps) {
        StringBuilder s = new StringBuilder("/* Generated from kernel/tables by Generate.java: do not edit. */\n#pragma once\n");
        cEnum(s, "op", "OP_", ops);
        cEnum(s, "call", "CALL_", calls);
        cEnum(s, "frame_type", "FRAME_", frames);
        cEnum(s, "tree_op", "TREE_", treeOps);
        s.append("\nenum { OP_LIMIT = ").append(limit(ops)).append(", CALL_LIMIT = ").append(limit(calls));
        s.append(", TREE_LIMIT = ").append(limit(treeOps)).append(" };\n");
        return s.toString();
    }

    private static void cEnum(StringBuilder s, String name, String prefix, List<Row> rows) {
        s.append("\nenum ").append(name).append(" {\n");
        for (Row row : rows) {
            s.append("    ").append(prefix).append(row.constant()).append(" = ").append(row.number()).append(",\n");
        }
        s.append("};\n");
    }

    private static String cSource(List<Row> ops, List<Row> calls) {
        StringBuilder s = new StringBuilder("/* Generated from kernel/tables by Generate.java: do not edit. */\n");
        s.append("#include \"program.h\"\n#include <asm/unistd.h>\n");
        s.append("\nconst struct signature op_table[OP_LIMIT] = {\n");
        for (Row row : ops) {
            cRow(s, "OP_", row, "0");
        }
        s.append("};\n\nconst struct signature call_table[CALL_LIMIT] = {\n");
        for (Row row : calls) {
            cRow(s, "CALL_", row, "__NR_" + row.kernelName());
        }
        return s.append("};\n").toString();
    }

    private static void cRow(StringBuilder s, String prefix, Row row, String number) {
        s.append("    [").append(prefix).append(row.constant()).append("] = {true, RESULT_").append(row.result()).append(", ");
        s.append(row.operands().size()).append(", ").append(number).append(", {");
        for (Operand operand : row.operands()) {
            s.append("{KIND_").append(operand.kind()).append(", ").append(operand.lengthAt()).append(", ").append(operand.size()).append("}, ");
        }
        s.append("}},\n");
    }

    private static int limit(List<Row> rows) {
        int limit = 0;
        for (Row row : rows) {
            limit = Math.max(limit, row.number() + 1);
        }
        return limit;
    }

    private static StringBuilder javaHead(String packageName, String doc, String name) {
        StringBuilder s = new StringBuilder("// Generated from kernel/tables by Generate.java: do not edit.\n");
        s.append("package ").append(packageName).append(";\n\n");
        s.append("/** ").append(doc).append(" */\npublic enum ").append(name).append(" {\n");
        return s;
    }

    private static String typed(String name, String doc, List<Row> rows, boolean call) {
        StringBuilder s = javaHead("io.wherry.kernel.program", doc, name);
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            s.append("    /** {@code ").append(row.words()).append("} */\n    ").append(row.constant()).append('(').append(row.number());
            s.append(", \"").append(row.name()).append("\", \"").append(manual(row, call)).append("\", Operand.Result.").append(row.result());
            for (Operand operand : row.operands()) {
                s.append(",\n            new Operand(Operand.Kind.").append(operand.kind()).append(", ").append(operand.size());
                s.append(", ").append(operand.lengthAt()).append(')');
            }
            s.append(i == rows.size() - 1 ? ");\n" : "),\n");
        }
        fields(s, name, limit(rows));
        s.append("\n    private final String label;\n    private final String manual;\n    private final Operand.Result result;\n    private final Operand[] operands;\n");
        s.append("\n    ").append(name).append("(int number, String label, String manual, Operand.Result result, Operand... operands) {\n");
        s.append("        this.number = number;\n        this.label = label;\n        this.manual = manual;\n        this.result = result;\n");
        s.append("        this.operands = operands;\n    }\n");
        s.append("\n    /** {@return the name in the table").append(call ? "; what stands before a dot is the kernel's" : "").append("} */\n");
        s.append("    public String label() {\n        return label;\n    }\n");
        s.append("\n    /** {@return the manual pages that tell about it, such as {@code openat2(2) write(2)}; empty where it makes no call} */\n");
        s.append("    public String manual() {\n        return manual;\n    }\n");
        s.append("\n    /** {@return what the instruction's {@code dst} receives} */\n");
        s.append("    public Operand.Result result() {\n        return result;\n    }\n");
        s.append("\n    /** {@return how many operands it takes} */\n    public int operandCount() {\n        return operands.length;\n    }\n");
        s.append("\n    /** {@return the type of operand {@code index}, counted from 0} */\n");
        s.append("    public Operand operand(int index) {\n        return operands[index];\n    }\n");
        lookup(s, name);
        return s.append("}\n").toString();
    }

    /** All in section 2. A call without pages of another name has its own; an instruction has none then. */
    private static String manual(Row row, boolean call) {
        String pages = call && row.pages().isEmpty() ? row.kernelName() : row.pages();
        return pages.isEmpty() ? "" : pages.replace(" ", "(2) ") + "(2)";
    }

    private static String plain(String packageName, String name, String doc, List<Row> rows) {
        StringBuilder s = javaHead(packageName, doc, name);
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            s.append("    /** {@code ").append(row.words()).append("} */\n    ").append(row.constant()).append('(').append(row.number());
            s.append(i == rows.size() - 1 ? ");\n" : "),\n");
        }
        fields(s, name, limit(rows));
        s.append("\n    ").append(name).append("(int number) {\n        this.number = number;\n    }\n");
        lookup(s, name);
        return s.append("}\n").toString();
    }

    private static String errno(List<Row> rows) {
        StringBuilder s = javaHead("io.wherry.kernel.program", "An error number of Linux: one row of errnos.txt.", "Errno");
        for (int i = 0; i < rows.size(); i++) {
            s.append("    ").append(rows.get(i).constant()).append('(').append(rows.get(i).number());
            s.append(i == rows.size() - 1 ? ");\n" : "),\n");
        }
        fields(s, "Errno", limit(rows));
        s.append("\n    Errno(int number) {\n        this.number = number;\n    }\n");
        s.append("\n    /** {@return the name of an error number, or {@code errno 4094} for one without a name} */\n");
        s.append("    public static String name(int number) {\n");
        s.append("        Errno errno = of(number);\n        return errno == null ? \"errno \" + number : errno.name();\n    }\n");
        lookup(s, "Errno");
        return s.append("}\n").toString();
    }

    private static void fields(StringBuilder s, String name, int limit) {
        s.append("\n    private static final @org.jspecify.annotations.Nullable ").append(name).append("[] BY_NUMBER = new ").append(name);
        s.append('[').append(limit).append("];\n\n    static {\n        for (").append(name).append(" each : values()) {\n");
        s.append("            BY_NUMBER[each.number] = each;\n        }\n    }\n\n    private final int number;\n");
    }

    private static void lookup(StringBuilder s, String name) {
        s.append("\n    /** {@return the number in programs and on the wire} */\n    public int number() {\n        return number;\n    }\n");
        s.append("\n    /** {@return the constant with this number, or null} */\n    public static @org.jspecify.annotations.Nullable ").append(name);
        s.append(" of(int number) {\n        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;\n    }\n");
    }

    private static void write(Path file, String text) throws IOException {
        if (Files.exists(file) && Files.readString(file).equals(text)) {
            return;
        }
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
