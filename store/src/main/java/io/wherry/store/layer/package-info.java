/**
 * Unpacked layers and what containers mount of them.
 *
 * <pre>
 * layers/&lt;driver&gt;/&lt;name&gt;/t        the tree; name: the first 24 digits of the chain id
 * layers/&lt;driver&gt;/&lt;name&gt;/layer    what it is: `key value` lines, chain id first
 * layers/&lt;driver&gt;/&lt;name&gt;/sum      entries of the tree and bytes of its files, for {@code check}
 * layers/&lt;driver&gt;/&lt;name&gt;/proven   durable: the tree reached the disk
 * (volatile) layers/&lt;driver&gt;/&lt;name&gt;   the boot id: this boot made the tree
 * tmp/&lt;unique&gt;, trash/&lt;unique&gt;     being made, being removed
 * </pre>
 *
 * <p><b>Published now, proved later.</b> A layer can be used as soon as it has its name; it is noted under the boot id. Later, {@link io.wherry.store.layer.Prover} calls syncfs and writes
 * {@code proven}. A layer that is neither proven nor noted in this boot may have lost bytes in a power cut: it counts as absent and is unpacked again from its blob.
 *
 * <p>Names are short because all of an overlay's lower folders must fit in one page of mount options: 27 bytes each, 140 layers. Two chain ids with one name are told apart by the record; the second is refused.
 *
 * <p>A <em>chain id</em> names a layer on top of certain others (image-spec, config.md). A user's layers are keyed by the id mapping too: the {@code mapping} of the driver is part of the folder's name.
 */
@NullMarked
package io.wherry.store.layer;

import org.jspecify.annotations.NullMarked;
