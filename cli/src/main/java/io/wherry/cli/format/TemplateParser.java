package io.wherry.cli.format;

import io.wherry.oci.Nearest;
import io.wherry.oci.json.JsonBoolean;
import io.wherry.oci.json.JsonNull;
import io.wherry.oci.json.JsonNumber;
import io.wherry.oci.json.JsonString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a template by recursive descent, one token ahead. */
final class TemplateParser {
    private static final int DEEPEST = 100;

    private final Scanner scanner;
    private final List<String> variables = new ArrayList<>(List.of("$"));
    private @Nullable Token peeked;
    private int depth;
    private int loops;

    /** The keyword that ended the last block: {@code end}, {@code else}, or null at the end of the template. */
    private @Nullable Token ender;

    TemplateParser(String source) {
        this.scanner = new Scanner(source);
    }

    Node template() {
        Node body = block(null);
        Token stray = ender;
        if (stray != null) {
            throw scanner.problem(stray.position(), "`" + stray.text() + "` closes nothing.");
        }
        return body;
    }

    /** Parts up to {@code end} or {@code else}, or up to the end where nothing was opened. */
    private Node block(@Nullable Token opener) {
        descend(opener == null ? 0 : opener.position());
        int declared = variables.size();
        List<Node> parts = new ArrayList<>();
        ender = null;
        while (ender == null) {
            String text = scanner.text();
            if (!text.isEmpty()) {
                parts.add(new Node.Text(text.replace("\\t", "\t").replace("\\n", "\n")));
            }
            if (!scanner.inAction()) {
                if (opener != null) {
                    throw scanner.problem(
                            opener.position(), "`" + opener.text() + "` is not closed; expected `{{end}}`.");
                }
                break;
            }
            if (!scanner.comment()) {
                action(parts);
            }
        }
        while (variables.size() > declared) {
            variables.removeLast();
        }
        depth--;
        return new Node.Block(parts);
    }

    private void action(List<Node> parts) {
        Token first = peek();
        switch (first.kind() == Token.Kind.NAME ? first.text() : "") {
            case "if", "with" -> parts.add(choice(take()));
            case "range" -> parts.add(range(take()));
            case "end" -> {
                take();
                expectEnd();
                ender = first;
            }
            case "else" -> {
                take();
                ender = first;
            }
            case "break", "continue" -> parts.add(jump(take()));
            case "define", "template", "block" ->
                throw scanner.problem(first.position(), "named templates are not supported.");
            default -> {
                Pipeline pipeline = pipeline();
                expectEnd();
                parts.add(new Node.Print(pipeline));
            }
        }
    }

    private Node jump(Token keyword) {
        if (loops == 0) {
            throw scanner.problem(keyword.position(), "`" + keyword.text() + "` stands outside of `range`.");
        }
        expectEnd();
        return new Node.Jump(keyword.isName("break") ? Node.End.BREAK : Node.End.CONTINUE);
    }

    private Node choice(Token keyword) {
        int declared = variables.size();
        Pipeline condition = pipeline();
        expectEnd();
        Node then = block(keyword);
        Node otherwise = otherwise(keyword, true);
        forget(declared);
        return new Node.Choice(condition, keyword.isName("with"), then, otherwise);
    }

    /** What follows a block: nothing behind {@code end}, another block behind {@code else}, a choice behind {@code else if}. */
    private Node otherwise(Token opener, boolean mayChain) {
        Token how = ender;
        if (how == null || how.isName("end")) {
            ender = null;
            return new Node.Block(List.of());
        }
        Token next = peek();
        if (mayChain && (next.isName("if") || next.isName("with"))) {
            descend(next.position());
            Node chained = choice(take());
            depth--;
            return chained;
        }
        expectEnd();
        Node otherwise = block(opener);
        Token end = ender;
        if (end == null || !end.isName("end")) {
            throw scanner.problem(opener.position(), "`" + opener.text() + "` has two `else`; expected `{{end}}`.");
        }
        ender = null;
        return otherwise;
    }

    private Node range(Token keyword) {
        int declared = variables.size();
        String key = "";
        String value = "";
        if (peek().kind() == Token.Kind.VARIABLE) {
            Token first = take();
            if (peek().is(",")) {
                take();
                key = first.text();
                value = variableName();
                expect(":=");
            } else if (peek().is(":=")) {
                take();
                value = first.text();
            } else {
                return range(keyword, "", "", new Pipeline("", false, piped(chain(variable(first)))), declared);
            }
        }
        Pipeline over = new Pipeline("", false, piped(null));
        if (!key.isEmpty()) {
            variables.add(key);
        }
        if (!value.isEmpty()) {
            variables.add(value);
        }
        return range(keyword, key, value, over, declared);
    }

    private Node range(Token keyword, String key, String value, Pipeline over, int declared) {
        expectEnd();
        loops++;
        Node body = block(keyword);
        loops--;
        Node empty = otherwise(keyword, false);
        forget(declared);
        return new Node.Range(keyword.position(), key, value, over, body, empty);
    }

    private String variableName() {
        Token token = take();
        if (token.kind() != Token.Kind.VARIABLE) {
            throw expected("a variable such as `$value`", token);
        }
        return token.text();
    }

    /** {@code [$x := | $x =] command | command ...} */
    private Pipeline pipeline() {
        if (peek().kind() != Token.Kind.VARIABLE) {
            return new Pipeline("", false, piped(null));
        }
        Token first = take();
        boolean declares = peek().is(":=");
        if (!declares && !peek().is("=")) {
            return new Pipeline("", false, piped(chain(variable(first))));
        }
        take();
        if (!declares) {
            variable(first);
        }
        Expression expression = piped(null);
        if (declares) {
            variables.add(first.text());
        }
        return new Pipeline(first.text(), declares, expression);
    }

    /** Commands joined by bars; {@code first} is an operand that was read already. */
    private Expression piped(@Nullable Expression first) {
        Expression value = command(first, null);
        for (int links = 1; peek().is("|"); links++) {
            bound(links, take());
            value = command(null, value);
        }
        return value;
    }

    /** A function with its arguments and the value that comes by a bar, or one operand. */
    private Expression command(@Nullable Expression first, @Nullable Expression piped) {
        Token token = peek();
        if (first == null && token.kind() == Token.Kind.NAME && !isConstant(token)) {
            take();
            return call(token, piped);
        }
        if (piped != null) {
            throw expected("a function behind `|`", token);
        }
        Expression operand = first == null ? operand() : first;
        if (startsOperand(peek())) {
            throw scanner.problem(
                    peek().position(),
                    "only functions take arguments; expected `|` or `}}`, found " + peek().what() + ".");
        }
        return operand;
    }

    private Expression call(Token name, @Nullable Expression piped) {
        if (!Functions.NAMES.contains(name.text())) {
            String near = Nearest.of(name.text(), Functions.NAMES);
            throw scanner.problem(
                    name.position(),
                    "there is no function `" + name.text() + "`"
                            + (near == null
                                    ? "; there are " + String.join(", ", Functions.NAMES) + "."
                                    : "; did you mean `" + near + "`?"));
        }
        List<Expression> arguments = new ArrayList<>();
        while (startsOperand(peek())) {
            arguments.add(operand());
        }
        if (piped != null) {
            arguments.add(piped);
        }
        if (arguments.isEmpty() && (name.isName("and") || name.isName("or"))) {
            throw scanner.problem(name.position(), "`" + name.text() + "` needs an argument.");
        }
        return new Expression.Call(name.position(), name.text(), arguments);
    }

    private static boolean startsOperand(Token token) {
        return token.kind() != Token.Kind.END && (token.kind() != Token.Kind.MARK || token.is("("));
    }

    private static boolean isConstant(Token token) {
        return token.isName("true") || token.isName("false") || token.isName("nil");
    }

    /** One value: a literal, a variable, a parenthesis, the dot, a function without arguments; with its fields. */
    private Expression operand() {
        Token token = take();
        return switch (token.kind()) {
            case STRING -> new Expression.Literal(new JsonString(token.text()));
            case NUMBER -> new Expression.Literal(JsonNumber.of(token.text()));
            case FIELD -> chain(new Expression.Member(token.position(), new Expression.Dot(), token.text()));
            case DOT -> new Expression.Dot();
            case VARIABLE -> chain(variable(token));
            case NAME -> isConstant(token) ? constant(token) : chain(call0(token));
            case MARK -> chain(parenthesis(token));
            case END -> throw expected("a value", token);
        };
    }

    /** A function in the place of an argument takes none itself; Go wants parentheses for that. */
    private Expression call0(Token name) {
        if (!Functions.NAMES.contains(name.text()) || name.isName("and") || name.isName("or")) {
            throw expected("a value", name);
        }
        return new Expression.Call(name.position(), name.text(), List.of());
    }

    private static Expression constant(Token token) {
        return new Expression.Literal(token.isName("nil") ? JsonNull.INSTANCE : JsonBoolean.of(token.isName("true")));
    }

    private Expression variable(Token token) {
        if (!variables.contains(token.text())) {
            throw scanner.problem(token.position(), "the variable `" + token.text() + "` was not declared.");
        }
        return new Expression.Variable(token.position(), token.text());
    }

    private Expression parenthesis(Token open) {
        if (!open.is("(")) {
            throw expected("a value", open);
        }
        descend(open.position());
        Expression inner = piped(null);
        expect(")");
        depth--;
        return inner;
    }

    /** Fields that follow without a blank. */
    private Expression chain(Expression of) {
        Expression value = of;
        for (int links = 1; peek().kind() == Token.Kind.FIELD && !peek().spaced(); links++) {
            Token field = take();
            bound(links, field);
            value = new Expression.Member(field.position(), value, field.text());
        }
        return value;
    }

    /** A chain is evaluated by recursion, so it is bounded like any nesting. */
    private void bound(int links, Token link) {
        if (links > DEEPEST) {
            throw scanner.problem(link.position(), "it is chained longer than " + DEEPEST + " links.");
        }
    }

    private void descend(int position) {
        if (++depth > DEEPEST) {
            throw scanner.problem(position, "it is nested deeper than " + DEEPEST + " levels.");
        }
    }

    private void forget(int declared) {
        while (variables.size() > declared) {
            variables.removeLast();
        }
    }

    private void expectEnd() {
        Token token = take();
        if (token.kind() != Token.Kind.END) {
            throw expected("`}}`", token);
        }
    }

    private void expect(String mark) {
        Token token = take();
        if (!token.is(mark)) {
            throw expected("`" + mark + "`", token);
        }
    }

    private TemplateException expected(String wanted, Token found) {
        return scanner.problem(found.position(), "expected " + wanted + ", found " + found.what() + ".");
    }

    private Token peek() {
        Token token = peeked;
        if (token == null) {
            token = scanner.next();
            peeked = token;
        }
        return token;
    }

    private Token take() {
        Token token = peek();
        peeked = null;
        return token;
    }
}
