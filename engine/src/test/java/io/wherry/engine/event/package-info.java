/** The journal of events: written by many, rotated, damaged, read. */
@NullMarked
package io.wherry.engine.event;

import org.jspecify.annotations.NullMarked;
