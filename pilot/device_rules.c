/* See docs/devices.md. */
#include "device_rules.h"
#include "text.h"

enum { USB_LAST = 0xffff, ANY = 0xffffffffu };

static bool ends(const char *text, size_t room) {
    for (size_t k = 0; k < room; k++) {
        if (text[k] == 0) {
            return true;
        }
    }
    return false;
}

/* A link is one below /dev: relative, without `..` and empty names. */
static bool below(const char *path) {
    for (const char *name = path; *name != 0;) {
        const char *end = name;
        while (*end != 0 && *end != '/') {
            end++;
        }
        bool dots = name[0] == '.' && (end == name + 1 || (name[1] == '.' && end == name + 2));
        if (end == name || dots || (*end == '/' && end[1] == 0)) {
            return false;
        }
        name = *end == '/' ? end + 1 : end;
    }
    return true;
}

bool device_rule_sound(const struct device_rule *rule) {
    bool texts = ends(rule->subsystem, sizeof rule->subsystem) && ends(rule->name, sizeof rule->name) && ends(rule->serial, sizeof rule->serial)
        && ends(rule->link, sizeof rule->link);
    bool numbers = (rule->vendor <= USB_LAST || rule->vendor == ANY) && (rule->product <= USB_LAST || rule->product == ANY) && rule->access > 0
        && rule->access <= (ACCESS_READ | ACCESS_WRITE | ACCESS_MAKE) && rule->zero == 0;
    return texts && numbers && below(rule->link) && (rule->vendor != ANY || rule->subsystem[0] != 0 || rule->link[0] != 0);
}

bool pattern_matches(const char *pattern, const char *text) {
    const char *star = NULL; /* the last `*`, and how much of the text it stands for so far */
    const char *from = text;
    while (*text != 0) {
        if (*pattern == '*') {
            star = pattern++;
            from = text;
        } else if (*pattern != 0 && (*pattern == '?' || *pattern == *text)) {
            pattern++;
            text++;
        } else if (star != NULL) {
            pattern = star + 1;
            text = ++from;
        } else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return *pattern == 0;
}

bool device_rule_matches(const struct device_rule *rule, const struct device_facts *facts) {
    bool asks_usb = rule->vendor != ANY || rule->product != ANY || rule->serial[0] != 0;
    bool usb = facts->usb && (rule->vendor == ANY || rule->vendor == facts->vendor) && (rule->product == ANY || rule->product == facts->product)
        && (rule->serial[0] == 0 || text_equal(rule->serial, facts->serial));
    return (rule->subsystem[0] == 0 || text_equal(rule->subsystem, facts->subsystem))
        && (rule->name[0] == 0 || pattern_matches(rule->name, facts->name)) && (!asks_usb || usb);
}
