/**
 * containerd shims without containerd (containerd's core/runtime/v2/README.md; docs/runtimes.md): the pilot lets the shim start in a place that is prepared as for any other tool, asks it for the
 * container over ttrpc, and stays as monitor, which passes on what is asked of it. All requests are compiled ahead, so nobody needs a JVM as long as the container lives.
 */
@NullMarked
package io.wherry.runtime.shim;

import org.jspecify.annotations.NullMarked;
