package io.wherry.cli.format;

import io.wherry.oci.Nearest;
import io.wherry.oci.json.JsonNull;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/** A part of a template that has a value. */
interface Expression {
    JsonValue value(Scope scope);

    /** A string, number, truth or {@code nil} in the template. */
    record Literal(JsonValue value) implements Expression {
        @Override
        public JsonValue value(Scope scope) {
            return value;
        }
    }

    /** {@code .} */
    record Dot() implements Expression {
        @Override
        public JsonValue value(Scope scope) {
            return scope.dot();
        }
    }

    /** {@code $name} */
    record Variable(int position, String name) implements Expression {
        @Override
        public JsonValue value(Scope scope) {
            return scope.variable(position, name);
        }
    }

    /** {@code X.Name} */
    record Member(int position, Expression of, String name) implements Expression {
        @Override
        public JsonValue value(Scope scope) {
            JsonValue owner = of.value(scope);
            if (!(owner instanceof JsonObject object)) {
                throw scope.problem(position, "there is no `." + name + "` in " + owner.what() + ".");
            }
            if (object.has(name)) {
                return object.get(name).orElse(JsonNull.INSTANCE);
            }
            if (!isStruct(object)) {
                return JsonNull.INSTANCE;
            }
            for (String candidate : object.members().keySet()) {
                if (candidate.equalsIgnoreCase(name)) {
                    return object.get(candidate).orElse(JsonNull.INSTANCE);
                }
            }
            List<String> names = new ArrayList<>(object.members().keySet());
            String near = Nearest.of(name, names);
            throw scope.problem(
                    position,
                    "there is no `." + name + "`"
                            + (near == null
                                    ? "; there are ." + String.join(", .", names) + "."
                                    : "; did you mean `." + near + "`?"));
        }

        private static boolean isStruct(JsonObject object) {
            for (String name : object.members().keySet()) {
                if (name.isEmpty() || name.charAt(0) < 'A' || name.charAt(0) > 'Z') {
                    return false;
                }
            }
            return !object.isEmpty();
        }
    }

    /** A function with its arguments. */
    record Call(int position, String function, List<Expression> arguments) implements Expression {
        @Override
        public JsonValue value(Scope scope) {
            if (function.equals("and") || function.equals("or")) {
                return firstDecisive(scope);
            }
            List<JsonValue> values = new ArrayList<>();
            for (Expression argument : arguments) {
                values.add(argument.value(scope));
            }
            return new Functions(scope, position, function, values).call();
        }

        /** As in Go, arguments behind the one that decides are not looked at. */
        private JsonValue firstDecisive(Scope scope) {
            JsonValue value = arguments.getFirst().value(scope);
            for (int i = 1; i < arguments.size() && Functions.truth(value) == function.equals("and"); i++) {
                value = arguments.get(i).value(scope);
            }
            return value;
        }
    }
}
