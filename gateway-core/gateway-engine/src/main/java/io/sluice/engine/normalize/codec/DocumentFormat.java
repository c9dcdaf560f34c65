package io.sluice.engine.normalize.codec;

import io.sluice.api.MessageBounds;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.sample.PayloadFaults;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.dataformat.cbor.CBORFactory;

/** The forms in which a document may be written, each with its parser, within the bounds. */
public enum DocumentFormat {
  JSON,
  CBOR;

  static final int MAX_DEPTH = 32;

  /**
   * A longer name is a fault of the message, one that a record cannot hold a fault of its field.
   */
  private static final int MAX_NAME = 4096;

  private static final StreamReadConstraints LIMITS =
      StreamReadConstraints.builder()
          .maxNestingDepth(MAX_DEPTH)
          .maxNameLength(MAX_NAME)
          .maxNumberLength(100)
          .maxStringLength(MessageBounds.PAYLOAD_MAX_BYTES)
          .build();

  /** Loaded with the first message in JSON. */
  private static final class Json {
    static final JsonFactory FACTORY =
        JsonFactory.builder()
            .streamReadConstraints(LIMITS)
            .recyclerPool(JsonRecyclerPools.threadLocalPool())
            .build();
  }

  /** Loaded with the first message in CBOR. */
  private static final class Cbor {
    static final CBORFactory FACTORY =
        CBORFactory.builder()
            .streamReadConstraints(LIMITS)
            .recyclerPool(JsonRecyclerPools.threadLocalPool())
            .build();
  }

  TokenStreamFactory factory() {
    return this == JSON ? Json.FACTORY : Cbor.FACTORY;
  }

  public JsonParser parser(byte[] payload, int from, int to) {
    return factory().createParser(ObjectReadContext.empty(), payload, from, to - from);
  }

  /**
   * The fault that a parser found.
   *
   * @param reached byte that the reader was at, for the faults that carry no place of their own
   */
  PayloadException fault(JacksonException e, long reached) {
    long own = e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
    String problem =
        e.getOriginalMessage()
            .lines()
            .findFirst()
            .orElse("not understood")
            .replaceAll(", from `[^`]*`", "")
            .replaceAll("[:;]? ?\\(?enable `[^`]*`[^;]*", "");
    return new PayloadException(
        name()
            + " at byte "
            + (own < 0 ? reached : own)
            + ": "
            + PayloadFaults.plain(problem)
            + "; send one valid "
            + name()
            + " document");
  }
}
