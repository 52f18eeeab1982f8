package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.wherry.oci.WherryException;
import io.wherry.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Devices that come and go while a container runs. They are real: loop devices, which the kernel makes and removes with the events that any other device has. */
@Tag("user")
class HotplugTest {
    private static final String NAME = "plugged";
    private static final int NUMBER = 4242;
    private static final int ADD = 0x4C80;
    private static final int REMOVE = 0x4C81;
    private static final long MOST_PROCESSOR_TICKS = 40; // of 200 in two seconds

    private static Yard yard;

    @BeforeAll
    static void open() {
        yard = new Yard();
    }

    @AfterAll
    static void close() {
        yard.close();
    }

    @AfterEach
    void nothingIsLeft() {
        if (yard.engine().containers().isEmpty()) {
            return;
        }
        String id = yard.engine().container(NAME).id();
        yard.engine().remove(NAME, true);
        assertThat(Remains.ofRemoved(id, NAME, yard.state())).isEmpty();
        loop(REMOVE);
    }

    /** LOOP_CTL_ADD and LOOP_CTL_REMOVE (loop(4)). */
    private static void loop(int request) {
        python(
                "import fcntl,os\ntry: fcntl.ioctl(os.open('/dev/loop-control', os.O_RDWR), %d, %d)\nexcept OSError: pass"
                        .formatted(request, NUMBER));
    }

    private static void python(String script) {
        Command.of("python3", "-c", script).check();
    }

    private static void start(String... selectors) throws InterruptedException {
        ContainerSpec.Builder spec = yard.spec(NAME, "/bin/busybox", "sleep", "60");
        spec.devices.addAll(List.of(selectors));
        yard.engine().run(spec.build());
        until(() -> yard.engine().container(NAME).status() == Container.Status.RUNNING);
    }

    private static void rootWithChangingRules() {
        assumeThat(yard.facts().root()
                        && yard.facts().cgroups().hierarchy("devices").isPresent())
                .as("system root with device groups of version 1")
                .isTrue();
    }

    private static String inside(String script) {
        ExecSpec.Builder spec = new ExecSpec.Builder();
        spec.command.addAll(List.of("/bin/sh", "-c", script));
        yard.engine().exec(NAME, spec.build());
        HostedLauncher.Start start = yard.launcher().last();
        start.await();
        return start.out() + start.err();
    }

    private static void until(BooleanSupplier holds) throws InterruptedException {
        long end = System.nanoTime() + 10_000_000_000L;
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.sleep(20);
        }
    }

    @Test
    void aDeviceIsThereWhenItIsPluggedInAndGoneWhenItIsNot() throws InterruptedException {
        rootWithChangingRules();
        start("block:loop" + NUMBER);
        assertThat(inside("test -e /dev/loop4242 || echo absent")).isEqualTo("absent\n");
        for (int time = 0; time < 2; time++) {
            loop(ADD);
            until(() -> inside("test -b /dev/loop4242 && echo there").equals("there\n"));
            assertThat(inside("busybox stat -c %a:%g /dev/loop4242; : < /dev/loop4242 && echo opened"))
                    .endsWith("opened\n");
            loop(REMOVE);
            until(() -> inside("test -e /dev/loop4242 || echo gone").equals("gone\n"));
            assertThat(inside("busybox mknod /l b 7 4242; : < /l; busybox rm /l"))
                    .contains("not permitted");
        }
    }

    @Test
    void whatIsThereAtTheStartIsThereForTheFirstCommand() {
        rootWithChangingRules();
        ContainerSpec.Builder spec = yard.spec(NAME, "/bin/sh", "-c", ": < /dev/loop4242 && echo opened");
        spec.devices.add("block:loop424?");
        loop(ADD);
        yard.engine().run(spec.build());
        HostedLauncher.Start start = yard.launcher().last();
        start.await();
        assertThat(start.out()).as(start.err()).isEqualTo("opened\n");
    }

    @Test
    void aRestartByTheMonitorFollowsAnew() throws InterruptedException {
        rootWithChangingRules();
        ContainerSpec.Builder spec = yard.spec(NAME, "/bin/busybox", "sleep", "60");
        spec.devices.add("block:loop" + NUMBER);
        spec.restart = Optional.of(RestartPolicy.parse("always"));
        loop(ADD);
        yard.engine().run(spec.build());
        until(() -> yard.engine().container(NAME).status() == Container.Status.RUNNING);
        Command.of("kill", "-9", Long.toString(first())).check();
        until(() -> yard.engine().container(NAME).restarts() == 1
                && yard.engine().container(NAME).status() == Container.Status.RUNNING);
        assertThat(inside(": < /dev/loop4242 && echo opened")).isEqualTo("opened\n");
        loop(REMOVE);
        until(() -> inside("test -e /dev/loop4242 || echo gone").equals("gone\n"));
    }

    @Test
    void whatTheContainerPutsInTheWayLeadsNowhere() throws InterruptedException, IOException {
        rootWithChangingRules();
        Path trap = Files.createDirectory(yard.folder().resolve("trap"));
        Command.of("mount", "-t", "tmpfs", "tmpfs", "/dev/net")
                .check(); // ours alone: tests have a mount namespace of their own
        try {
            Command.of("mknod", "-m", "600", "/dev/net/tun", "c", "10", "200").check();
            start("misc:tun");
            assertThat(inside("busybox stat -c %a /dev/net/tun; busybox rm -r /dev/net; busybox ln -s " + trap
                            + " /dev/net"))
                    .isEqualTo("600\n");
            Command.of("chmod", "640", "/dev/net/tun").check();
            Files.writeString(Path.of("/sys/class/misc/tun/uevent"), "change");
            Thread.sleep(500);
            assertThat(trap).isEmptyDirectory();
            assertThat(inside("busybox rm /dev/net")).isEmpty();
            Command.of("chmod", "644", "/dev/net/tun").check();
            Files.writeString(Path.of("/sys/class/misc/tun/uevent"), "change");
            until(() -> inside("busybox stat -c %a /dev/net/tun").equals("644\n"));
        } finally {
            Command.of("umount", "/dev/net").check();
        }
    }

    private static long first() {
        return Long.parseLong(started().text("pid"));
    }

    private static KeyValues started() {
        Path running = yard.state().resolve("volatile/c");
        String id = yard.engine().container(NAME).id().substring(0, 12);
        return KeyValues.parse(
                StateFile.read(running.resolve(id).resolve("started")).orElseThrow());
    }

    @Test
    void aForgedEventMakesNothing() throws InterruptedException {
        rootWithChangingRules();
        start("block:loop" + NUMBER);
        python("""
                import socket
                s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15)
                s.bind((0, 0))
                event = b'add@/devices/virtual/block/loop4242\\0ACTION=add\\0SUBSYSTEM=block\\0DEVNAME=loop4242\\0MAJOR=1\\0MINOR=1\\0'
                for each in (event, b'\\0' * 4096, b'DEVNAME=../../etc/passwd\\0'):
                    s.sendto(each, (0, 1))
                """);
        Thread.sleep(300);
        assertThat(inside("test -e /dev/loop4242 || echo absent")).isEqualTo("absent\n");
    }

    @Test
    void aDeviceThatFlapsDoesNotStarveTheMonitor() throws InterruptedException, IOException {
        rootWithChangingRules();
        start("block:loop" + NUMBER);
        long monitor = Long.parseLong(started().text("monitor"));
        long before = ticks(monitor);
        python("""
                import fcntl, os, time
                fd = os.open('/dev/loop-control', os.O_RDWR)
                end = time.time() + 2
                k = 0
                while time.time() < end:
                    k += 1
                    with open('/sys/block/loop0/uevent', 'w') as event: event.write('change')
                    if k % 64 == 0:
                        try: fcntl.ioctl(fd, (0x4C80, 0x4C81)[k // 64 % 2], 4242)
                        except OSError: pass
                """);
        assertThat(ticks(monitor) - before).as("ticks of the monitor").isLessThan(MOST_PROCESSOR_TICKS);
        assertThat(inside("echo alive")).isEqualTo("alive\n");
        loop(REMOVE);
        until(() -> inside("test -e /dev/loop4242 || echo gone").equals("gone\n"));
    }

    private static long ticks(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    @Test
    void anOrdinaryUserIsToldWhatElseThereIs() {
        if (!yard.facts().root()) {
            assertThatThrownBy(() -> start("tty:ttyUSB*"))
                    .isInstanceOf(WherryException.class)
                    .hasMessageContaining("devices that come and go");
        }
    }
}
