package io.wherry.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuotedWordsTest {
    @Test
    void wordsAreTakenApartAsAShellDoes() {
        assertThat(QuotedWords.split("  run -m\t64m  hello ")).containsExactly("run", "-m", "64m", "hello");
        assertThat(QuotedWords.split("sh -c 'echo \"a b\"' \"it's\" ''"))
                .containsExactly("sh", "-c", "echo \"a b\"", "it's", "");
        assertThat(QuotedWords.split("a\\ b 'c\\d' \"e\\\"f\" g'h'i")).containsExactly("a b", "c\\d", "e\"f", "ghi");
        assertThat(QuotedWords.split("")).isEmpty();
    }

    @Test
    void aQuoteThatIsNotClosedIsNoLine() {
        assertThat(QuotedWords.split("sh -c 'x")).isNull();
    }
}
