package io.wherry.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class SignalTest {
    @Test
    void understandsNamesAndNumbers() {
        assertEquals(15, Signal.parse("TERM").number());
        assertEquals(15, Signal.parse("sigterm").number());
        assertEquals(9, Signal.parse("9").number());
        assertEquals(34, Signal.parse("RTMIN").number());
        assertEquals(37, Signal.parse("SIGRTMIN+3").number());
        assertEquals(62, Signal.parse("RTMAX-2").number());
        assertEquals(31, Signal.parse("SYS").number());
    }

    @Test
    void saysEachNameAsItIsUnderstood() {
        for (int number = 1; number <= 64; number++) {
            assertEquals(number, Signal.parse(new Signal(number).text()).number());
        }
    }

    @Test
    void refusesWhatIsNone() {
        for (String word : new String[] {
            "", "0", "65", "-1", "1e1", "TERMX", "SIG", "RTMIN-1", "RTMIN+31", "RTMAX-31", "RTMIN+", "9999999999"
        }) {
            assertThrows(WherryException.class, () -> Signal.parse(word), word);
        }
    }
}
