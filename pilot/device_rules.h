/* Which devices a container is given whenever they are there: what FOLLOW's block says (docs/devices.md). Needs nothing of the kernel. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { DEVICE_RULES_MOST = 64, ANY_NUMBER = -1, ACCESS_READ = 1, ACCESS_WRITE = 2, ACCESS_MAKE = 4 };

/* An empty text is no demand. */
struct device_rule {
    uint32_t vendor;  /* of the USB device above it, or ~0 */
    uint32_t product;
    uint32_t access;  /* ACCESS_… */
    uint32_t zero;
    char subsystem[32];
    char name[64];    /* pattern of the kernel's name: `*` any text, `?` any character */
    char serial[64];  /* of the USB device */
    char link[208];   /* a link below /dev that leads to it */
};
_Static_assert(sizeof(struct device_rule) == 384, "docs/devices.md");

/* What is known of a device; a text is empty where it has none. */
struct device_facts {
    const char *subsystem;
    const char *name;
    bool usb;
    uint32_t vendor;
    uint32_t product;
    const char *serial;
};

/* Texts that end, numbers in range, a demand. */
bool device_rule_sound(const struct device_rule *rule);
/* All but the link, which only the host's /dev tells. */
bool device_rule_matches(const struct device_rule *rule, const struct device_facts *facts);
bool pattern_matches(const char *pattern, const char *text);
