package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.AF_NETLINK;
import static io.wherry.kernel.program.Linux.SOCK_CLOEXEC;
import static io.wherry.kernel.program.Linux.SOCK_RAW;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Opens a netlink socket in the network namespace of this process.
 *
 * @param protocol NETLINK_ROUTE or NETLINK_NETFILTER
 * @param socket filled
 */
public record OpenNetlink(int protocol, Slot socket) implements Step {
    @Override
    public void lower(Strand out) {
        out.callTo(socket.number(), Call.SOCKET, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    }

    @Override
    public String describe() {
        return "netlink socket -> " + socket.name();
    }

    @Override
    public String why() {
        return "Interfaces, addresses and routes are made by messages to the kernel.";
    }
}
