#!/bin/sh
# Fuzzes what judges hostile bytes, with clang's libFuzzer under sanitizers: pilot/test/fuzz.sh SECONDS [OUTDIR]
# Each target for so long. What was interesting stays in OUTDIR/corpus-TARGET and is the next run's beginning; an input that breaks a target is kept as
# OUTDIR/TARGET-crash-…, and `OUTDIR/TARGET FILE` runs it again.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
seconds=$1
out=${2:-$here/../build/fuzz}
clang=$(command -v clang || command -v clang-14) || { echo "not ok - clang is not installed: apt-get install clang-14 libclang-rt-14-dev"; exit 1; }
mkdir -p "$out/tables"
"${JAVA_HOME:?set JAVA_HOME to a JDK of version 25 or later}/bin/java" -XX:TieredStopAtLevel=1 "$here/../../kernel/tables/Generate.java" c "$out/tables"
status=0
for entry in "$here"/fuzz_*.c; do
    name=$(basename "$entry" .c)
    sources=
    for source in $(sed -n 's/.*uses: *\([a-z_. ]*\).*/\1/p' "$entry" | head -n 1); do
        if [ -e "$here/../$source" ]; then sources="$sources $here/../$source"; else sources="$sources $out/tables/$source"; fi
    done
    # shellcheck disable=SC2086
    "$clang" -std=c17 -Wall -Wextra -Werror -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
        -D_GNU_SOURCE -I"$here/.." -I"$here" -I"$out/tables" $sources "$entry" -o "$out/$name"
    mkdir -p "$out/corpus-$name"
    if "$out/$name" -max_total_time="$seconds" -timeout=10 -max_len=65536 -print_final_stats=1 -artifact_prefix="$out/$name-" "$out/corpus-$name" >"$out/$name.log" 2>&1; then
        echo "ok - $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$name.log") inputs in $seconds s, none breaks it"
    else
        echo "not ok - $name"
        tail -n 40 "$out/$name.log"
        status=1
    fi
done
exit $status
