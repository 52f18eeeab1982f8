package io.wherry.kernel.step;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;
import java.nio.charset.StandardCharsets;

/**
 * Sets the host name, and the domain name if there is one.
 *
 * @param hostname at most 64 bytes
 * @param domainname may be empty
 */
public record SetHostname(String hostname, String domainname) implements Step {
    @Override
    public void lower(Strand out) {
        byte[] name = hostname.getBytes(StandardCharsets.UTF_8);
        out.call(Call.SETHOSTNAME, out.data().block(name), name.length);
        if (!domainname.isEmpty()) {
            byte[] domain = domainname.getBytes(StandardCharsets.UTF_8);
            out.call(Call.SETDOMAINNAME, out.data().block(domain), domain.length);
        }
    }

    @Override
    public String describe() {
        return "host name " + hostname + (domainname.isEmpty() ? "" : ", domain name " + domainname);
    }

    @Override
    public String why() {
        return "The name belongs to the new UTS namespace, and the host keeps its own.";
    }
}
