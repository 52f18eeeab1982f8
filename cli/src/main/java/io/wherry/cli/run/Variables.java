package io.wherry.cli.run;

import io.wherry.cli.session.Environment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The options that give a process its variables. */
final class Variables {
    private final Environment caller;
    private final LineFiles files;

    Variables(Environment caller, LineFiles files) {
        this.caller = caller;
        this.files = files;
    }

    /**
     * Files first, then options; of one name the last counts, in the place of the first.
     *
     * @param named files
     * @param pairs {@code NAME=VALUE}, or {@code NAME} for the caller's value
     */
    List<String> of(List<String> named, List<String> pairs) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String file : named) {
            for (String line : files.lines(file, "--env-file")) {
                variable(variables, line);
            }
        }
        for (String pair : pairs) {
            variable(variables, pair);
        }
        List<String> list = new ArrayList<>();
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            list.add(variable.getKey() + "=" + variable.getValue());
        }
        return list;
    }

    private void variable(Map<String, String> variables, String pair) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? caller.get(name) : pair.substring(equals + 1);
        if (value != null) {
            variables.put(name, value);
        }
    }
}
