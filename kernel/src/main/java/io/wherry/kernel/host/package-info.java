/**
 * What this host can do, as one immutable input of compilation.
 *
 * <p><em>Facts</em> are found out once per boot and caller and kept in the volatile root. Compilers are pure functions of a configuration and of facts, so a
 * program for a host that is not there can be compiled and compared in a test. {@link io.wherry.kernel.host.CgroupLayout} says which control group
 * hierarchies there are; {@link io.wherry.kernel.host.Privilege} says with which rights the caller came. Both are chosen here and nowhere else.
 */
@NullMarked
package io.wherry.kernel.host;

import org.jspecify.annotations.NullMarked;
