package io.sluice.api;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a payload says it is. CoAP content formats from the IANA CoRE parameters registry. */
public enum ContentType {
  /** Nothing said: the profile or the first bytes decide. */
  UNSPECIFIED("", -1),
  TEXT("text/plain", 0),
  BYTES("application/octet-stream", 42),
  JSON("application/json", 50),
  CBOR("application/cbor", 60),
  SENML_JSON("application/senml+json", 110),
  SENML_CBOR("application/senml+cbor", 112);

  private static final ContentType[] VALUES = values();

  private final String mediaType;
  private final int coapContentFormat;

  ContentType(String mediaType, int coapContentFormat) {
    this.mediaType = mediaType;
    this.coapContentFormat = coapContentFormat;
  }

  /**
   * The content type that a media type means: type and subtype without regard to case, parameters
   * aside, and by the suffix of its structure ({@code +json}, {@code +cbor}: RFC 6839, RFC 8949).
   *
   * @return null where it is none that the gateway knows
   */
  public static @Nullable ContentType ofMediaType(String text) {
    for (ContentType type : VALUES) {
      if (type.mediaType.equals(text)) {
        return type;
      }
    }
    int parameters = text.indexOf(';');
    String name =
        (parameters < 0 ? text : text.substring(0, parameters)).strip().toLowerCase(Locale.ROOT);
    for (ContentType type : VALUES) {
      if (!name.isEmpty() && type.mediaType.equals(name)) {
        return type;
      }
    }
    if (name.endsWith("+json") || name.equals("text/json")) {
      return JSON;
    }
    if (name.endsWith("+cbor")) {
      return CBOR;
    }
    return name.startsWith("text/") ? TEXT : null;
  }

  /** The {@code charset} of a media type in lower case, or null where it names none. */
  public static @Nullable String charsetOf(String mediaType) {
    for (String parameter : mediaType.toLowerCase(Locale.ROOT).split(";", -1)) {
      String each = parameter.strip();
      if (each.startsWith("charset=")) {
        return each.substring(8).replace("\"", "").strip();
      }
    }
    return null;
  }

  public String mediaType() {
    return mediaType;
  }

  /** The CoAP content format, -1 for {@link #UNSPECIFIED}. */
  public int coapContentFormat() {
    return coapContentFormat;
  }
}
