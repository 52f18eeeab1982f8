#!/bin/sh
# Makes the ordinary user that tests run as, with 65,536 subordinate ids of each kind, a home and a runtime folder: testkit/user.sh [NAME]
# Run by root, as often as one likes; prints the name. The home is /home/NAME, the runtime folder /run/user/UID, 0700.
set -eu
name=${1:-wherry-test}
if [ "$(id -u)" -ne 0 ]; then
    echo "testkit/user.sh: needs root, to make the user \`$name\`" >&2
    exit 1
fi
if ! getent passwd "$name" >/dev/null; then
    useradd --create-home --user-group --shell /bin/sh --comment "tests of wherry" "$name"
fi
# The first range behind every other: two users with common ids could reach each other's files.
for kind in uid gid; do
    file=/etc/sub$kind
    touch "$file"
    if ! grep -q "^$name:" "$file"; then
        first=$(awk -F: 'BEGIN { next_free = 100000 } $2 + $3 > next_free { next_free = $2 + $3 } END { printf "%d", next_free }' "$file")
        usermod "--add-sub${kind}s" "$first-$((first + 65535))" "$name"
    fi
done
runtime=/run/user/$(id -u "$name")
mkdir -p /run/user
chmod 0755 /run/user
if [ ! -d "$runtime" ]; then
    mkdir -m 0700 "$runtime"
fi
chown "$name:" "$runtime"
chmod 0700 "$runtime"
echo "$name"
