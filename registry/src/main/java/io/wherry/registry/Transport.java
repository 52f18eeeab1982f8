package io.wherry.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * One request, one answer: no redirects, no retries, no authentication. Everything is bounded in time.
 *
 * <p>There is one HTTP client for each way to connect, most often one alone, made at its first use: setting up TLS costs
 * more than a small pull from loopback. All threads are virtual or daemons.
 */
final class Transport {
    /** How a connection is protected. */
    enum Security {
        PLAIN,
        VERIFIED,
        UNVERIFIED
    }

    private static final String USER_AGENT = "wherry/0.1";

    private final RegistryConfig config;
    private final Ticker ticker;
    private final Executor executor =
            task -> Thread.ofVirtual().name("wherry-http").start(task);
    private final Map<Connection, HttpClient> clients = new ConcurrentHashMap<>();
    private final Set<String> answered = ConcurrentHashMap.newKeySet();

    Transport(RegistryConfig config, Ticker ticker) {
        this.config = config;
        this.ticker = ticker;
    }

    /**
     * Sends a request and returns as soon as the headers are there.
     *
     * @param limit how long the answer may take once nothing more is sent, and any later byte of it
     */
    Answer send(Question question, Connection connection, Duration limit) throws IOException {
        URI uri = question.uri();
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).setHeader("User-Agent", USER_AGENT);
        question.headers().forEach(request::setHeader);
        if (!question.body().type().isEmpty()) {
            request.setHeader("Content-Type", question.body().type());
        }
        String server = Hosts.host(uri) + ":" + Hosts.port(uri);
        boolean known = answered.contains(server);
        if (!known && config.proxies().towards(uri).isEmpty()) {
            addresses(Hosts.host(uri), config.patience().connect());
        }
        HttpClient client = client(connection);
        HttpResponse<BodyStream> response;
        try (CountedBody body = new CountedBody(question.body())) {
            request.method(question.method(), body.publisher());
            CompletableFuture<HttpResponse<BodyStream>> future =
                    client.sendAsync(request.build(), _ -> new BodyStream(config.patience(), ticker));
            response = await(future, uri, body, limit, known ? Fault.At.CONNECT : Fault.At.UNREACHABLE);
        }
        if (uri.getScheme().equalsIgnoreCase("https") && response.sslSession().isEmpty()) {
            // A proxy that would not connect us; its words must not pass for the registry's.
            response.body().close();
            throw proxyRefuses(uri, null);
        }
        answered.add(server);
        response.body().idleLimit(limit);
        return new Answer(question.method(), uri, response.statusCode(), response.headers(), response.body());
    }

    /** Waits for the answer as long as bytes are taken fast enough, and then for the limit. */
    private <T> T await(Future<T> future, URI uri, CountedBody body, Duration limit, Fault.At connecting)
            throws IOException {
        long start = ticker.nanoTime();
        try {
            while (true) {
                long sent = body.sent();
                try {
                    return future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    long now = body.sent();
                    if (now == sent) {
                        throw new Fault(Fault.At.IDLE, silence(uri, body, limit), null);
                    }
                    checkFloor(uri, now, ticker.nanoTime() - start);
                }
            }
        } catch (Fault e) {
            future.cancel(true);
            throw e;
        } catch (InterruptedException e) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw fault(uri, cause, connecting);
        }
    }

    private static String silence(URI uri, CountedBody body, Duration limit) {
        return body.isSent()
                ? uri.getAuthority() + " did not answer within " + seconds(limit)
                : uri.getAuthority() + " took no byte for " + seconds(limit);
    }

    private void checkFloor(URI uri, long sent, long nanos) throws Fault {
        if (nanos > config.patience().floorWindow().toNanos()
                && sent / (nanos / 1e9) < config.patience().floorBytesPerSecond()) {
            throw new Fault(
                    Fault.At.SLOW,
                    uri.getAuthority() + " took only " + sent + " bytes in " + seconds(Duration.ofNanos(nanos)),
                    null);
        }
    }

    private static Fault fault(URI uri, Throwable cause, Fault.At connecting) {
        String host = uri.getAuthority();
        if (cause instanceof HttpConnectTimeoutException) {
            return new Fault(connecting, host + " cannot be reached: it does not answer", cause);
        }
        if (cause instanceof UnknownHostException || causedBy(cause, UnresolvedAddressException.class)) {
            return new Fault(connecting, "the host name " + Hosts.host(uri) + " is not known", cause);
        }
        if (sentence(cause).startsWith("Tunnel failed")) {
            return proxyRefuses(uri, cause);
        }
        if (cause instanceof ConnectException) {
            return new Fault(connecting, host + " cannot be reached: " + sentence(cause), cause);
        }
        if (sentence(cause).contains("terminated the handshake")) {
            return new Fault(Fault.At.TRANSFER, "the connection to " + host + " broke during the TLS handshake", cause);
        }
        if (sentence(cause).contains("fatal alert: certificate_required")
                || sentence(cause).contains("fatal alert: bad_certificate")) {
            return new Fault(Fault.At.TLS, host + " wants a certificate of ours, which it believes", cause);
        }
        if (causedBy(cause, CertificateException.class)
                || cause instanceof SSLHandshakeException
                || cause instanceof SSLPeerUnverifiedException) {
            return new Fault(Fault.At.TLS, host + " did not prove who it is: " + sentence(cause), cause);
        }
        if (cause instanceof SSLException
                && sentence(cause).toLowerCase(Locale.ROOT).contains("unrecognized ssl message")) {
            return new Fault(Fault.At.TLS, host + " does not speak TLS", cause);
        }
        return new Fault(Fault.At.TRANSFER, "the connection to " + host + " broke: " + sentence(cause), cause);
    }

    private static Fault proxyRefuses(URI uri, @Nullable Throwable cause) {
        return new Fault(
                Fault.At.CONNECT, "the proxy refuses to connect to " + Hosts.host(uri) + ":" + Hosts.port(uri), cause);
    }

    private static boolean causedBy(Throwable problem, Class<? extends Throwable> type) {
        Throwable cause = problem;
        for (int i = 0; cause != null && i < 10; i++) {
            if (type.isInstance(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** {@return all addresses of a host, within a time limit, which the system's resolver alone does not keep} */
    InetAddress[] addresses(String host, Duration limit) throws IOException {
        FutureTask<InetAddress[]> task = new FutureTask<>(() -> InetAddress.getAllByName(host));
        Thread.ofPlatform().daemon().name("wherry-resolve").start(task);
        try {
            return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new Fault(Fault.At.UNREACHABLE, "no name server found " + host + " within " + seconds(limit), null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            throw new Fault(Fault.At.UNREACHABLE, "the host name " + host + " is not known", e.getCause());
        }
    }

    private HttpClient client(Connection connection) {
        HttpClient client = clients.get(connection);
        if (client != null) {
            return client;
        }
        synchronized (clients) {
            client = clients.get(connection);
            if (client == null) {
                client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(
                                connection.dial().orElse(config.patience().connect()))
                        .sslContext(Trust.context(connection, config.caFiles()))
                        .proxy(new Selector(config.proxies()))
                        .executor(executor)
                        .build();
                clients.put(connection, client);
            }
            return client;
        }
    }

    private static final class Selector extends ProxySelector {
        private final ProxyRules rules;

        Selector(ProxyRules rules) {
            this.rules = rules;
        }

        @Override
        public List<Proxy> select(URI uri) {
            Optional<URI> proxy = rules.towards(uri);
            return proxy.isEmpty()
                    ? List.of(Proxy.NO_PROXY)
                    : List.of(new Proxy(
                            Proxy.Type.HTTP, new InetSocketAddress(Hosts.host(proxy.get()), Hosts.port(proxy.get()))));
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException problem) {
            // The request fails too, and says so.
        }
    }

    static String seconds(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }

    /** {@return what a problem says, or what it is} */
    static String sentence(Throwable problem) {
        String message = problem.getMessage();
        Throwable cause = problem.getCause();
        if ((message == null || message.isEmpty()) && cause != null) {
            return sentence(cause);
        }
        return message == null || message.isEmpty() ? problem.getClass().getSimpleName() : message;
    }
}
