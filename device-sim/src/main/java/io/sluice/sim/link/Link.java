package io.sluice.sim.link;

import io.netty.channel.EventLoop;
import io.sluice.sim.device.Kind;
import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Publication;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A device's way to the gateway. Called, and calls back, on the device's event loop only. */
public interface Link {
  /** Goes on until closed, reconnecting by itself. */
  void open();

  /** Whether a message can be sent now. */
  boolean ready();

  /** Sends; the outcome comes to {@link Owner}. Only when {@link #ready}. */
  void send(Message message);

  /**
   * Has the next message go out behind the one that follows it, though it was numbered before it;
   * false where messages of this way have no such numbers.
   */
  default boolean swapsNext() {
    return false;
  }

  /** Breaks off without a word and stays away until {@link #restore}. */
  void cut();

  /** Comes back after {@link #cut}, {@link #sleep} or {@link #mute}. */
  void restore();

  /** Takes leave as a device does that saves power; {@link #restore} wakes it. */
  void sleep();

  /** Keeps the connection and says nothing any more, not even a ping. */
  void mute();

  /** Shows wrong secrets from the next connection or message on, or right ones again. */
  void lie(boolean isWrong);

  /**
   * From now on each datagram, either way, vanishes with this chance; over TCP what is lost waits
   * for its retransmission.
   *
   * @param chance 0 to 1; 0: no more
   */
  void lose(double chance);

  /** Goes on from another address or port. */
  void move();

  /** Messages without an outcome yet. */
  int pending();

  void close();

  /**
   * A message on its way.
   *
   * @param isBad spoilt on purpose: not tried again
   * @param publication the topic as a vendor has it, and what else goes with it; null: our own
   * @param sample what the session is to say; null where the payload says it
   */
  record Message(
      long n,
      Kind kind,
      byte[] payload,
      boolean isBad,
      @Nullable Publication publication,
      @Nullable Sample sample) {
    private static final byte[] NOTHING = {};

    /** On one of our own topics. */
    public Message(long n, Kind kind, byte[] payload, boolean isBad) {
      this(n, kind, payload, isBad, null, null);
    }

    /** On a vendor's topic. */
    public Message(long n, Kind kind, boolean isBad, Publication publication) {
      this(n, kind, publication.payload(), isBad, publication, null);
    }

    /** Of which the session makes the payload when it goes out. */
    public Message(Sample sample, boolean isBad) {
      this(sample.n(), sample.kind(), NOTHING, isBad, null, sample);
    }
  }

  /**
   * What a device says when it is told of as there.
   *
   * @param ns counters of what stands in the message
   * @param fields what it measures now
   * @param millis when, by its own clock
   */
  record Birth(long[] ns, List<Field> fields, long millis) {}

  /** Whose way it is; is told what becomes of messages. */
  interface Owner {
    SimDevice device();

    /** The loop on which everything of this device happens. */
    EventLoop loop();

    /** The fleet's time, milliseconds since the epoch. */
    default long nowMillis() {
      return System.currentTimeMillis();
    }

    /** The devices that speak over this way, besides itself. */
    default List<DeviceSpec> children() {
      return List.of();
    }

    /** It has signed in; a vendor's device says now that it is there. */
    default void connected() {
      // most have nothing to say
    }

    /** What it wants is subscribed to. */
    default void subscribed() {
      // most have said already that they are there
    }

    /** The connection is gone, or never came about. */
    default void disconnected() {
      // it comes back by itself
    }

    /** What comes for it that is no answer to a message. */
    default void told(String topic, byte[] payload) {
      // most are told nothing that they would do
    }

    /** The will of the next connection; null: as the firmware has it. */
    default @Nullable Publication will() {
      return null;
    }

    /**
     * Whether what it sends at QoS 0 counts as taken when the server has answered a ping that
     * followed; what the connection broke off comes to {@link #returned} then.
     */
    default boolean isConfirmedByPing() {
      return false;
    }

    /** A message that nobody confirmed before its connection broke. */
    default void returned(Message message) {
      throw new IllegalStateException("nothing is confirmed by a ping here");
    }

    /** Its session tells of it as there; null where it has nothing to say any more. */
    default @Nullable Birth born() {
      return null;
    }

    /** Others are told that it is gone. */
    default void died() {
      // only sessions that tell of births tell of deaths
    }

    /** It says that it was written to; null where it has nothing to say any more. */
    default @Nullable Birth written() {
      return null;
    }

    /** A message goes out as history that was not sent before. */
    default void forwarded(long n) {
      // only who stores with a mark forwards
    }

    /** Something goes out that a server may take for a sign of life, or came back from it. */
    void mayBeHeard();

    /**
     * The server has answered, so it had a sign of life.
     *
     * @param sinceNanos when that went out, as {@link System#nanoTime}
     */
    void wasHeard(long sinceNanos);

    /** Its client says things of its own, which nobody here sees. */
    void speaksUnseen();

    void acked(long n);

    void refused(long n, String why);

    void resent(long n);

    /** It never had an outcome, and is given up. */
    void unanswered(long n);
  }
}
