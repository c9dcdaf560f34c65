package io.sluice.api.codec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells people what stands in one payload of a protocol, field by field, valid or not. Found by
 * {@link java.util.ServiceLoader} when somebody asks for its protocol, and not before. Thread-safe.
 */
public interface PayloadExplainer {
  /** The value of {@code --protocol}. */
  String protocol();

  /**
   * Explains one payload.
   *
   * @param topic the topic by which it came; empty: nobody knows
   */
  Explanation explain(byte[] payload, String topic);

  /**
   * What stands in a payload. Immutable.
   *
   * @param lines one for each field, with its place, in their order; at the end what is odd
   * @param fault why nothing more can be read, one sentence; null: all of it was
   */
  record Explanation(List<String> lines, @Nullable String fault) {
    public Explanation {
      lines = List.copyOf(lines);
    }
  }
}
