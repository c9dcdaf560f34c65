package io.sluice.engine.record;

/** Takes stored records, one after the other. */
@FunctionalInterface
public interface RecordReader {
  /**
   * Reads one record. Must neither block nor throw.
   *
   * @param device its device
   * @param record valid during the call; its cursor stands before the first measurement
   */
  void read(String device, EncodedRecord record);
}
