package io.wherry.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableWriterTest {
    @Test
    void columnsAreThreeSpacesApartAndAtLeastTenWide() {
        String table = new TableWriter()
                .row("ID", "LONG HEADER", "LAST")
                .row("abc", "x", "y")
                .text();

        assertThat(table).isEqualTo("ID        LONG HEADER   LAST\nabc       x             y\n");
    }

    @Test
    void controlCharactersOfOthersAreNotShown() {
        assertThat(new TableWriter().row("a\u001b[31mb\u009b2J\u202Ec", "d").text())
                .isEqualTo("a?[31mb?2J?c   d\n");
    }

    @Test
    void tabsOfATemplateSeparateCells() {
        assertThat(new TableWriter().tabbed("A\tB").tabbed("\t").text()).isEqualTo("A         B\n          \n");
    }
}
