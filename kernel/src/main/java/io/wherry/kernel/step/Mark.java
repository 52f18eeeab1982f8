package io.wherry.kernel.step;

/** What parent and child tell each other while a container starts (docs/program.md, "Barriers"). */
public enum Mark {
    GO("go on"),
    MAPPED("ids are mapped"),
    ATTACHED("the control groups are joined"),
    NETWORK("the network is there"),
    TERMINAL("the terminal is open"),
    EXECUTING("about to execute"),
    ROOT("the root is made"),
    PROCESS("the process is there"),
    DEVICES("its /dev is there");

    private final String text;

    Mark(String text) {
        this.text = text;
    }

    /** {@return the number in the program} */
    public int code() {
        return ordinal() + 1;
    }

    String text() {
        return text;
    }
}
