/**
 * Reads what containers said. A <em>log</em> is the files {@code log}, {@code log.1}, … of a container's folder, the newest first; the monitor writes and rotates them (docs/monitor.md).
 *
 * <p>A <em>record</em> is a line or a part of a long one, with its stream and its time; a {@link io.wherry.engine.log.LogFormat} finds records in blocks of bytes, forwards and backwards. A
 * {@link io.wherry.engine.log.LogChain} knows files by identity, since their names change while one reads. Nothing here makes an object for each record.
 */
@NullMarked
package io.wherry.engine.log;

import org.jspecify.annotations.NullMarked;
