package io.sluice.engine.normalize;

import io.sluice.api.ContentType;

/** Tells what a payload is, where neither message nor profile do. */
final class Sniffer {
  private static final int CBOR_ARRAYS = 0x80;
  private static final int CBOR_MAPS = 0xA0;
  private static final int CBOR_TAGS = 0xC0;
  private static final byte[] CBOR_SELF_DESCRIBED = {(byte) 0xD9, (byte) 0xD9, (byte) 0xF7};

  private Sniffer() {}

  static String codecName(ContentType type) {
    return switch (type) {
      case JSON -> "json";
      case SENML_JSON -> "senml+json";
      case SENML_CBOR -> "senml+cbor";
      case CBOR -> "cbor";
      case BYTES -> "bytes";
      case TEXT, UNSPECIFIED -> "text";
    };
  }

  static ContentType type(ContentType declared, Profile profile, byte[] payload) {
    if (declared != ContentType.UNSPECIFIED) {
      return declared;
    }
    if (profile.payload != ContentType.UNSPECIFIED) {
      return profile.payload;
    }
    int at = skipBlanks(payload, 0);
    int first = at < payload.length ? payload[at] & 0xFF : ' ';
    if (first == '{' || first == '[') {
      return first == '[' && isSenml(payload, at + 1) ? ContentType.SENML_JSON : ContentType.JSON;
    }
    if (profile.bytes != null) {
      return ContentType.BYTES;
    }
    return (first >= CBOR_ARRAYS && first < CBOR_TAGS) || selfDescribed(payload)
        ? cbor(payload)
        : ContentType.TEXT;
  }

  /**
   * Whether the first object has a member {@code n} or {@code bn} that is a string, as names are.
   */
  private static boolean isSenml(byte[] payload, int start) {
    int at = skipBlanks(payload, start);
    if (at >= payload.length || payload[at] != '{') {
      return false;
    }
    for (int i = at + 1; i + 3 < payload.length && payload[i] != '}'; i++) {
      if (payload[i] == '"') {
        int name = payload[i + 1] == 'b' ? i + 2 : i + 1;
        if (payload[name] == 'n' && name + 1 < payload.length && payload[name + 1] == '"') {
          int colon = skipBlanks(payload, name + 2);
          int value = skipBlanks(payload, colon + 1);
          if (value < payload.length && payload[colon] == ':' && payload[value] == '"') {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean selfDescribed(byte[] payload) {
    return payload.length > 3
        && payload[0] == CBOR_SELF_DESCRIBED[0]
        && payload[1] == CBOR_SELF_DESCRIBED[1]
        && payload[2] == CBOR_SELF_DESCRIBED[2];
  }

  /** An array of maps whose first key is an integer is SenML. */
  private static ContentType cbor(byte[] payload) {
    int at = selfDescribed(payload) ? 3 : 0;
    int head = payload[at] & 0xFF;
    if (head < CBOR_ARRAYS || head >= CBOR_MAPS) {
      return ContentType.CBOR;
    }
    int map = at + headBytes(head);
    if (map >= payload.length || (payload[map] & 0xE0) != CBOR_MAPS) {
      return ContentType.CBOR;
    }
    int key = map + headBytes(payload[map] & 0xFF);
    return key < payload.length && (payload[key] & 0xFF) < 0x40
        ? ContentType.SENML_CBOR
        : ContentType.CBOR;
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
