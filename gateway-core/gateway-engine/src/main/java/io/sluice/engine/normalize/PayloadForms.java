package io.sluice.engine.normalize;

import io.sluice.api.ContentType;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.List;

/**
 * What a profile says of its payloads' form.
 *
 * @param payload what a payload is where the message does not say, or unspecified
 * @param encoding how raw bytes come
 * @param charset of JSON and text
 * @param times how times are written
 * @param decimal the decimal sign of numbers in text
 * @param tolerant whether a field that cannot be taken costs that field alone
 * @param spaced whether samples without time lie one interval apart
 */
record PayloadForms(
    ContentType payload,
    Encoding encoding,
    Charset charset,
    TimeForms times,
    char decimal,
    boolean tolerant,
    boolean spaced) {

  /** How raw bytes come. */
  enum Encoding {
    BINARY,
    HEX,
    BASE64
  }

  static final PayloadForms USUAL =
      new PayloadForms(
          ContentType.UNSPECIFIED,
          Encoding.BINARY,
          StandardCharsets.UTF_8,
          new TimeForms(ZoneOffset.UTC, List.of()),
          '.',
          true,
          false);
}
