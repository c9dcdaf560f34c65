package io.sluice.engine.ingest;

import io.sluice.api.Cap;
import org.jspecify.annotations.Nullable;

/**
 * Knows which alarms are open, so that a reading that ends one goes the way of alarms. Thread-safe;
 * never blocks.
 */
public interface AlarmWatch {
  /** Knows of none. */
  AlarmWatch NONE =
      new AlarmWatch() {
        @Override
        public boolean isOpen(String device) {
          return false;
        }

        @Override
        public @Nullable Cap ending(String device, byte[] body) {
          return null;
        }

        @Override
        public void underWay(String device) {
          // nobody asks
        }

        @Override
        public void stored(String device, long sequence) {
          // nobody asks
        }

        @Override
        public void lost(String device) {
          // nobody asks
        }
      };

  /** Whether an alarm of the device may be open. Asked for each message. */
  boolean isOpen(String device);

  /**
   * The classification of an end, where the record ends an alarm by the rules of its profile; null
   * where it ends none.
   *
   * @param body a record that is no alarm
   */
  @Nullable Cap ending(String device, byte[] body);

  /** A record of class alarm is on its way to the disk; one of the next two follows. */
  void underWay(String device);

  /** It is on disk. */
  void stored(String device, long sequence);

  /** It was not stored. */
  void lost(String device);
}
