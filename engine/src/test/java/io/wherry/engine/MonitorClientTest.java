package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class MonitorClientTest {
    @TempDir
    Path folder;

    @Test
    @Timeout(20)
    void monitorThatSaysNothingIsNotWaitedForForEver() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(folder.resolve("s")));
            try (MonitorClient client = MonitorClient.connect(folder, 100)) {
                assertThatThrownBy(() -> client.stop(9, 0))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("does not answer");
            }
        }
    }
}
