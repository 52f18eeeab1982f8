/** The examples of docs/library.md, as a program has them that knows nothing but what is public. */
@NullMarked
package io.wherry.example;

import org.jspecify.annotations.NullMarked;
