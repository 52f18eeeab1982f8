package io.wherry.registry;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value of TOML, and where it stands, for messages. */
sealed interface TomlValue {
    Place place();

    /** {@return what it is, with its article} */
    String what();

    /** Both count from 1. */
    record Place(int line, int column) {
        @Override
        public String toString() {
            return "line " + line + ", column " + column;
        }
    }

    record Text(Place place, String value) implements TomlValue {
        @Override
        public String what() {
            return "a string";
        }
    }

    record Flag(Place place, boolean value) implements TomlValue {
        @Override
        public String what() {
            return "a boolean";
        }
    }

    record Items(Place place, List<TomlValue> values) implements TomlValue {
        public Items {
            values = List.copyOf(values);
        }

        @Override
        public String what() {
            return "an array";
        }
    }

    /** Its members, in the file's order; {@link TomlReader} adds to it. */
    record Table(Place place, Map<String, TomlValue> members) implements TomlValue {
        Table(Place place) {
            this(place, new LinkedHashMap<>());
        }

        @Override
        public String what() {
            return "a table";
        }
    }
}
