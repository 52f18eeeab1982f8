package io.wherry.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DoctorTest {
    private static final String LOOPBACK = "    lo:  1 0 0 0\n";

    @Test
    void dockersBridgeIsSaidToBeInTheWayWithTheRemedy() {
        Doctor.Finding found = Doctor.forwarding(LOOPBACK + "docker0:  0 0 0 0\n");
        assertThat(found.good()).as("Docker alone makes no host unfit").isTrue();
        assertThat(found.text()).contains("Docker");
        assertThat(found.remedy()).contains("DOCKER-USER", "wh-+");
        assertThat(Doctor.forwarding(LOOPBACK).remedy()).isEmpty();
    }
}
