package io.wherry.cli.format;

import io.wherry.oci.json.JsonValue;

/**
 * What stands in an action: an expression, perhaps kept in a variable. Bars are already resolved: the value on the left is
 * the last argument on the right.
 *
 * @param variable the name with its dollar sign; empty: none
 * @param isNew whether it is declared here rather than assigned
 */
record Pipeline(String variable, boolean isNew, Expression expression) {
    JsonValue value(Scope scope) {
        return expression.value(scope);
    }

    boolean declares() {
        return !variable.isEmpty();
    }

    void assign(Scope scope, JsonValue value) {
        if (isNew) {
            scope.declare(variable, value);
        } else {
            scope.assign(variable, value);
        }
    }
}
