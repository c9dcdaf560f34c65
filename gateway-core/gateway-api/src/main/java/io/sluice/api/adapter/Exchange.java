package io.sluice.api.adapter;

import io.sluice.api.Downlink;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What follows a message by the rules of its vendor: what is published back, and which command the
 * message is the answer to. Thread-safe, never blocks, never throws.
 */
@FunctionalInterface
public interface Exchange {
  /**
   * What follows one message.
   *
   * @param replies in the order in which they are published
   * @param command number of the command that the device has answered ({@link Dialogue#write}), or
   *     null: the message is no answer
   * @param refusal the device's code where it does not do the command; 0: it does
   */
  record Outcome(List<Downlink> replies, @Nullable String command, int refusal) {
    public static final Outcome NOTHING = new Outcome(List.of(), null, 0);

    public Outcome {
      replies = List.copyOf(replies);
    }
  }

  /**
   * Called once for each message, after its record is durable or its refusal is certain.
   *
   * @param receipt {@link Receipt.Stored} or {@link Receipt.Rejected}
   * @param nowMillis milliseconds since the epoch
   */
  Outcome after(Uplink uplink, Receipt receipt, long nowMillis);
}
