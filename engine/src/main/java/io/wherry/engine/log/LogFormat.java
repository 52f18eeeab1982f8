package io.wherry.engine.log;

/** How records lie in a file. Stateless. What is no record is passed over, whatever it is. */
interface LogFormat {
    /**
     * Reads the record that begins at {@code from}.
     *
     * @return where the next one begins; {@code from} if this one's end is not in the block
     */
    int read(byte[] block, int from, int to, LogRecord record);

    /** {@return where the record that ends at {@code end} begins; -1 if that is before the block} */
    int before(byte[] block, int end);

    /** {@return where the last whole record of a block ends; -1 if none does} */
    int lastEnd(byte[] block, int to);

    /** {@return whether a record ends its line; else another one goes on with it} */
    boolean endsLine(byte[] block, LogRecord record);

    /** Writes the text of a record. {@return the position behind it} */
    int text(byte[] block, LogRecord record, byte[] to, int at);
}
