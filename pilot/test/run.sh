#!/bin/sh
# Tests of the pilot alone, without a JVM but for the tables: pilot/test/run.sh [MUTATIONS [SEED]]
# The judge under sanitizers, then whole programs on this kernel: as the caller (root), and as root of a user namespace.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$here/../build
"$here/../build.sh" "$out"
"$here/../build.sh" --sanitize "$out"
gcc -std=c17 -Wall -Wextra -Werror -O1 -g -I"$here/.." -I"$here" -I"$out/tables" "$here/interpret.c" -o "$out/interpret"
status=0
report() { # prints what failed and the plan; the whole output on a failure is in $out/test.log
    if "$@" > "$out/test.log" 2>&1; then
        echo "ok: $(tail -n 1 "$out/test.log") ($(grep -c '# SKIP' "$out/test.log" || true) skipped)  $*"
    else
        grep -A 3 '^not ok' "$out/test.log" || tail -n 20 "$out/test.log"
        echo "FAILED: $*"
        status=1
    fi
}
for test in "$out"/hosted_*; do
    case $test in
        */hosted_mutate) report "$test" "${1:-100000}" "${2:-1}" ;;
        *) report "$test" ;;
    esac
done
report "$out/interpret" "$out/wherry"
report unshare --user --map-root-user --mount --pid --fork --mount-proc "$out/interpret" "$out/wherry"
report python3 "$here/live.py" "$out/wherry"
exit $status
