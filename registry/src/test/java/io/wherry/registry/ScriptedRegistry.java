package io.wherry.registry;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * A server on loopback that answers each request by a script, down to the byte, and remembers what it was asked.
 */
final class ScriptedRegistry implements AutoCloseable {
    /** Answers one request. An {@link IOException} closes the connection. */
    interface Script {
        void answer(Request request, Reply reply) throws IOException;

        /** {@return how much of the body is read before the answer; the head alone is known} */
        default int takes(Request head, int length) {
            return length;
        }
    }

    /** A request as it came; header names in lower case. */
    record Request(String method, String path, String query, Map<String, String> headers, byte[] content) {
        String body() {
            return new String(content, StandardCharsets.UTF_8);
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /** Where an answer goes. */
    static class Reply {
        private final Socket socket;
        private final OutputStream out;
        private boolean close;

        /** For a reply that goes elsewhere. */
        Reply() {
            this.socket = new Socket();
            this.out = OutputStream.nullOutputStream();
        }

        Reply(Socket socket) throws IOException {
            this.socket = socket;
            this.out = socket.getOutputStream();
        }

        /** Sends a whole answer with its right length. */
        void send(int status, String headers, byte[] body) throws IOException {
            raw(head(status, headers + "Content-Length: " + body.length + "\r\n"));
            raw(body);
        }

        void send(int status, String headers, String body) throws IOException {
            send(status, headers, body.getBytes(StandardCharsets.UTF_8));
        }

        static byte[] head(int status, String headers) {
            return ("HTTP/1.1 " + status + " X\r\n" + headers + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        }

        void raw(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        void raw(String text) throws IOException {
            raw(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        /** Closes after this answer. */
        void close() {
            close = true;
        }

        /** Resets the connection: what the client has not read yet may be lost. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            close = true;
        }

        /** Says nothing until the client goes away. */
        void stall() throws IOException {
            while (socket.getInputStream().read() >= 0) {
                // Only the end counts.
            }
            close = true;
        }
    }

    private final ServerSocket server;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private volatile Script script;

    private ScriptedRegistry(ServerSocket server, Script script) {
        this.server = server;
        this.script = script;
        Thread.ofVirtual().start(this::accept);
    }

    static ScriptedRegistry start(Script script) throws IOException {
        return start("127.0.0.1", script);
    }

    /** Starts on another address of this machine, such as 127.0.0.2: another host in the eyes of a client. */
    static ScriptedRegistry start(String address, Script script) throws IOException {
        return new ScriptedRegistry(new ServerSocket(0, 50, InetAddress.ofLiteral(address)), script);
    }

    static ScriptedRegistry startTls(SSLContext context, Script script) throws IOException {
        return new ScriptedRegistry(
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")), script);
    }

    /** Wants a certificate of each client. */
    static ScriptedRegistry startMutualTls(SSLContext context, Script script) throws IOException {
        ServerSocket server =
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        ((SSLServerSocket) server).setNeedClientAuth(true);
        return new ScriptedRegistry(server, script);
    }

    void script(Script value) {
        script = value;
    }

    /** Host and port, as a reference names them. */
    String name() {
        InetAddress address = server.getInetAddress();
        String host = address instanceof Inet6Address ? "[::1]" : address.getHostAddress();
        return host + ":" + server.getLocalPort();
    }

    int port() {
        return server.getLocalPort();
    }

    List<Request> requests() {
        return requests;
    }

    List<Request> requests(String pathPart) {
        return requests.stream()
                .filter(request -> request.path().contains(pathPart))
                .toList();
    }

    int connections() {
        return connections.size();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                connections.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // The test is over.
            return;
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            serveAll(socket);
        } catch (IOException e) {
            // The client went away, or the script wants the connection closed.
            return;
        }
    }

    private void serveAll(Socket socket) throws IOException {
        try {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                Request request = read(in);
                if (request == null) {
                    return;
                }
                requests.add(request);
                Reply reply = new Reply(socket);
                script.answer(request, reply);
                if (reply.close) {
                    return;
                }
            }
        } catch (NotHttp e) {
            // As servers of plain HTTP do when TLS comes in.
            socket.getOutputStream().write(Reply.head(400, "Connection: close\r\n"));
            socket.shutdownOutput();
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
    }

    private static final class NotHttp extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private Request read(InputStream in) throws IOException {
        String first = line(in);
        if (first.isEmpty()) {
            return null;
        }
        if (!first.contains(" HTTP/1.")) {
            throw new NotHttp();
        }
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        String[] words = first.split(" ", 3);
        int question = words[1].indexOf('?');
        String path = question < 0 ? words[1] : words[1].substring(0, question);
        String query = question < 0 ? "" : words[1].substring(question + 1);
        Request head = new Request(words[0], path, query, headers, new byte[0]);
        return new Request(words[0], path, query, headers, in.readNBytes(script.takes(head, length)));
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.write(c);
        }
        return line.toString(StandardCharsets.ISO_8859_1).replace("\r", "");
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : connections) {
            socket.close();
        }
    }
}
