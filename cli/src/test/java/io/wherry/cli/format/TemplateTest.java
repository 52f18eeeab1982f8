package io.wherry.cli.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wherry.cli.Golden;
import io.wherry.oci.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {
    private static final JsonValue CONTAINER = JsonValue.parse("""
            {"Id": "abcdef", "Name": "/web", "State": {"Status": "running", "Pid": 42, "Running": true, "Health": null},
             "Config": {"Cmd": ["sh", "-c", "echo hi"], "Labels": {"a": "1", "com.example": "x y"}, "Env": [], "Entrypoint": null},
             "Mounts": [{"Source": "/a", "Destination": "/b", "RW": true}, {"Source": "/c", "Destination": "/d", "RW": false}],
             "NetworkSettings": {"Networks": {"bridge": {"IPAddress": "10.0.0.2"}, "back": {"IPAddress": "10.1.0.2"}},
                                 "Ports": {"80/tcp": [{"HostPort": "8080"}]}},
             "Size": 1234.5}
            """.getBytes(StandardCharsets.UTF_8));

    private static String apply(String template) {
        return Template.parse(template).apply(CONTAINER);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            ignoreLeadingAndTrailingWhitespace = false,
            quoteCharacter = '\0',
            value = {
                "plain#plain",
                "{{.Id}}#abcdef",
                "{{.ID}}#abcdef",
                "{{ .State.Status }}#running",
                "{{json .State}}#{\"Status\":\"running\",\"Pid\":42,\"Running\":true,\"Health\":null}",
                "{{.State.Health}}#<no value>",
                "{{.Config.Cmd}}#[sh -c echo hi]",
                "{{.Config.Labels}}#map[a:1 com.example:x y]",
                "{{.Config.Labels.a}}#1",
                "{{.Config.Labels.none}}#<no value>",
                "{{index .Config.Labels \"com.example\"}}#x y",
                "[{{index .Config.Labels \"none\"}}]#[]",
                "{{range .Mounts}}{{.Source}}->{{.Destination}};{{end}}#/a->/b;/c->/d;",
                "{{range $i, $m := .Mounts}}{{$i}}={{$m.Source}} {{end}}#0=/a 1=/c ",
                "{{range $k, $v := .NetworkSettings.Networks}}{{$k}}:{{$v.IPAddress}} {{end}}#back:10.1.0.2 bridge:10.0.0.2 ",
                "{{range .Config.Env}}x{{else}}none{{end}}#none",
                "{{range .Mounts}}{{if .RW}}{{continue}}{{end}}{{.Source}}{{end}}#/c",
                "{{range .Mounts}}{{.Source}}{{break}}{{end}}#/a",
                "{{if .State.Running}}up{{else}}down{{end}}#up",
                "{{if .State.Health}}h{{else if .State.Pid}}pid{{else}}no{{end}}#pid",
                "{{with .State}}{{.Pid}} {{$.Id}}{{end}}#42 abcdef",
                "{{with .Config.Entrypoint}}x{{else}}none{{end}}#none",
                "{{with $s := .State}}{{$s.Pid}}{{end}}#42",
                "{{(index (index .NetworkSettings.Ports \"80/tcp\") 0).HostPort}}#8080",
                "{{(index .Mounts 1).Source}}#/c",
                "{{index .NetworkSettings.Ports \"80/tcp\" 0 \"HostPort\"}}#8080",
                "{{len .Mounts}} {{len .Name}} {{.Mounts | len}}#2 4 2",
                "{{join .Config.Cmd \" \"}}#sh -c echo hi",
                "{{split .Name \"/\" | json}}#[\"\",\"web\"]",
                "{{split \"abc\" \"\" | json}}#[\"a\",\"b\",\"c\"]",
                "{{upper .State.Status}} {{lower \"ABC\"}} {{title \"a bc\"}}#RUNNING abc A Bc",
                "{{truncate .Id 3}}#abc",
                "{{pad \"x\" 1 2}}|# x  |",
                "{{slice .Id 1 3}} {{slice .Config.Cmd 1}}#bc [-c echo hi]",
                "{{printf \"%s is %d, %q %v %t %.1f|%5d|%-5s|%05d|%x\" .Name .State.Pid \"a\\\"b\" .Config.Cmd true .Size 7 \"ab\" 42 255}}#/web is 42, \"a\\\"b\" [sh -c echo hi] true 1234.5|    7|ab   |00042|ff",
                "{{printf \"%s\" .Id | upper}}#ABCDEF",
                "{{print 1 2 \"a\" 3}}#1 2a3",
                "{{eq .State.Status \"exited\" \"running\"}} {{ne 1 1.0}} {{lt 1 2}} {{ge \"b\" \"a\"}}#true false true true",
                "{{and .State.Running .State.Pid}} {{or \"\" nil \"z\"}} {{not .State.Running}}#42 z false",
                "{{if and (eq .State.Status \"running\") (gt .State.Pid 10)}}yes{{end}}#yes",
                "{{or true (index .Mounts 99)}}#true",
                "{{$x := .Id}}{{$x = upper $x}}{{$x}}#ABCDEF",
                "a {{- .Id -}} b#aabcdefb",
                "{{/* nothing */}}x{{- /* trim */ -}} y#xy",
                "{{`raw \\n`}} {{\"tab\\tA\\u0042\"}}#raw \\n tab\tAB",
                "{{1}} {{-3}} {{1.50}} {{true}} {{\"s\"}}#1 -3 1.50 true s",
                "{{.State.Running | not | not}}#true",
            })
    void writesWhatGoWrites(String template, String text) {
        assertThat(apply(template)).isEqualTo(text);
    }

    @Test
    void lineFeedsAndTabsAreWritten() {
        assertThat(apply("{{println \"a\" 1}}")).isEqualTo("a 1\n");
        assertThat(apply("a\\tb\\n")).isEqualTo("a\tb\n");
    }

    @Test
    void mistakesNamePositionAndWhatWasExpected() {
        StringBuilder all = new StringBuilder();
        for (String template : List.of(
                "{{",
                "{{.Id",
                "{{.Id}",
                "{{}}",
                "{{.Id}} {{",
                "a {{end}}",
                "{{else}}",
                "{{if .Id}}x",
                "{{if}}x{{end}}",
                "{{if .Id}}a{{else}}b{{else}}c{{end}}",
                "{{range .Id}}x{{end}}",
                "{{range $a .Mounts}}{{end}}",
                "{{range $a, .Mounts}}{{end}}",
                "{{.Stat.Status}}",
                "{{.Nothing}}",
                "{{.Id.Name}}",
                "{{.State.Health.Status}}",
                "{{jsno .}}",
                "{{frobnicate .}}",
                "{{.Id .Name}}",
                "{{.Id | .Name}}",
                "{{json}}",
                "{{json . .}}",
                "{{join .Id}}",
                "{{index .Mounts 2}}",
                "{{index .Mounts -1}}",
                "{{index .Mounts 99999999999}}",
                "{{index .Id 0}}",
                "{{index .Config.Env 0}}",
                "{{$x}}",
                "{{$x = 1}}",
                "{{if $y := .Id}}{{end}}{{$y}}",
                "{{\"open}}",
                "{{`open}}",
                "{{\"\\z\"}}",
                "{{\"\\u12\"}}",
                "{{/* open",
                "{{/* c */ .Id}}",
                "{{(.Id}}",
                "{{.Id)}}",
                "{{.Id & .Name}}",
                "{{break}}",
                "{{template \"x\"}}",
                "{{printf \"%d\" .Id}}",
                "{{printf \"%d\" .Size}}",
                "{{printf \"%s\"}}",
                "{{printf \"%99999999s\" .Id}}",
                "{{printf \"%\" 1}}",
                "{{printf \"%y\" 1}}",
                "{{printf \"a\" 1}}",
                "{{lt .Id 1}}",
                "{{eq .Mounts 1}}",
                "{{eq .Id}}",
                "{{upper .State}}",
                "{{and}}",
                "{{pad \"x\" 999999999 1}}",
                "{{01}}",
                "{{1.2.3}}",
                "{{nil}}{{len 3}}",
                "{{.Id}} \u001b[31m {{.Nothing}}")) {
            TemplateException problem = catchThrowableOfType(TemplateException.class, () -> apply(template));
            all.append(template.replace('\u001b', '~'))
                    .append('\n')
                    .append("  ")
                    .append(problem == null ? "IS NO MISTAKE: " + apply(template) : problem.getMessage())
                    .append("\n\n");
        }
        Golden.check("templates.err", all.toString());
        assertThat(all.toString()).doesNotContain("IS NO MISTAKE", "\u001b");
    }

    @Test
    void deepAndLongTemplatesAreRefusedNotSuffered() {
        for (String template : List.of(
                "{{" + "(".repeat(30_000) + ".",
                "{{if .Id}}".repeat(6_000),
                "{{." + "a.".repeat(30_000) + "}}",
                "{{.Id" + "|json".repeat(12_000) + "}}",
                "{{if .Id}}" + "{{else if .Id}}".repeat(4_000) + "{{end}}",
                "x".repeat(Template.LONGEST + 1),
                "{{index " + ". ".repeat(30_000) + "}}")) {
            assertThatThrownBy(() -> apply(template)).isInstanceOf(TemplateException.class);
        }
    }

    @Test
    void hugeNumbersDoNotFillTheMemory() {
        JsonValue huge = JsonValue.parse("{\"n\": 1e999999999, \"m\": 1e-999999999}".getBytes(StandardCharsets.UTF_8));
        for (String template : List.of("{{printf \"%d\" .n}}", "{{printf \"%f\" .m}}", "{{eq .n .m}}", "{{lt .n 1}}")) {
            assertThatThrownBy(() -> Template.parse(template).apply(huge)).isInstanceOf(TemplateException.class);
        }
        assertThat(Template.parse("{{.n}} {{if .n}}yes{{end}}").apply(huge)).isEqualTo("1e999999999 yes");
    }

    @Test
    void noNoiseBreaksAnythingButTheTemplate() {
        String[] pieces = {
            "{{", "}}", "-", " ", "if", "range", "end", "else", "with", ".", ".Id", ".Mounts", "$", "$x", ":=", "=",
            ",", "|", "(", ")", "\"", "`", "'", "json", "index", "printf", "%d", "0", "9", "\\", "/*", "*/", "nil",
            "and", "break", "\u0000", "é"
        };
        Random random = new Random(65615597);
        for (int round = 0; round < 50_000; round++) {
            StringBuilder template = new StringBuilder("{{");
            for (int i = random.nextInt(12); i >= 0; i--) {
                template.append(pieces[random.nextInt(pieces.length)]);
            }
            try {
                apply(template.toString());
            } catch (TemplateException e) {
                assertThat(e.position()).isBetween(0, template.length());
            }
        }
    }
}
