#!/bin/sh
# Builds the payloads, small static programs that tests run: testkit/payload/build.sh OUTDIR [NAME…]
# Silent when it works. `hello` needs gcc and the kernel's headers; the others, for tests only, libc.a too (Debian: libc6-dev).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: build.sh OUTDIR [NAME…]}
shift
[ $# -gt 0 ] || set -- hello subreaper pty probe guest shim
mkdir -p "$out"
warnings="-std=c17 -Wall -Wextra -Werror -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef"
for name in "$@"; do
    case $name in
        hello) flags="-Os -ffreestanding -fno-builtin -nostdlib -fno-pie -no-pie -fno-stack-protector -fcf-protection=none
            -fno-asynchronous-unwind-tables -mgeneral-regs-only -Wl,-z,noseparate-code,-z,noexecstack,-z,norelro" ;;
        *) flags="-O2 -D_GNU_SOURCE" ;;
    esac
    # shellcheck disable=SC2086
    gcc $warnings $flags -static -Wl,--build-id=none,-s "$here/$name"*.c -o "$out/$name.new"
    mv "$out/$name.new" "$out/$name"
done
