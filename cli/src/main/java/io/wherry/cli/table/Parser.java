package io.wherry.cli.table;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the words of one command by its table, in the manner of docker's flags. It goes on behind a wrong word, so that one
 * {@link UsageException} names them all.
 *
 * @param <W> the command's words
 */
public final class Parser<W> {
    private final String command;
    private final OptionTable<W> table;
    private final Operands rule;
    private final int misuse;
    private final List<String> operands = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private List<String> input = List.of();
    private int at;
    private boolean help;

    /**
     * A parser for one line.
     *
     * @param command how messages name it; empty for the program's own options
     * @param misuse the exit code of its problems
     */
    public Parser(String command, OptionTable<W> table, Operands rule, int misuse) {
        this.command = command;
        this.table = table;
        this.rule = rule;
        this.misuse = misuse;
    }

    /** Fills {@code words} and returns the operands; unless help was asked for, every problem of the line is in the exception. */
    public List<String> parse(List<String> line, W words) {
        input = line;
        at = 0;
        boolean ended = false;
        while (at < input.size()) {
            String word = input.get(at++);
            if (ended || word.length() < 2 || word.charAt(0) != '-') {
                operands.add(word);
                ended |= rule.endOptions();
            } else if (word.equals("--")) {
                ended = true;
            } else if (word.charAt(1) == '-') {
                longOption(word, words);
            } else {
                cluster(word, words);
            }
        }
        if (!help) {
            boolean understood = problems.isEmpty();
            countOperands();
            if (!problems.isEmpty()) {
                throw new UsageException(command, problems, understood ? 1 : misuse); // docker's codes
            }
        }
        return operands;
    }

    /** {@return whether {@code --help} was among the options} */
    public boolean askedForHelp() {
        return help;
    }

    private void longOption(String word, W words) {
        int equals = word.indexOf('=');
        String name = word.substring(2, equals < 0 ? word.length() : equals);
        String attached = equals < 0 ? null : word.substring(equals + 1);
        Option<W> option = table.find(name);
        if (option != null) {
            set(option, "--" + name, value(option, "--" + name, attached), words);
        } else if (name.equals("help")) {
            help = true;
        } else {
            unknown("--" + name, table.nearest(name), attached);
        }
    }

    /** {@code -it}, {@code -eA=b}, {@code -t=false}: letters of flags, at most one with a value at the end. */
    private void cluster(String word, W words) {
        for (int i = 1; i < word.length(); i++) {
            String spelled = "-" + word.charAt(i);
            Option<W> option = table.find(word.charAt(i));
            boolean equals = i + 1 < word.length() && word.charAt(i + 1) == '=';
            if (option == null && word.charAt(i) == 'h') {
                help = true;
            } else if (option == null) {
                unknown(word.length() == 2 ? spelled : spelled + "` in `" + word, null, "");
                return;
            } else if (!option.isFlag() || equals) {
                String rest = word.substring(i + (equals ? 2 : 1));
                boolean apart = rest.isEmpty() && !equals;
                set(option, spelled, value(option, spelled, apart ? null : rest), words);
                return;
            } else {
                set(option, spelled, "true", words);
            }
        }
    }

    /** The value: attached, or the next word; null: there is none, which is a problem already noted. */
    private @Nullable String value(Option<W> option, String spelled, @Nullable String attached) {
        if (attached != null) {
            return attached;
        }
        if (option.isFlag()) {
            return "true";
        }
        if (at < input.size()) {
            return input.get(at++);
        }
        problems.add(
                "Option `" + spelled + "` needs a value behind it: `" + spelled + " " + option.placeholder() + "`.");
        return null;
    }

    private void set(Option<W> option, String spelled, @Nullable String value, W words) {
        if (value == null) {
            return;
        }
        try {
            option.field().set(words, value);
        } catch (BadValueException e) {
            problems.add("Option `" + spelled + "` " + e.endOfSentence());
        }
    }

    private void unknown(String spelled, @Nullable Option<W> near, @Nullable String attached) {
        String subject = command.isEmpty() ? "wherry" : command;
        String sentence = "`" + subject + "` has no option `" + spelled + "`.";
        problems.add(near == null ? sentence : sentence + " Did you mean `" + near.spelled() + "`?");
        if (near != null && attached == null && !near.isFlag() && at < input.size()) {
            at++; // most likely its value; taking it for an operand would hide the options behind it
        }
    }

    private void countOperands() {
        if (operands.size() < rule.least()) {
            problems.add("`" + command + "` needs " + rule.syntax()
                    + (operands.isEmpty() ? "." : ", and there is only `" + String.join(" ", operands) + "`."));
        } else if (operands.size() > rule.most()) {
            String taken = rule.most() == 0 ? "takes no operand" : "takes only " + rule.syntax();
            problems.add("`" + command + "` " + taken + "; `" + operands.get(rule.most()) + "` is one too many.");
        }
    }
}
