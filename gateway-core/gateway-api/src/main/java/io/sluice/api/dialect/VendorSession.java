package io.sluice.api.dialect;

import io.sluice.api.Command;
import io.sluice.api.Downlink;
import io.sluice.api.codec.PayloadException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one session by a vendor's rules. It is called by one thread at a time, not
 * always the same, and must not block. It bounds its state itself: what would go beyond is refused.
 */
public interface VendorSession extends AutoCloseable {
  /**
   * Takes one message apart, and keeps what the next ones need. The contents of its parts ({@link
   * Part#content}) are read before anything else is called.
   *
   * <p>A message may come again, since its far end heard no answer, or since it was not kept by the
   * time that others came: it gives the same then. One that is refused leaves the state as it was.
   *
   * @param topic as the device wrote it
   * @param payload the whole message; must not be changed
   * @param receivedMicros when it arrived, microseconds since the epoch
   * @param mayWait whether it may be offered again later, behind messages that should have come
   *     before it
   * @return null where it waits for these; empty where there is nothing to keep
   * @throws PayloadException where the message cannot be read; it is kept as a dead letter
   */
  @Nullable List<Part> unpack(String topic, byte[] payload, long receivedMicros, boolean mayWait)
      throws PayloadException;

  /**
   * Takes the message apart once more that {@link #unpack} took apart last, since there was no room
   * for it. What is known of the session need not change by it.
   *
   * @param topic as it was
   * @param payload as it was
   * @param receivedMicros as it was
   */
  default List<Part> again(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    List<Part> parts = unpack(topic, payload, receivedMicros, false);
    return parts == null ? List.of() : parts;
  }

  /** How long a message may wait for those before it, microseconds. */
  default long patienceMicros() {
    return 0;
  }

  /**
   * What is to be sent to the far end now, by the same link; each is given once.
   *
   * @param nowMicros microseconds since the epoch
   */
  default List<Downlink> requests(long nowMicros) {
    return List.of();
  }

  /**
   * What a new subscription gets at once, as a broker's retained messages.
   *
   * @param filter as the device wrote it
   */
  default List<Downlink> retained(String filter) {
    return List.of();
  }

  /**
   * A command in the vendor's form.
   *
   * @param nowMicros microseconds since the epoch
   * @return null where the session knows no form for it
   */
  default @Nullable Downlink write(Command command, long nowMicros) {
    return null;
  }

  /**
   * The session has ended. What of its devices is to be kept that did not say themselves that they
   * go; empty where there is nothing. Its contents may be read more than once, and later.
   */
  default List<Part> ended() {
    return List.of();
  }

  /** The session has ended, and nothing more is called. */
  @Override
  default void close() {}
}
