/** What a command finds around it: the caller's streams, environment and terminal, and the options of the program itself. */
@NullMarked
package io.wherry.cli.session;

import org.jspecify.annotations.NullMarked;
