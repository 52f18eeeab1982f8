/**
 * Go templates over JSON, as docker's users write them behind {@code --format}.
 *
 * <p>A <em>template</em> is text with <em>actions</em> between {@code {{} and {@code }}}. An action is a <em>pipeline</em>
 * of <em>commands</em> joined by bars, each a function with arguments or one value, or a keyword that encloses more
 * template: {@code if}, {@code range}, {@code with}. The <em>dot</em> is the value at hand, {@code $} the one that the
 * template began with.
 *
 * <p>Values are {@link io.wherry.oci.json.JsonValue}s. JSON does not tell Go's structs from its maps, so an object whose
 * members all begin with a capital counts as a struct: a field that it does not have is an error with the nearest name,
 * and case may differ ({@code .Id}, {@code .ID}). Any other object is a map: what it lacks prints as {@code <no value>}.
 *
 * <p>Templates are not trusted: nesting, widths and lengths are bounded, and nothing but the value can be reached.
 *
 * @see <a href="https://pkg.go.dev/text/template">text/template</a>
 */
@NullMarked
package io.wherry.cli.format;

import org.jspecify.annotations.NullMarked;
