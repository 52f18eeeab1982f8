package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.step.Rootfs;
import io.wherry.oci.ExecutionDefaults;
import io.wherry.oci.WherryException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Programs are checked twice, in Java and in C; for whatever bytes, both must come to the same verdict. Programs of real containers with one field changed, seeded. */
class ProgramCheckTest {
    private static final int FLAGS = 20;
    private static final int MUTATIONS = System.getenv("WHERRY_ALL") == null ? 1_500 : 200_000;
    private static final int HEADER = 128;
    private static final int INSTRUCTION = 64;
    private static final long[] INTERESTING = {
        0,
        1,
        2,
        3,
        4,
        5,
        7,
        8,
        63,
        64,
        127,
        128,
        250,
        251,
        255,
        4095,
        4096,
        0xFFFF,
        0x10000,
        1 << 22,
        0x7FFFFFFF,
        0xFFFFFFFFL,
        -1,
        -100,
        Long.MIN_VALUE
    };

    private static final String[] TEXTS = {"..\0", ".\0", "/\0", "/etc", "a/../b\0", "a//b\0", "a/\0", "\0"};

    @TempDir
    private Path folder;

    private KernelProgram program(Facts host) {
        ContainerSpec.Builder spec = new ContainerSpec.Builder();
        spec.command.add("true");
        spec.terminal = host == Facts.V2;
        spec.remove = true;
        if (host == Facts.V1 || host == Facts.HYBRID) {
            spec.devices.addAll(List.of("usb:vendor=0403,product=6001", "tty:ttyUSB*", "by-id/usb-a"));
        }
        spec.network = Optional.of("none");
        StateRoot root = new StateRoot(folder.resolve("state"), folder.resolve("volatile"));
        Storage storage = Storage.of(
                root, host.facts(), new HostedLauncher(folder.resolve("launcher")), "", new Configuration.OfHost());
        ContainerId id = new ContainerId("0123456789abcdef".repeat(4));
        Rootfs rootfs = new Rootfs.Throwaway("/srv/root", host.user());
        ContainerFiles files = new ContainerFiles(root, host.facts().bootId());
        return new Creation(
                        root,
                        files,
                        host.facts(),
                        new ImageCatalog(storage, new NoLauncher(), Path.of("/none")),
                        new Runtimes(new Configuration.OfHost()))
                .compile(
                        spec.build(),
                        new ContainerRoot(
                                ExecutionDefaults.NONE,
                                rootfs,
                                Optional.empty(),
                                "folder",
                                AccountFiles.NONE,
                                Optional.empty()),
                        id,
                        "checked",
                        new Networks(root, host.facts()).claim(spec.build(), id))
                .program();
    }

    @ParameterizedTest
    @EnumSource
    void javaAndThePilotAgree(Facts host) {
        byte[] good = program(host).bytes();
        Random random = new Random(host.ordinal());
        List<String> disagreements = new ArrayList<>();
        int accepted = 0;
        try (PilotVerdict pilot = new PilotVerdict(folder)) {
            assertThat(pilot.of(good)).isEqualTo("ok");
            for (int i = 0; i < MUTATIONS; i++) {
                byte[] changed = good.clone();
                String change = mutate(changed, random);
                String here = verdict(changed);
                String there = pilot.of(changed);
                accepted += there.equals("ok") ? 1 : 0;
                if (here.equals("ok") != there.equals("ok")) {
                    disagreements.add(change + ": Java says `" + here + "`, the pilot `" + there + "`");
                }
            }
        }
        assertThat(disagreements).isEmpty();
        assertThat(accepted)
                .as("some changes are harmless, most are not")
                .isBetween(MUTATIONS / 50, MUTATIONS * 49 / 50);
    }

    private static String verdict(byte[] program) {
        try {
            KernelProgram.parse(program);
            return "ok";
        } catch (WherryException e) {
            return e.getMessage();
        }
    }

    /** Changes one field: mostly of an instruction, where a change is not refused at once. */
    private static String mutate(byte[] program, Random random) {
        ByteBuffer view = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
        int count = view.getInt(24);
        int kind = random.nextInt(16);
        if (kind == 0) {
            int at = random.nextInt(4) == 0 ? FLAGS : 4 * random.nextInt(HEADER / 4);
            view.putInt(at, at == FLAGS ? random.nextInt(32) : (int) value(random));
            return "header at " + at + " = " + view.getInt(at);
        }
        if (kind == 1) {
            int at = view.getInt(28) + random.nextInt(program.length - view.getInt(28));
            program[at] = (byte) (random.nextBoolean() ? 0 : random.nextBoolean() ? '/' : random.nextInt(256));
            return "data at " + at + " = " + program[at];
        }
        int instruction = random.nextInt(count);
        int at = HEADER + INSTRUCTION * instruction;
        if (kind == 2) {
            int skip = 1 + random.nextInt(40);
            view.put(at + 1, (byte) 2).putShort(at + 2, (short) skip).putLong(at + 8, 1);
            return "instruction " + instruction + " skips " + skip + " on EPERM";
        }
        if (kind == 3) {
            int data = view.getInt(28);
            long offset = view.getLong(at + 16 + 8 * random.nextInt(3));
            String text = TEXTS[random.nextInt(TEXTS.length)];
            for (int i = 0; offset > 8 && i < text.length() && data + offset + i < program.length; i++) {
                program[(int) (data + offset) + i] = (byte) text.charAt(i);
            }
            return "text of instruction " + instruction + " = " + text.replace('\0', '$');
        }
        if (kind < 5) {
            int other = HEADER + INSTRUCTION * random.nextInt(count);
            System.arraycopy(program, other, program, at, INSTRUCTION);
            return "instruction " + instruction + " = that at " + other;
        }
        if (kind < 9) {
            int field = random.nextInt(8); // op and policy, skip, dst, step, four errnos
            view.putShort(at + 2 * field, (short) (random.nextBoolean() ? random.nextInt(32) : value(random)));
            return "instruction " + instruction + " field " + field + " = " + view.getShort(at + 2 * field);
        }
        int operand = random.nextInt(6);
        int from = HEADER + INSTRUCTION * random.nextInt(count) + 16 + 8 * random.nextInt(6);
        view.putLong(at + 16 + 8 * operand, random.nextBoolean() ? view.getLong(from) : value(random));
        return "instruction " + instruction + " operand " + operand + " = " + view.getLong(at + 16 + 8 * operand);
    }

    private static long value(Random random) {
        return random.nextInt(4) == 0 ? random.nextLong() : INTERESTING[random.nextInt(INTERESTING.length)];
    }
}
