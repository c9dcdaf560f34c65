package io.sluice.engine.latest;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Names and units in UTF-8, one copy of each: the devices of a profile have the same ones, so that
 * those stay near the processor. Bounded: beyond that many texts each newcomer is a copy of its
 * own. Not thread-safe.
 */
final class SharedTexts {
  private static final int TEXTS_MAX = 4_096;

  private final Map<String, byte[]> known = new HashMap<>();

  byte[] utf8(String text) {
    byte[] bytes = known.get(text);
    if (bytes == null) {
      bytes = text.getBytes(StandardCharsets.UTF_8);
      if (known.size() < TEXTS_MAX) {
        known.put(text, bytes);
      }
    }
    return bytes;
  }
}
