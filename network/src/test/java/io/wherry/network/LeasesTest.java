package io.wherry.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.kernel.netlink.IpAddress;
import io.wherry.kernel.netlink.IpPrefix;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeasesTest {
    @TempDir
    Path root;

    private Leases leases(String subnet) {
        return new Leases(root.resolve("leases"), root.resolve("containers"), IpPrefix.parse(subnet));
    }

    private static String id(int number) {
        return "%064x".formatted(number);
    }

    @Test
    void everyAddressIsGivenOnceAndThenTheSubnetIsFull() {
        Leases leases = leases("10.200.0.0/27");
        Set<String> given = new HashSet<>();
        for (int i = 0; i < 29; i++) {
            given.add(leases.claim(id(i)).toString());
        }
        assertThat(given)
                .hasSize(29)
                .doesNotContain("10.200.0.0", "10.200.0.1", "10.200.0.31")
                .contains("10.200.0.2", "10.200.0.30");
        assertThat(leases.held()).hasSize(29);
        assertThatThrownBy(() -> leases.claim(id(29)))
                .isInstanceOf(WherryException.class)
                .hasMessageStartingWith("All 29 addresses of the subnet 10.200.0.0/27 are taken");
        assertThat(root.resolve("leases/." + id(29))).doesNotExist();
    }

    @Test
    void claimingAgainGivesTheSameAndPreviewGivesWhatClaimWill() {
        Leases leases = leases("10.200.0.0/20");
        IpAddress expected = leases.preview(id(7));
        assertThat(root.resolve("leases")).doesNotExist();
        assertThat(leases.claim(id(7))).isEqualTo(expected).isEqualTo(leases.claim(id(7)));
        assertThat(root.resolve("leases")).isDirectoryContaining(p -> p.endsWith(expected.toString()));
        assertThat(leases.held()).containsExactly(expected);
    }

    @Test
    void onlyTheHolderReturnsALease() {
        Leases leases = leases("10.200.0.0/20");
        IpAddress address = leases.claim(id(1));
        leases.release(address, id(2));
        assertThat(leases.held()).containsExactly(address);
        leases.release(address, id(1));
        leases.release(address, id(1));
        assertThat(leases.held()).isEmpty();
    }

    @Test
    void aLeaseWithoutAContainerIsFreeAfterAMinuteAndNotBefore() throws IOException {
        Leases leases = leases("10.200.0.0/29"); // five addresses
        List<IpAddress> taken = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            taken.add(leases.claim(id(i)));
        }
        assertThatThrownBy(() -> leases.claim(id(9))).isInstanceOf(WherryException.class);
        for (int i = 0; i < 5; i++) {
            Files.setLastModifiedTime(
                    root.resolve("leases/" + taken.get(i) + "/" + id(i)),
                    FileTime.from(Instant.now().minusSeconds(61)));
        }
        for (int i = 1; i < 5; i++) {
            Files.createDirectories(root.resolve("containers").resolve(id(i)));
        }
        IpAddress lost = leases.claim(id(9));
        assertThat(lost).isEqualTo(taken.get(0));
        assertThat(root.resolve("leases/" + lost).toFile().list()).containsExactly(id(9));
        assertThatThrownBy(() -> leases.claim(id(0))).isInstanceOf(WherryException.class);
    }

    @Test
    void whatIsLeftHalfDoneIsNoHindrance() throws IOException {
        Leases leases = leases("10.200.0.0/20");
        IpAddress address = leases.preview(id(1));
        Files.createDirectories(root.resolve("leases/" + address)); // returned, the folder not removed
        Files.createDirectories(root.resolve("leases/." + id(1))); // prepared, the entry not made
        Files.createDirectories(root.resolve("leases/not an address/x"));
        Files.createFile(root.resolve("leases/10.200.0.999"));
        assertThat(leases.claim(id(1))).isEqualTo(address);
        assertThat(leases.held()).containsExactly(address);
    }

    /** Eight threads, each with its own view as another process would have, on a subnet that is nearly always full. */
    @Test
    void noLeaseIsHeldTwiceOrLostByManyAtOnce() throws Exception {
        int each = 1250;
        ConcurrentHashMap<String, Integer> holders = new ConcurrentHashMap<>();
        AtomicInteger refused = new AtomicInteger();
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int t = 0; t < 8; t++) {
                int thread = t;
                running.add(threads.submit(() -> {
                    Leases leases = leases("10.200.0.0/29");
                    for (int i = 0; i < each; i++) {
                        int number = thread * each + i;
                        IpAddress address;
                        try {
                            address = leases.claim(id(number));
                        } catch (WherryException e) {
                            assertThat(e).hasMessageStartingWith("All 5 addresses");
                            refused.incrementAndGet();
                            continue;
                        }
                        assertThat(holders.put(address.toString(), number)).isNull();
                        Thread.onSpinWait();
                        holders.remove(address.toString());
                        leases.release(address, id(number));
                    }
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        }
        assertThat(refused.get()).isLessThan(8 * each);
        assertThat(root.resolve("leases").toFile().list()).isEmpty();
    }
}
