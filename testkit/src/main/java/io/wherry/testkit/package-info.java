/**
 * What the tests of every module share: real programs on loopback, real images, and a look at the whole kernel. No mocks.
 *
 * <ul>
 *   <li><b>Ledger</b>: {@link io.wherry.testkit.Ledger} lists the kernel's objects (mounts, cgroups, links, processes, …) before and after;
 *       {@link io.wherry.testkit.Leakless} on a test class fails it for what it left behind or took away.
 *   <li><b>Programs</b>: {@link io.wherry.testkit.Command} runs one with a time-out, also {@link io.wherry.testkit.Terminal on a terminal} or as an
 *       {@link io.wherry.testkit.OrdinaryUser ordinary user}.
 *   <li><b>Payloads</b>: {@link io.wherry.testkit.Payload} builds the static C programs of {@code testkit/payload} that run inside containers and
 *       say what they see.
 *   <li><b>Images</b>: {@link io.wherry.testkit.Tar} writes archives header by header, {@link io.wherry.testkit.OciLayout} makes images of them,
 *       {@link io.wherry.testkit.TestImages} has ready ones, {@link io.wherry.testkit.LocalRegistry} serves them.
 *   <li><b>Hostile input</b>: {@link io.wherry.testkit.HostileTar} is a table of archives that no correct unpacker may follow.
 * </ul>
 *
 * A missing tool is a failure that names the Debian package, never a skip. Nothing here outlives the test that used it, but the cache of
 * {@link io.wherry.testkit.TestImages}.
 */
@NullMarked
package io.wherry.testkit;

import org.jspecify.annotations.NullMarked;
