package io.wherry.engine;

import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.Disassembler;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.RemoveFile;
import io.wherry.kernel.step.Step;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonString;
import io.wherry.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A program made readable: its typed steps by strand, and the instructions of each. What is explained is what would run, byte for byte. */
public final class Explanation {
    private static final String LEASE = "<lease>"; // as a preview prints it
    private static final String INDENT = " ".repeat(10);

    private static final int LONGEST_SHOWN = 600;
    private static final String[] ROLES = {
        "the pilot, later the monitor",
        "the container's first process",
        "a process in between",
        "clean-up between two starts",
        "a helper",
        "a helper",
        "removal, when the container has ended",
        "sweep: clean-up by name, from any state"
    };

    private static final String[] EXEC_ROLES = {
        "the pilot, later the monitor",
        "the one that joins the container",
        "the process in the container",
        "a helper",
        "a helper",
        "a helper",
        "removal",
        "sweep: clean-up by name, from any state"
    };

    private final String[] roles;
    private final KernelProgram program;
    private final List<Line> lines = new ArrayList<>();
    private final List<String> chances = new ArrayList<>(); // each with its placeholder behind it
    private String takenName = "";

    /** A step and where its instructions are. */
    private record Line(int strand, int number, Step step, int first, int count) {}

    Explanation(Plan plan, KernelProgram program) {
        this(plan, program, ROLES);
    }

    /** {@return the program of one more process in a container, explained} */
    static Explanation ofExec(Plan plan, KernelProgram program) {
        return new Explanation(plan, program, EXEC_ROLES);
    }

    private Explanation(Plan plan, KernelProgram program, String[] roles) {
        this.roles = roles;
        this.program = program;
        int number = 0;
        for (int strand = 0; strand < ROLES.length; strand++) {
            int at = program.first(strand);
            int end = at + program.count(strand);
            for (Step step : plan.steps(strand)) {
                int first = at;
                while (at < end && program.instruction(at).step() == number) {
                    at++;
                }
                lines.add(new Line(strand, number, step, first, at - first));
                number++;
            }
        }
    }

    /**
     * {@return the text}
     *
     * @param verbose with the instructions under each step
     * @param why with the reason of each step, and the manual pages of its calls
     */
    public String text(boolean verbose, boolean why) {
        StringBuilder text = new StringBuilder();
        int strand = -1;
        for (Line line : lines) {
            if (line.strand != strand) {
                strand = line.strand;
                text.append(text.isEmpty() ? "" : "\n")
                        .append("strand ")
                        .append(strand)
                        .append("  ")
                        .append(roles[strand])
                        .append('\n');
            }
            String number = Integer.toString(line.number);
            text.append(" ".repeat(4 - Math.min(3, number.length())))
                    .append(number)
                    .append("  ")
                    .append(line.step.describe())
                    .append('\n');
            if (why) {
                text.append(INDENT).append(line.step.why()).append('\n');
                String pages = manual(line);
                text.append(pages.isEmpty() ? "" : INDENT + pages + "\n");
            }
            for (int i = 0; verbose && i < line.count; i++) {
                text.append(INDENT)
                        .append(line.first + i)
                        .append("  ")
                        .append(Disassembler.print(program, line.first + i))
                        .append('\n');
            }
        }
        return text.append('\n')
                .append(program.size())
                .append(" instructions, ")
                .append(program.bytes().length)
                .append(" bytes\n")
                .toString();
    }

    /** The manual pages of a step's calls, each once, in the order of its calls. */
    private String manual(Line line) {
        Set<String> pages = new LinkedHashSet<>();
        for (int i = 0; i < line.count; i++) {
            pages.addAll(List.of(Disassembler.manual(program, line.first + i).split(" ")));
        }
        pages.remove("");
        return String.join(", ", pages);
    }

    /** {@return the same as data: a list of {@code {strand, step, name, text, why, manual, instructions}}} */
    public JsonArray json() {
        List<JsonValue> steps = new ArrayList<>();
        for (Line line : lines) {
            List<JsonValue> instructions = new ArrayList<>();
            for (int i = 0; i < line.count; i++) {
                instructions.add(new JsonString(Disassembler.print(program, line.first + i)));
            }
            steps.add(JsonObject.builder()
                    .put("strand", line.strand)
                    .put("step", line.number)
                    .put("name", line.step.name())
                    .put("text", line.step.describe())
                    .put("why", line.step.why())
                    .put("manual", manual(line))
                    .put("instructions", JsonArray.of(instructions))
                    .build());
        }
        return JsonArray.of(steps);
    }

    /** Says what a container or an execution has by chance, so that it is no difference to another. {@return this} */
    Explanation of(String id, String name, Optional<String> address) {
        chances.addAll(List.of(id, "<id>", id.substring(0, Math.min(12, id.length())), "<short id>"));
        takenName = name;
        address.ifPresent(lease -> chances.addAll(List.of(lease, LEASE)));
        return this;
    }

    /** {@return what the process of a strand is} */
    String role(int strand) {
        return roles[strand];
    }

    /** {@return the steps of a strand, and if asked their instructions, without what they have by chance} */
    List<String> lines(int strand, boolean verbose) {
        List<String> all = new ArrayList<>();
        for (Line line : lines) {
            if (line.strand == strand) {
                boolean frees = strand == Assembler.REMOVAL && line.step instanceof RemoveFile;
                List<String> texts = new ArrayList<>(List.of(line.step.describe()));
                for (int i = 0; verbose && i < line.count; i++) {
                    texts.add("    " + Disassembler.print(program, line.first + i));
                }
                for (String text : texts) {
                    all.add(withoutChance(frees ? text.replace(takenName, "<name>") : text));
                }
            }
        }
        return all;
    }

    /** An address ends where no digit follows: 10.0.0.1 is not a part of 10.0.0.12. */
    private String withoutChance(String text) {
        StringBuilder changed = new StringBuilder(text);
        for (int i = 0; i < chances.size(); i += 2) {
            String chance = chances.get(i);
            for (int at = changed.indexOf(chance); at >= 0; at = changed.indexOf(chance, at + 1)) {
                int end = at + chance.length();
                boolean longer = end < changed.length() && Character.isDigit(changed.charAt(end));
                if (!longer || !chances.get(i + 1).equals(LEASE)) {
                    changed.replace(at, end, chances.get(i + 1));
                }
            }
        }
        return changed.toString();
    }

    /** {@return for each instruction what a person reads before it runs: its step, if it is the first of that, and its own line} */
    List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (Line line : lines) {
            for (int i = 0; i < line.count; i++) {
                String step = "\nstrand " + line.strand + "  step " + line.number + "  "
                        + printable(line.step.describe()) + "\n";
                texts.add((i == 0 ? step : "") + "    " + (line.first + i) + "  "
                        + shortened(Disassembler.print(program, line.first + i)) + "\n");
            }
        }
        return texts;
    }

    /** What a user wrote must not steer the terminal that it is shown on. */
    private static String printable(String text) {
        StringBuilder shown = new StringBuilder(text);
        for (int i = 0; i < shown.length(); i++) {
            if (Character.isISOControl(shown.charAt(i))) {
                shown.setCharAt(i, '?');
            }
        }
        return shown.toString();
    }

    /** {@return the program that was explained} */
    public KernelProgram program() {
        return program;
    }

    /** Who steps has a terminal before them; {@code explain -v} prints all of it. */
    private static String shortened(String line) {
        return line.length() <= LONGEST_SHOWN
                ? line
                : line.substring(0, LONGEST_SHOWN) + " … (" + line.length() + " characters; `explain -v` shows all)";
    }
}
