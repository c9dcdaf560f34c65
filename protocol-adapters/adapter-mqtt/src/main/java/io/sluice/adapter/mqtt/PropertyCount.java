package io.sluice.adapter.mqtt;

import io.netty.buffer.ByteBuf;

/**
 * Counts the properties of an MQTT 5 packet while its bytes go by, before the decoder makes objects
 * of them: MQTT 5 section 2.2.2. A packet of 1 MB can have 200,000. What is malformed is the
 * decoder's to find.
 */
final class PropertyCount {
  /** Most properties in one place of a packet; devices send a handful. */
  static final int MAX = 32;

  private static final int TEXT = -1;
  private static final int PROPERTIES = -2;
  private static final int LEVEL = -3;
  private static final int FLAGS = -4;
  private static final int[] NOTHING = {};

  /** Protocol name, level, flags and keep-alive, properties, client identifier, the will's. */
  private static final int[] CONNECT = {TEXT, LEVEL, FLAGS, 2, PROPERTIES, TEXT, PROPERTIES};

  private static final int[] CONNECT_WITHOUT_WILL = {TEXT, LEVEL, FLAGS, 2, PROPERTIES};

  private static final int[] PUBLISH_0 = {TEXT, PROPERTIES};
  private static final int[] PUBLISH = {TEXT, 2, PROPERTIES};
  private static final int[] ACKNOWLEDGEMENT = {3, PROPERTIES};
  private static final int[] SUBSCRIPTION = {2, PROPERTIES};
  private static final int[] REASON = {1, PROPERTIES};

  private boolean isVersion5;
  private int[] parts = NOTHING;
  private int part;

  /** Bytes of the present part that are to be passed over. */
  private int skip;

  /** Length bytes of a text, or of the properties, that are still to come; 0 for none. */
  private int lengthBytes;

  private int length;
  private int shift;

  /** Bytes of the properties that are left; -1 outside of them. */
  private int left = -1;

  /** Texts of the present property that are left. */
  private int texts;

  private boolean isVariable;
  private int count;

  /** A packet begins. */
  void begin(int firstByte) {
    int type = firstByte >> 4;
    parts =
        switch (type) {
          case 1 -> CONNECT;
          case 3 -> !isVersion5 ? NOTHING : (firstByte & 6) == 0 ? PUBLISH_0 : PUBLISH;
          case 4, 5, 6, 7 -> isVersion5 ? ACKNOWLEDGEMENT : NOTHING;
          case 8, 10 -> isVersion5 ? SUBSCRIPTION : NOTHING;
          case 14, 15 -> isVersion5 ? REASON : NOTHING;
          default -> NOTHING;
        };
    part = -1;
    next();
  }

  private void next() {
    part++;
    skip = 0;
    lengthBytes = 0;
    left = -1;
    count = 0;
    texts = 0;
    isVariable = false;
    length = 0;
    shift = 0;
    if (part < parts.length) {
      int kind = parts[part];
      if (kind == TEXT) {
        lengthBytes = 2;
      } else if (kind > 0) {
        skip = kind;
      }
    }
  }

  /** Whether nothing of the packet is of interest any more. */
  boolean isDone() {
    return part >= parts.length;
  }

  /** Takes the bytes of a packet behind its fixed header; false where there are too many. */
  boolean take(ByteBuf bytes, int from, int to) {
    int at = from;
    while (at < to && !isDone()) {
      if (skip > 0) {
        int step = Math.min(skip, to - at);
        skip -= step;
        at += step;
        if (left >= 0) {
          left -= step;
        }
        passed();
      } else if (!one(bytes.getUnsignedByte(at++))) {
        return false;
      }
    }
    return true;
  }

  /** What was passed over is at its end: whatever comes next. */
  private void passed() {
    if (skip > 0) {
      return;
    }
    if (left < 0) {
      next();
    } else if (texts > 0) {
      lengthBytes = 2;
      length = 0;
    } else if (left == 0) {
      next();
    }
  }

  private boolean one(int value) {
    if (left >= 0) {
      left--;
    }
    if (lengthBytes > 0) {
      length = length << 8 | value;
      if (--lengthBytes == 0) {
        skip = length;
        texts = Math.max(0, texts - 1);
        passed();
      }
      return true;
    }
    if (isVariable) {
      isVariable = (value & 0x80) != 0;
      passed();
      return true;
    }
    if (left >= 0) {
      return property(value);
    }
    if (parts[part] == LEVEL) {
      isVersion5 = value == 5;
      parts = isVersion5 ? CONNECT : NOTHING;
      next();
      return true;
    }
    if (parts[part] == FLAGS) {
      parts = (value & 4) == 0 ? CONNECT_WITHOUT_WILL : CONNECT;
      next();
      return true;
    }
    return lengthOfProperties(value);
  }

  private boolean lengthOfProperties(int value) {
    length |= (value & 0x7F) << shift;
    shift += 7;
    if ((value & 0x80) == 0) {
      if (length == 0) {
        next();
      } else {
        left = length;
      }
    } else if (shift > 21) {
      parts = NOTHING; // malformed
    }
    return true;
  }

  /** The identifier of a property: MQTT 5 section 2.2.2.2. */
  private boolean property(int identifier) {
    if (++count > MAX) {
      return false;
    }
    length = 0;
    switch (identifier) {
      case 0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A -> skip = 1;
      case 0x13, 0x21, 0x22, 0x23 -> skip = 2;
      case 0x02, 0x11, 0x18, 0x27 -> skip = 4;
      case 0x0B -> isVariable = true;
      case 0x26 -> texts(2);
      case 0x03, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1A, 0x1C, 0x1F -> texts(1);
      default -> parts = NOTHING; // malformed
    }
    return true;
  }

  private void texts(int number) {
    texts = number;
    lengthBytes = 2;
  }
}
