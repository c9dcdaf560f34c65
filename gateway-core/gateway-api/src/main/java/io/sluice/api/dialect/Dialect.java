package io.sluice.api.dialect;

import org.jspecify.annotations.Nullable;

/**
 * The topics of one vendor, as code. It is found by {@link java.util.ServiceLoader} and is used
 * where a listener's {@code dialects} or a device's profile names it. Most vendors need none: ten
 * lines of YAML say the same, and the gateway checks those for collisions.
 *
 * <p>Thread-safe: every thread of every adapter asks the one object.
 */
public interface Dialect {
  /** The name in {@code dialects}: 1 to 64 of a-z, 0-9 and {@code . _ -}; unique. */
  String name();

  /**
   * What a topic or path means. It is asked for each message whose topic no YAML dialect of the
   * listener maps. Must not block. What it throws is a fault of the gateway's own: the message is
   * kept as a dead letter.
   *
   * @param topic as the device wrote it, of any length; a CoAP path without its leading slash
   * @return null where this dialect does not know the topic
   */
  @Nullable Route route(String topic);

  /** The topics in a few words, for a device whose topic is not mapped; empty: nothing is said. */
  default String hint() {
    return "";
  }
}
