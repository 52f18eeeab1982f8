package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What stands in for a JVM must not keep a launcher waiting. */
@Tag("user")
class HostedLauncherTest {
    @Test
    void aLauncherWhoseReporterIsKilledEndsAtOnce() throws InterruptedException {
        try (Yard yard = new Yard()) {
            yard.engine().run(yard.spec("box", "/nowhere").build());
            HostedLauncher.Start start = yard.launcher().last();
            assertThat(start.await().failure()).isPresent();
            start.process().children().forEach(ProcessHandle::destroyForcibly);
            assertThat(start.process().waitFor(5, TimeUnit.SECONDS)).isTrue();
            yard.engine().remove("box", true);
        }
    }
}
