/**
 * What happened, as it happened: a <em>journal</em> of lines of JSON in the shape of Docker's events, in files that are rotated (docs/state.md, "Events"). Commands and monitors append to it, each by one write; nobody
 * else keeps it. A container's lines are made from its <em>template</em>, which monitors fill in too.
 */
@NullMarked
package io.wherry.engine.event;

import org.jspecify.annotations.NullMarked;
