/* Which devices a rule means, and which rules are refused. uses: device_rules.c text.c */
#include "device_rules.h"
#include "tap.h"
#include <stdio.h>
#include <string.h>

static struct device_rule rule(const char *subsystem, const char *name) {
    struct device_rule r = {.vendor = ~0u, .product = ~0u, .access = ACCESS_READ | ACCESS_WRITE};
    strncpy(r.subsystem, subsystem, sizeof r.subsystem - 1);
    strncpy(r.name, name, sizeof r.name - 1);
    return r;
}

static void patterns(void) {
    ok(pattern_matches("ttyUSB*", "ttyUSB0") && pattern_matches("ttyUSB*", "ttyUSB"), "a star is any text, also none");
    ok(!pattern_matches("ttyUSB*", "ttyACM0") && !pattern_matches("ttyUSB*", "ttyUS"), "what differs before the star");
    ok(pattern_matches("sd?", "sda") && !pattern_matches("sd?", "sd") && !pattern_matches("sd?", "sda1"), "a question mark is one character");
    ok(pattern_matches("*", "") && pattern_matches("", "") && !pattern_matches("", "a"), "empty ones");
    ok(pattern_matches("*b*d", "abcbd") && !pattern_matches("*b*d", "abcbde") && pattern_matches("a*a*a", "aaa"), "stars that must be tried anew");
    char many[64], text[4096];
    memset(many, '*', sizeof many - 2);
    many[sizeof many - 2] = 'b';
    many[sizeof many - 1] = 0;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = 0;
    ok(!pattern_matches(many, text), "many stars on a long text end");
}

static void matches(void) {
    struct device_facts serial = {.subsystem = "tty", .name = "ttyUSB0", .usb = true, .vendor = 0x0403, .product = 0x6001, .serial = "A1"};
    struct device_facts plain = {.subsystem = "tty", .name = "ttyS0", .serial = ""};
    struct device_rule r = rule("tty", "ttyUSB*");
    ok(device_rule_matches(&r, &serial) && !device_rule_matches(&r, &plain), "subsystem and name");
    r = rule("input", "");
    ok(!device_rule_matches(&r, &serial), "another subsystem");
    r = rule("", "");
    r.vendor = 0x0403;
    ok(device_rule_matches(&r, &serial) && !device_rule_matches(&r, &plain), "a vendor, and a device that has none");
    r.product = 0x6002;
    ok(!device_rule_matches(&r, &serial), "another product");
    r.product = 0x6001;
    strcpy(r.serial, "A2");
    ok(!device_rule_matches(&r, &serial), "another serial number");
    strcpy(r.serial, "A1");
    ok(device_rule_matches(&r, &serial), "all of them");
    r.vendor = 0;
    plain.vendor = 0;
    ok(!device_rule_matches(&r, &plain), "vendor 0 is not the vendor of what is on no USB");
}

static void soundness(void) {
    struct device_rule r = rule("tty", "x");
    ok(device_rule_sound(&r), "a sound one");
    memset(r.name, 'a', sizeof r.name);
    ok(!device_rule_sound(&r), "a text without an end");
    r = rule("", "x");
    ok(!device_rule_sound(&r), "a name alone, which may be anything's");
    r = rule("tty", "");
    r.access = 8;
    ok(!device_rule_sound(&r), "an access that there is not");
    r.access = 0;
    ok(!device_rule_sound(&r), "no access");
    r = rule("tty", "");
    r.vendor = 0x10000;
    ok(!device_rule_sound(&r), "a vendor of more than 16 bits");
    r = rule("tty", "");
    r.zero = 1;
    ok(!device_rule_sound(&r), "a reserved field");
    static const char *const links[] = {"../etc/passwd", "serial/../../x", "/dev/x", "serial//x", "serial/", ".", "serial/by-id/.."};
    for (unsigned k = 0; k < sizeof links / sizeof *links; k++) {
        r = rule("", "");
        strcpy(r.link, links[k]);
        ok(!device_rule_sound(&r), links[k]);
    }
    strcpy(r.link, "serial/by-id/usb-FTDI..x");
    ok(device_rule_sound(&r), "a link with dots in its name");
}

int main(void) {
    patterns();
    matches();
    soundness();
    return plan();
}
