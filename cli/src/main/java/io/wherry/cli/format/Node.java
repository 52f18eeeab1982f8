package io.wherry.cli.format;

import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonNumber;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonString;
import io.wherry.oci.json.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A part of a template that writes text. */
interface Node {
    /** How a part ended: whether the innermost loop goes on. */
    enum End {
        NEXT,
        BREAK,
        CONTINUE
    }

    End run(Scope scope, StringBuilder out);

    /** Text outside of actions. */
    record Text(String text) implements Node {
        @Override
        public End run(Scope scope, StringBuilder out) {
            out.append(text);
            return End.NEXT;
        }
    }

    /** Parts in order. */
    record Block(List<Node> parts) implements Node {
        @Override
        public End run(Scope scope, StringBuilder out) {
            for (Node part : parts) {
                End end = part.run(scope, out);
                if (end != End.NEXT) {
                    return end;
                }
            }
            return End.NEXT;
        }
    }

    /** {@code {{.X}}}; one that declares or assigns a variable prints nothing. */
    record Print(Pipeline pipeline) implements Node {
        @Override
        public End run(Scope scope, StringBuilder out) {
            JsonValue value = pipeline.value(scope);
            if (pipeline.declares()) {
                pipeline.assign(scope, value);
            } else {
                Printer.print(value, out);
            }
            return End.NEXT;
        }
    }

    /** {@code {{if}}}, and {@code {{with}}}, which also moves the dot. */
    record Choice(Pipeline condition, boolean movesDot, Node then, Node otherwise) implements Node {
        @Override
        public End run(Scope scope, StringBuilder out) {
            int mark = scope.mark();
            JsonValue value = condition.value(scope);
            if (condition.declares()) {
                condition.assign(scope, value);
            }
            boolean yes = Functions.truth(value);
            JsonValue outer = scope.moveDot(yes && movesDot ? value : scope.dot());
            End end = (yes ? then : otherwise).run(scope, out);
            scope.moveDot(outer);
            scope.forget(mark);
            return end;
        }
    }

    /** {@code {{break}}} and {@code {{continue}}}. */
    record Jump(End end) implements Node {
        @Override
        public End run(Scope scope, StringBuilder out) {
            return end;
        }
    }

    /** {@code {{range $key, $value := .X}}}; the names may be empty. */
    record Range(int position, String key, String value, Pipeline over, Node body, Node empty) implements Node {
        @Override
        public End run(Scope scope, StringBuilder out) {
            JsonValue collection = over.value(scope);
            if (!Functions.truth(collection)) {
                return empty.run(scope, out);
            }
            if (collection instanceof JsonArray array) {
                for (int i = 0; i < array.size(); i++) {
                    if (turn(scope, JsonNumber.of(i), array.get(i), out) == End.BREAK) {
                        break;
                    }
                }
            } else if (collection instanceof JsonObject object) {
                for (Map.Entry<String, JsonValue> member : new TreeMap<>(object.members()).entrySet()) {
                    if (turn(scope, new JsonString(member.getKey()), member.getValue(), out) == End.BREAK) {
                        break;
                    }
                }
            } else {
                throw scope.problem(position, "`range` takes an array or an object, found " + collection.what() + ".");
            }
            return End.NEXT;
        }

        private End turn(Scope scope, JsonValue index, JsonValue element, StringBuilder out) {
            int mark = scope.mark();
            if (!key.isEmpty()) {
                scope.declare(key, index);
            }
            if (!value.isEmpty()) {
                scope.declare(value, element);
            }
            JsonValue outer = scope.moveDot(element);
            End end = body.run(scope, out);
            scope.moveDot(outer);
            scope.forget(mark);
            return end;
        }
    }
}
