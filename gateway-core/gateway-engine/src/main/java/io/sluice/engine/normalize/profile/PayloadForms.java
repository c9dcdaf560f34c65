package io.sluice.engine.normalize.profile;

import io.sluice.api.codec.PayloadCodecFactory;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a profile says of its payloads' form.
 *
 * @param codec what reads the payloads, or null where message or first bytes tell
 * @param always whether that goes before what the message says
 * @param encoding how raw bytes come
 * @param charset of JSON and text
 * @param times how times are written
 * @param decimal the decimal sign of numbers in text
 * @param tolerant whether a field that cannot be taken costs that field alone
 * @param spaced whether samples without time lie one interval apart
 */
public record PayloadForms(
    @Nullable PayloadCodecFactory codec,
    boolean always,
    Encoding encoding,
    Charset charset,
    TimeForms times,
    char decimal,
    boolean tolerant,
    boolean spaced) {

  /** How raw bytes come. */
  public enum Encoding {
    BINARY,
    HEX,
    BASE64
  }

  public static final PayloadForms USUAL =
      new PayloadForms(
          null,
          false,
          Encoding.BINARY,
          StandardCharsets.UTF_8,
          new TimeForms(ZoneOffset.UTC, List.of()),
          '.',
          true,
          false);
}
