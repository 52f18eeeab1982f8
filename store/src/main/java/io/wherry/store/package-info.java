/**
 * Images, layers and trees on disk; this package only tells where things are.
 *
 * <p>From bottom to top: {@code disk} is the one door to durable files and to locks; {@code tar} and {@code compress} read archives; {@code unpack} turns a layer's archive into
 * operations on a tree; {@code content} keeps blobs as an OCI image layout, and names of images; {@code layer} keeps unpacked layers by driver and
 * prepares roots on them; {@code pull} does all of it at once; {@code garbage} removes what nobody needs.
 */
@NullMarked
package io.wherry.store;

import org.jspecify.annotations.NullMarked;
