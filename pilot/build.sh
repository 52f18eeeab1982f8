#!/bin/sh
# Builds the static binary `wherry` (launcher, pilot, monitor in one): pilot/build.sh [--sanitize] [OUTDIR]
# Silent when it works. Needs gcc, the kernel's headers and a JDK ($JAVA_HOME) for the tables.
# --sanitize builds the hosted test binaries instead: the parts that judge hostile bytes, under ASan and UBSan.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sanitize=
if [ "${1:-}" = --sanitize ]; then sanitize=1; shift; fi
out=${1:-$here/build}
mkdir -p "$out/tables"
"${JAVA_HOME:?set JAVA_HOME to a JDK of version 25 or later}/bin/java" -XX:TieredStopAtLevel=1 "$here/../kernel/tables/Generate.java" c "$out/tables"
warnings="-std=c17 -Wall -Wextra -Werror -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef"
if [ -n "$sanitize" ]; then
    for test in "$here"/test/hosted_*.c; do
        name=$(basename "$test" .c)
        # Each hosted test names what it needs in a line `uses: a.c b.c`.
        uses=$(sed -n 's/.*uses: *\([a-z_. ]*\).*/\1/p' "$test" | head -n 1)
        sources=
        for source in $uses; do
            if [ -e "$here/$source" ]; then sources="$sources $here/$source"; else sources="$sources $out/tables/$source"; fi
        done
        # shellcheck disable=SC2086
        gcc $warnings -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
            -D_GNU_SOURCE -I"$here" -I"$out/tables" $sources "$test" -o "$out/$name"
    done
    exit 0
fi
# shellcheck disable=SC2086
gcc $warnings -Os -ffreestanding -fno-builtin -fPIE -fvisibility=hidden -fno-plt -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
    -fstack-protector-strong -mstack-protector-guard=global -fcf-protection=none -mgeneral-regs-only \
    -nostdlib -static-pie -Wl,--gc-sections,-z,relro,-z,now,-z,noexecstack,-z,separate-code,--no-dynamic-linker,--build-id=sha1,-s \
    -I"$here" -I"$out/tables" "$here"/*.c "$out/tables/tables.c" -o "$out/wherry.new"
mv "$out/wherry.new" "$out/wherry"
