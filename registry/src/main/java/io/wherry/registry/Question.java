package io.wherry.registry;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/** One request; it may be sent again as it is. */
record Question(String method, URI uri, Map<String, String> headers, Body body) {
    Question {
        headers = Map.copyOf(headers);
    }

    static Question get(URI uri, Map<String, String> headers) {
        return new Question("GET", uri, headers, Body.NONE);
    }

    Question with(String header, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(header, value);
        return new Question(method, uri, more, body);
    }

    Question at(URI value) {
        return new Question(method, value, headers, body);
    }

    /** {@return whether asking changes nothing at the other side} */
    boolean isRead() {
        return method.equals("GET") || method.equals("HEAD");
    }
}
