#!/bin/bash
# Fuzzes what reads strangers' bytes in Java, with Jazzer: testkit/fuzz.sh SECONDS LIBRARIES [OUTDIR]
# Each class named …Fuzzer among the compiled tests for so long. LIBRARIES is a folder with the jars of the tests and Jazzer's. What was interesting stays in
# OUTDIR/CLASS/corpus and is the next run's beginning; an input that breaks a class is kept in OUTDIR/CLASS as crash-…; giving it as the last argument runs it again.
set -u
root=$(cd "$(dirname "$0")/.." && pwd -P)
seconds=$1 libraries=$2 out=${3:-$root/target/fuzz}
modules=$(printf ':%s' "$root"/*/target/test-classes "$root"/*/target/classes)
path="$libraries/*$modules"
status=0
while read -r file; do
    class=${file#"$root"/*/target/test-classes/}
    class=${class%.class}
    class=${class//\//.}
    mkdir -p "$out/$class/corpus"
    "${JAVA_HOME:?}/bin/java" -cp "$path" io.wherry.testkit.Damage "$class" "$out/$class/corpus" || status=1
    if "$JAVA_HOME/bin/java" -Xmx512m --enable-native-access=ALL-UNNAMED -cp "$path" com.code_intelligence.jazzer.Jazzer --target_class="$class" \
        --instrumentation_includes='io.wherry.**' --reproducer_path="$out/$class" -artifact_prefix="$out/$class/" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=3000 \
        "$out/$class/corpus" >"$out/$class.log" 2>&1 </dev/null; then
        echo "ok - $class: $(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$out/$class.log") inputs in $seconds s, none breaks it"
    else
        echo "not ok - $class"
        grep -v '^#' "$out/$class.log" | tail -n 40
        status=1
    fi
done < <(find "$root"/*/target/test-classes -name '*Fuzzer.class')
exit $status
