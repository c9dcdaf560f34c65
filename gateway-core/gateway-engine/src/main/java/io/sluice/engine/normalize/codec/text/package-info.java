/** The codec of plain text. Known to the list of codecs alone. */
@org.jspecify.annotations.NullMarked
package io.sluice.engine.normalize.codec.text;
