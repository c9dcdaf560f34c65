package io.sluice.engine.normalize;

import io.sluice.api.ContentType;
import io.sluice.api.codec.PayloadCodecFactory;
import io.sluice.api.codec.PayloadCodecs;
import io.sluice.engine.normalize.profile.ByteLayout;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.sample.PayloadText;
import java.util.Locale;
import java.util.Objects;

/** Finds the codec of a payload: by its first bytes, where neither profile nor message tell. */
final class Sniffer {
  private static final int CBOR_BYTES = 0x40;
  private static final int CBOR_TEXTS = 0x60;
  private static final int CBOR_ARRAYS = 0x80;
  private static final int CBOR_MAPS = 0xA0;
  private static final int CBOR_TAGS = 0xC0;
  private static final byte[] CBOR_SELF_DESCRIBED = {(byte) 0xD9, (byte) 0xD9, (byte) 0xF7};

  private static final PayloadCodecFactory JSON = own("json");
  private static final PayloadCodecFactory SENML_JSON = own("senml-json");
  private static final PayloadCodecFactory CBOR = own("cbor");
  private static final PayloadCodecFactory SENML_CBOR = own("senml-cbor");
  private static final PayloadCodecFactory TEXT = own("text");
  static final PayloadCodecFactory BYTES = own("bytes");
  private static final PayloadCodecFactory[] BY_CONTENT_TYPE = byContentType();

  private Sniffer() {}

  private static PayloadCodecFactory own(String name) {
    return Objects.requireNonNull(PayloadCodecs.find(name), name);
  }

  private static PayloadCodecFactory[] byContentType() {
    ContentType[] types = ContentType.values();
    PayloadCodecFactory[] codecs = new PayloadCodecFactory[types.length];
    for (ContentType type : types) {
      codecs[type.ordinal()] =
          type == ContentType.UNSPECIFIED
              ? TEXT
              : own(type.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    return codecs;
  }

  /**
   * The codec of a payload: by the profile's {@code codec}, by what the message says, by the
   * profile's {@code payload} or by the first bytes.
   *
   * @param from where the payload begins, behind a byte order mark
   */
  static PayloadCodecFactory codec(
      ContentType declared, Profile profile, byte[] payload, int from) {
    PayloadCodecFactory named = profile.forms().codec();
    if (named != null && (declared == ContentType.UNSPECIFIED || profile.forms().always())) {
      return named;
    }
    if (declared != ContentType.UNSPECIFIED) {
      return BY_CONTENT_TYPE[declared.ordinal()];
    }
    ByteLayout layout = profile.bytes();
    if (layout != null) {
      return isObject(payload, from, layout) ? json(payload, skipBlanks(payload, from)) : BYTES;
    }
    int at = skipBlanks(payload, from);
    int first = at < payload.length ? payload[at] & 0xFF : ' ';
    if (first == '{' || first == '[') {
      return json(payload, at);
    }
    return (first >= CBOR_ARRAYS && first < CBOR_TAGS) || selfDescribed(payload)
        ? cbor(payload)
        : TEXT;
  }

  /** An object or array of JSON: a pack of SenML by its shape. */
  private static PayloadCodecFactory json(byte[] payload, int at) {
    return payload[at] == '[' && SenmlShape.isPack(payload, at) ? SENML_JSON : JSON;
  }

  /**
   * Whether a payload cannot be the layout's bytes and is an object or array of JSON: another
   * length, brackets around it, and no control character. What a value of the layout may look like
   * is never guessed.
   */
  private static boolean isObject(byte[] payload, int from, ByteLayout layout) {
    int start = skipBlanks(payload, from);
    int end = PayloadText.end(payload);
    if (payload.length == layout.length() || end - start < 2) {
      return false;
    }
    boolean closed =
        (payload[start] == '{' && payload[end - 1] == '}')
            || (payload[start] == '[' && payload[end - 1] == ']');
    for (int i = start; closed && i < end; i++) {
      closed =
          payload[i] < 0
              || payload[i] >= ' '
              || payload[i] == '\n'
              || payload[i] == '\r'
              || payload[i] == '\t';
    }
    return closed;
  }

  private static boolean selfDescribed(byte[] payload) {
    return payload.length > 3
        && payload[0] == CBOR_SELF_DESCRIBED[0]
        && payload[1] == CBOR_SELF_DESCRIBED[1]
        && payload[2] == CBOR_SELF_DESCRIBED[2];
  }

  /**
   * An array of maps whose first key is an integer is SenML; a map whose first key is a text is
   * CBOR. Anything else that merely begins like CBOR is raw bytes by chance, unless it calls itself
   * CBOR (RFC 8949 section 3.4.6).
   */
  private static PayloadCodecFactory cbor(byte[] payload) {
    boolean said = selfDescribed(payload);
    int at = said ? 3 : 0;
    PayloadCodecFactory otherwise = said ? CBOR : TEXT;
    int head = at < payload.length ? payload[at] & 0xFF : 0;
    if (head >= CBOR_MAPS && head < CBOR_TAGS) {
      return isText(payload, at + headBytes(head)) ? CBOR : otherwise;
    }
    int map = at + headBytes(head);
    if (head < CBOR_ARRAYS || map >= payload.length || (payload[map] & 0xE0) != CBOR_MAPS) {
      return otherwise;
    }
    int key = map + headBytes(payload[map] & 0xFF);
    return key < payload.length && (payload[key] & 0xFF) < CBOR_BYTES ? SENML_CBOR : otherwise;
  }

  private static boolean isText(byte[] payload, int at) {
    return at < payload.length && (payload[at] & 0xE0) == CBOR_TEXTS;
  }

  private static int headBytes(int head) {
    return switch (head & 0x1F) {
      case 24 -> 2;
      case 25 -> 3;
      case 26 -> 5;
      case 27 -> 9;
      default -> 1;
    };
  }

  private static int skipBlanks(byte[] payload, int start) {
    int at = start;
    while (at < payload.length
        && (payload[at] == ' '
            || payload[at] == '\n'
            || payload[at] == '\r'
            || payload[at] == '\t')) {
      at++;
    }
    return at;
  }
}
