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
   * @param command number ({@link Dialogue#write}) or id of the command that the device has
   *     answered, or null: the message is no answer. Empty: the oldest one that was sent to the
   *     device and has not been answered
   * @param refusal the device's code where it does not do the command; 0: it does
   * @param device the device that has answered as the topic names it, or null: the session's
   */
  record Outcome(
      List<Downlink> replies, @Nullable String command, int refusal, @Nullable String device) {
    public static final Outcome NOTHING = new Outcome(List.of(), null, 0);

    public Outcome {
      replies = List.copyOf(replies);
    }

    /** Where the session's device has answered. */
    public Outcome(List<Downlink> replies, @Nullable String command, int refusal) {
      this(replies, command, refusal, null);
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
