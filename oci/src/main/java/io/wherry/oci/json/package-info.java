/**
 * JSON by RFC 8259, strict and small: a pull {@link io.wherry.oci.json.JsonReader reader}, a
 * {@link io.wherry.oci.json.JsonWriter writer}, a {@link io.wherry.oci.json.JsonValue tree of values} that keeps order,
 * unknown members and the text of numbers, and {@link io.wherry.oci.json.Fields}, which reads one object's members by
 * name and type and hands back what nobody asked for.
 *
 * <p>Documents come from registries, archives and other programs. Refused, with the offset of the byte: duplicate
 * names, more than {@linkplain io.wherry.oci.json.JsonLimits a bounded} depth, size or number of values, numbers
 * outside of the grammar, half surrogates, invalid UTF-8, a byte order mark, bytes after the value.
 *
 * <p>The reader takes the whole document as bytes: each document that Wherry reads is bounded before it is buffered,
 * and its digest is over these bytes.
 *
 * <p>This package is on the path of {@code wherry run}: it uses no reflection, no pattern {@code switch}, and no
 * generated record methods, each of which would build classes at run time.
 */
@NullMarked
package io.wherry.oci.json;

import org.jspecify.annotations.NullMarked;
