package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.AF_UNIX;
import static io.wherry.kernel.program.Linux.SOCK_CLOEXEC;
import static io.wherry.kernel.program.Linux.SOCK_NONBLOCK;
import static io.wherry.kernel.program.Linux.SOCK_STREAM;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Strand;
import java.nio.charset.StandardCharsets;

/**
 * Opens the monitor's socket in the container's volatile folder. The address goes through the folder's descriptor, as a socket's
 * path may have 107 bytes only (unix(7)).
 *
 * @param folder the volatile folder
 * @param name one name
 * @param socket filled
 */
public record ListenAt(Slot folder, String name, Slot socket) implements Step {
    @Override
    public void lower(Strand out) {
        byte[] path = ("/proc/self/fd/" + folder.number() + "/" + name).getBytes(StandardCharsets.UTF_8);
        byte[] address = new byte[110];
        address[0] = AF_UNIX;
        System.arraycopy(path, 0, address, 2, path.length);
        out.call(Call.UNLINKAT, folder.number(), out.string(name), 0).okIf(Errno.ENOENT);
        out.callTo(socket.number(), Call.SOCKET, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        out.call(Call.BIND, socket.number(), out.data().block(address), address.length);
        out.call(Call.LISTEN, socket.number(), 16);
    }

    @Override
    public String describe() {
        return "listen at " + name + " in " + folder.name() + " -> " + socket.name();
    }

    @Override
    public String why() {
        return "Commands reach the monitor here, with the folder's permissions as the lock on the door.";
    }
}
