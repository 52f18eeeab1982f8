package io.wherry.registry;

import io.wherry.oci.Digest;
import io.wherry.registry.ScriptedRegistry.Reply;
import io.wherry.registry.ScriptedRegistry.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How an honest registry takes what is pushed, strict about ranges and digests; a {@link Mishap} may come in between. */
final class PushRegistry implements ScriptedRegistry.Script {
    /** Answers in the registry's place, or not. */
    interface Mishap {
        Mishap NONE = (_, _, _) -> false;

        /** {@return whether it has answered} */
        boolean happens(PushRegistry registry, Request request, Reply reply) throws IOException;

        /** {@return how much of the body the registry reads} */
        default int takes(PushRegistry registry, Request head, int length) {
            return length;
        }
    }

    /** {@code repository@digest}. */
    final Set<String> blobs = ConcurrentHashMap.newKeySet();

    final Map<String, byte[]> manifests = new ConcurrentHashMap<>();
    final Map<String, ByteArrayOutputStream> uploads = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> seen = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final Mishap mishap;
    volatile String more = "";
    final AtomicInteger mishaps = new AtomicInteger();

    PushRegistry(Mishap mishap) {
        this.mishap = mishap;
    }

    /** {@return which request of this kind it is, from 1 on, for the kinds HEAD, POST, PATCH, PUT, GET, DELETE and MANIFEST} */
    int count(String kind) {
        return seen.getOrDefault(kind, new AtomicInteger()).get();
    }

    static String kind(Request request) {
        return request.path().contains("/manifests/") ? "MANIFEST" : request.method();
    }

    @Override
    public int takes(Request head, int length) {
        seen.computeIfAbsent(kind(head), _ -> new AtomicInteger()).incrementAndGet();
        return mishap.takes(this, head, length);
    }

    @Override
    public void answer(Request request, Reply reply) throws IOException {
        if (request.path().equals("/token")) {
            reply.send(200, "", "{\"token\":\"t\"}");
        } else if (mishap.happens(this, request, reply)) {
            mishaps.incrementAndGet();
        } else {
            honestly(request, reply);
        }
    }

    void honestly(Request request, Reply reply) throws IOException {
        String path = request.path();
        String repository = path.replaceAll("^/v2/|/(blobs|manifests)/.*$", "");
        if (path.contains("/manifests/")) {
            manifests.put(path.replaceAll(".*/", ""), request.content());
            reply.send(201, "Docker-Content-Digest: " + Digest.sha256(request.content()) + "\r\n", "");
        } else if (path.endsWith("/blobs/uploads/")) {
            open(request, reply, repository);
        } else if (path.contains("/blobs/uploads/")) {
            upload(request, reply, repository, path.replaceAll(".*/", ""));
        } else if (request.method().equals("HEAD")) {
            boolean there = blobs.contains(repository + "@" + path.replaceAll(".*/", ""));
            reply.raw(Reply.head(there ? 200 : 404, there ? "" : "Content-Length: 0\r\n"));
        } else {
            reply.send(404, "", "");
        }
    }

    private void open(Request request, Reply reply, String repository) throws IOException {
        String query = URLDecoder.decode(request.query(), StandardCharsets.UTF_8);
        String wanted = query.replaceAll("^mount=([^&]*)&from=(.*)$", "$2@$1");
        if (!query.isEmpty() && blobs.contains(wanted)) {
            blobs.add(repository + "@" + wanted.replaceAll(".*@", ""));
            reply.send(201, "Location: /v2/" + repository + "/blobs/x\r\n", "");
            return;
        }
        String id = "u" + ids.incrementAndGet();
        uploads.put(id, new ByteArrayOutputStream());
        reply.send(202, where(repository, id) + "Range: 0-0\r\n" + more, "");
    }

    /** The state changes with each answer, and who sends an older one is refused. */
    private String where(String repository, String id) {
        return "Location: /v2/" + repository + "/blobs/uploads/" + id + "?_state=" + state(id) + "\r\n";
    }

    private String state(String id) {
        return "s" + uploads.get(id).size();
    }

    private void upload(Request request, Reply reply, String repository, String id) throws IOException {
        ByteArrayOutputStream upload = uploads.get(id);
        if (upload == null) {
            reply.send(404, "", "{\"errors\":[{\"code\":\"BLOB_UPLOAD_UNKNOWN\",\"message\":\"unknown upload\"}]}");
        } else if (request.method().equals("GET")) {
            reply.send(204, where(repository, id) + range(upload), "");
        } else if (request.method().equals("PATCH")) {
            String start = request.header("content-range").replaceAll("-.*", "");
            if (!start.equals(Integer.toString(upload.size()))) {
                reply.send(416, where(repository, id) + range(upload), "");
                return;
            }
            upload.write(request.content());
            reply.send(202, where(repository, id) + range(upload), "");
        } else if (request.method().equals("PUT")) {
            upload.write(request.content());
            finish(request, reply, repository, id, upload);
        } else {
            uploads.remove(id);
            reply.send(204, "", "");
        }
    }

    private void finish(Request request, Reply reply, String repository, String id, ByteArrayOutputStream upload)
            throws IOException {
        String digest = request.query().replaceAll(".*digest=", "");
        uploads.remove(id);
        if (!Digest.parse(digest).matches(upload.toByteArray())) {
            reply.send(400, "", "{\"errors\":[{\"code\":\"DIGEST_INVALID\",\"message\":\"another digest\"}]}");
            return;
        }
        blobs.add(repository + "@" + digest);
        reply.send(201, "Docker-Content-Digest: " + digest + "\r\nLocation: /v2/" + repository + "/x\r\n", "");
    }

    private static String range(ByteArrayOutputStream upload) {
        return "Range: 0-" + Math.max(0, upload.size() - 1) + "\r\n";
    }
}
