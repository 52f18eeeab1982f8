package io.wherry.registry;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a host is connected to; equal ones share connections.
 *
 * @param authorities files of certificates that are believed beside the host's own and the configured ones
 * @param clients what we may prove who we are with
 * @param dial how long connecting may take; absent for the usual time
 */
record Connection(
        Transport.Security security, List<Path> authorities, List<ClientPair> clients, Optional<Duration> dial) {
    Connection {
        authorities = List.copyOf(authorities);
        clients = List.copyOf(clients);
    }

    static Connection of(Transport.Security security) {
        return new Connection(security, List.of(), List.of(), Optional.empty());
    }

    /** {@return the same for another host of its owner: whom we believe stays, who we are is not told} */
    Connection toNeighbour(Transport.Security other) {
        return new Connection(other, authorities, List.of(), dial);
    }
}
