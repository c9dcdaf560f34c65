/**
 * Payload codecs in JavaScript, by the payload codec API of the LoRa Alliance (TS013): {@code
 * decodeUplink}, {@code normalizeUplink} and {@code encodeDownlink}. Found by {@link
 * io.sluice.codec.script.ScriptCodecFactory}; only the classes that it opens know Rhino, so that
 * nothing of it is loaded before a profile names a script.
 */
package io.sluice.codec.script;
