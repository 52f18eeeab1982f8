package io.wherry.registry;

import io.wherry.oci.WherryException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A registry answered, but not with what was asked for. */
public final class RegistryException extends WherryException {
    private static final long serialVersionUID = 1L;

    private final String method;
    private final String url;
    private final int status;
    private final transient List<String> codes;

    RegistryException(
            Kind kind,
            String message,
            @Nullable String hint,
            String method,
            String url,
            int status,
            List<String> codes) {
        super(kind, message, hint, null);
        this.method = method;
        this.url = url;
        this.status = status;
        this.codes = List.copyOf(codes);
    }

    public String method() {
        return method;
    }

    /** {@return the address, without query and user} */
    public String url() {
        return url;
    }

    /** {@return the HTTP status} */
    public int status() {
        return status;
    }

    /** {@return the registry's codes, such as {@code MANIFEST_UNKNOWN}; may be empty} */
    public List<String> codes() {
        return codes;
    }
}
