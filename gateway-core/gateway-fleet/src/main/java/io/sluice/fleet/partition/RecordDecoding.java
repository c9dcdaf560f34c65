package io.sluice.fleet.partition;

import io.sluice.engine.record.EncodedRecord;

/** Reads records as gateways write them to Kafka. One for each thread. */
public interface RecordDecoding {
  /**
   * The record; it is good until the next call.
   *
   * @throws PoisonException where it is none
   */
  EncodedRecord decode(byte[] key, byte[] value) throws PoisonException;

  /** What stands on a topic of records is no record; the message tells why. */
  final class PoisonException extends Exception {
    private static final long serialVersionUID = 1;

    private final String kind;

    /**
     * @param kind one word, for a counter
     */
    public PoisonException(String kind, String message) {
      super(message);
      this.kind = kind;
    }

    /** One word that tells what is wrong. */
    public String kind() {
      return kind;
    }
  }
}
