package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.kernel.devices.DevicePattern;
import io.wherry.oci.WherryException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceSelectorTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "usb:vendor=0403; vendor 0403 (rwm)",
                "usb:product=6001,vendor=403; vendor 0403 product 6001 (rwm)",
                "usb:vendor=FFFF,product=0,serial=A b; vendor ffff product 0000 serial A b (rwm)",
                "tty:ttyUSB*; tty ttyUSB* (rwm)",
                "input:; input (rwm)",
                "video:video0; video4linux video0 (rwm)",
                "i2c:i2c-?; i2c-dev i2c-? (rwm)"
            })
    void aSelectorMeans(String text, String meaning) {
        assertThat(DeviceSelector.is(text)).isTrue();
        assertThat(DeviceSelector.parse(text)).extracting(DevicePattern::text).containsExactly(meaning);
    }

    @Test
    void aLinkIsLookedForInEveryFolderThatHasSuch() {
        List<DevicePattern> patterns = DeviceSelector.parse("by-id/usb-FTDI_FT232R-if00-port0");
        assertThat(patterns).extracting(DevicePattern::link).contains("serial/by-id/usb-FTDI_FT232R-if00-port0");
        assertThat(patterns).hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "usb:",
                "usb:vendor=",
                "usb:vendor=00403",
                "usb:vendor=04g3",
                "usb:vendor=-1",
                "usb:vendor=٣",
                "usb:product=6001",
                "usb:vendor=0403,colour=red",
                "usb:vendor=0403,",
                "tty:",
                "block:",
                "tty:../sda",
                "tty:a/b",
                "net:eth0",
                "ttyUSB0",
                "",
                ":",
                "by-id/",
                "by-id/..",
                "by-id/../../etc/passwd",
                "by-path/.",
                "tty:ttyttyttyttyttyttyttyttyttyttyttyttyttyttyttyttyttyttyttyttyttyttytty"
            })
    void whatIsNoneIsRefusedByName(String text) {
        assertThatThrownBy(() -> DeviceSelector.parse(text))
                .isInstanceOf(WherryException.class)
                .hasMessageContaining("The device `" + text + "` is not known: ");
    }

    @Test
    void aPathIsNone() {
        assertThat(DeviceSelector.is("/dev/ttyUSB0")).isFalse();
    }
}
