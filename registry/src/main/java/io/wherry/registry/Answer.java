package io.wherry.registry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** A server's answer: headers at once, the body as it comes. */
record Answer(String method, URI uri, int status, HttpHeaders headers, BodyStream body) implements AutoCloseable {

    String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    List<String> allHeaders(String name) {
        return headers.allValues(name);
    }

    /** {@return the length that the header promises; absent if it promises none} */
    OptionalLong contentLength() {
        try {
            String text = header("Content-Length");
            long length = text.isEmpty() ? -1 : Long.parseLong(text);
            return length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** {@return the media type without parameters, in lower case} */
    String contentType() {
        String type = header("Content-Type");
        int semicolon = type.indexOf(';');
        return (semicolon < 0 ? type : type.substring(0, semicolon)).trim().toLowerCase(Locale.ROOT);
    }

    boolean isHtml() {
        return contentType().equals("text/html") || contentType().equals("application/xhtml+xml");
    }

    /** {@return at most {@code limit} bytes of the body, and one more if it is longer; closes it} */
    byte[] readUpTo(int limit) throws IOException {
        try (body) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] chunk = new byte[16 << 10];
            while (out.size() <= limit) {
                int n = body.read(chunk, 0, Math.min(chunk.length, limit + 1 - out.size()));
                if (n < 0) {
                    break;
                }
                out.write(chunk, 0, n);
            }
            return out.toByteArray();
        }
    }

    /** Reads over a small body, so that the connection can be used again; closes it. */
    void discard() {
        body.idleLimit(Duration.ofSeconds(1));
        try (body) {
            byte[] chunk = new byte[16 << 10];
            int n = 0;
            for (int total = 0; n >= 0 && total < chunk.length; total += n) {
                n = body.read(chunk);
            }
        } catch (IOException e) {
            // Nothing of this body matters; the next request gets another connection.
            return;
        }
    }

    /** {@return the address without user, query and fragment, which may hold secrets} */
    String url() {
        return url(uri);
    }

    static String url(URI uri) {
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return uri.getScheme() + "://" + uri.getHost() + port + (uri.getRawPath() == null ? "" : uri.getRawPath());
    }

    @Override
    public void close() {
        body.close();
    }
}
