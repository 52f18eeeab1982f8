@NullMarked
package io.wherry.oci;

import org.jspecify.annotations.NullMarked;
