package io.wherry.registry;

import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonLimits;
import io.wherry.oci.json.JsonObject;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns an answer that is no success into a sentence, and tells what may pass from what will not. */
final class Failures {
    private static final int MAX_BYTES = 64 << 10;
    private static final int MAX_SHOWN = 200;

    private Failures() {}

    /**
     * {@return the exception for this answer}; throws a {@link Fault} instead where another try may help
     *
     * @param who answered, such as "the registry"
     * @param identity as whom it was asked, may be empty
     */
    static RegistryException of(String who, Answer answer, String identity, @Nullable String hint) throws IOException {
        List<String> codes = new ArrayList<>();
        String detail = describe(answer, codes);
        StringBuilder sentence = new StringBuilder();
        sentence.append(who)
                .append(" answered ")
                .append(answer.method())
                .append(' ')
                .append(answer.url())
                .append(" with ")
                .append(answer.status());
        if (!detail.isEmpty()) {
            sentence.append(' ').append(detail);
        }
        if (answer.status() == 401 && !identity.isEmpty()) {
            sentence.append(" (").append(identity).append(')');
        }
        RegistryException exception = new RegistryException(
                kind(answer.status()),
                sentence.append('.').toString(),
                hint,
                answer.method(),
                answer.url(),
                answer.status(),
                codes);
        int status = answer.status();
        if (status == 408 || status == 429 || (status >= 500 && status != 501 && status != 505)) {
            throw new Fault(exception, retryAfter(answer));
        }
        return exception;
    }

    private static Kind kind(int status) {
        if (status == 401 || status == 403 || status == 407) {
            return Kind.DENIED;
        } else if (status == 404 || status == 410) {
            return Kind.NOT_FOUND;
        } else if (status == 408 || status == 429 || status >= 500) {
            return Kind.UNAVAILABLE;
        }
        return Kind.INVALID;
    }

    /** Reads the registry's own words, as far as they are in the form that the specification gives errors. */
    private static String describe(Answer answer, List<String> codes) {
        if (answer.isHtml()) {
            answer.close();
            return "and a web page";
        }
        try {
            byte[] body = answer.readUpTo(MAX_BYTES);
            if (body.length == 0 || body.length > MAX_BYTES) {
                return "";
            }
            Fields in = JsonObject.parse(body, JsonLimits.ofBytes(MAX_BYTES)).fields();
            String first = "";
            for (Fields error : in.objects("errors")) {
                String code = error.string("code").orElse("");
                codes.add(code);
                if (first.isEmpty()) {
                    String message = error.string("message").orElse("");
                    first = message.isEmpty() ? code : code + ": " + message;
                }
            }
            return first.length() <= MAX_SHOWN ? first : first.substring(0, MAX_SHOWN) + "...";
        } catch (WherryException | IOException e) {
            // The status alone says enough; a broken explanation of it adds nothing.
            return "";
        }
    }

    /** {@return how long the server asks to wait; a date is compared with the server's own clock where it tells it} */
    static Optional<Duration> retryAfter(Answer answer) {
        String text = answer.header("Retry-After").trim();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
            }
            Instant until = date(text);
            String date = answer.header("Date");
            Instant now = date.isEmpty() ? Instant.now() : date(date);
            return until.isAfter(now) ? Optional.of(Duration.between(now, until)) : Optional.of(Duration.ZERO);
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Instant date(String text) {
        return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    }
}
