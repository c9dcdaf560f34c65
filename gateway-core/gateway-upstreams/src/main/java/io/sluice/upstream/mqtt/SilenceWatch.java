package io.sluice.upstream.mqtt;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * Looks once a second at what the broker has not answered: whether bytes still leave for it, so
 * that a slow line is told from a dead one, and whether it passes a record over. Its event loop's
 * alone.
 */
final class SilenceWatch {
  /** Seconds for which a record must be passed over. */
  private static final int PASSED_OVER_SECONDS = 10;

  /** The same where the broker answers nothing but a ping. */
  private static final int PASSED_BY_PING_SECONDS = 20;

  private static final int PING_SECONDS = 5;

  private long sentBytes;
  private long leftBytes;
  private long answers;
  private long lastAnswered;
  private long pingedBehind;
  private long lastPingAnswered;
  private long oldest;
  private int seconds;

  void sent(int bytes) {
    sentBytes += bytes;
  }

  /**
   * @param order of the publication among those sent
   */
  void answered(long order) {
    lastAnswered = Math.max(lastAnswered, order);
  }

  /**
   * Whether more bytes have left this machine, though the broker said nothing since the last look.
   *
   * @param answersSoFar of the broker
   */
  boolean hasMoved(Channel channel, long answersSoFar) {
    boolean isSilent = answersSoFar == answers;
    answers = answersSoFar;
    if (!isSilent) {
      return false;
    }
    ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
    long inProcess = pending == null ? 0 : pending.totalPendingWriteBytes();
    long left = sentBytes - inProcess - SocketQueue.unacknowledgedBytes(channel.localAddress());
    boolean hasMoved = left > leftBytes && leftBytes != 0;
    leftBytes = left;
    return hasMoved;
  }

  /** A ping goes out behind that publication. */
  void pinged(long order) {
    pingedBehind = order;
  }

  void pingAnswered() {
    lastPingAnswered = pingedBehind;
  }

  /**
   * Whether the same record was not acknowledged for some seconds, and what was sent after it was:
   * later records, or for longer a ping.
   *
   * @param oldestOrder of what is not acknowledged
   */
  boolean isPassedOver(long oldestOrder) {
    seconds = oldestOrder == oldest ? seconds + 1 : 0;
    oldest = oldestOrder;
    return (seconds >= PASSED_OVER_SECONDS && lastAnswered > oldestOrder)
        || (seconds >= PASSED_BY_PING_SECONDS && lastPingAnswered >= oldestOrder);
  }

  /** Whether a ping would tell a broker that is silent from one that does not answer a record. */
  boolean isPingDue() {
    return seconds == PING_SECONDS;
  }
}
