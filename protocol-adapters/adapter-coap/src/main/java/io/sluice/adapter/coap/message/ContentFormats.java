package io.sluice.adapter.coap.message;

import io.sluice.api.ContentType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Content formats of the IANA CoRE parameters registry that uplinks may have. */
public final class ContentFormats {
  public static final String SUPPORTED =
      "0 text, 42 bytes, 50 JSON, 60 CBOR, 110 SenML JSON, 112 SenML CBOR";

  /** The same as numbers, for the links (RFC 7252 7.2.1). */
  static final List<Integer> NUMBERS = List.of(0, 42, 50, 60, 110, 112);

  private ContentFormats() {}

  /**
   * The content type of an option value; null where we do not know it.
   *
   * @param contentFormat -1 where the option is absent
   */
  public static @Nullable ContentType contentType(int contentFormat) {
    return switch (contentFormat) {
      case -1 -> ContentType.UNSPECIFIED;
      case 0 -> ContentType.TEXT;
      case 42 -> ContentType.BYTES;
      case 50 -> ContentType.JSON;
      case 60 -> ContentType.CBOR;
      case 110 -> ContentType.SENML_JSON;
      case 112 -> ContentType.SENML_CBOR;
      default -> null;
    };
  }
}
