package io.sluice.sim.coap;

import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One Confirmable request until its response: sent again after ACK_TIMEOUT and twice as long each
 * time (RFC 7252 section 4.2), answered with the acknowledgement or separately (section 5.2).
 * Exists only while it is under way. Confined to the socket's event loop.
 */
final class CoapExchange {
  /** RFC 7252 section 4.8. */
  static final long ACK_TIMEOUT_MILLIS = 2_000;

  static final double ACK_RANDOM_FACTOR = 1.5;
  static final int MAX_RETRANSMIT = 4;

  /** Section 4.8.2, MAX_TRANSMIT_WAIT: a separate response that takes longer does not come. */
  private static final long SEPARATE_MILLIS = 93_000;

  private static final long WAIT_FOR_ID_MILLIS = 1_000;

  /** How it ends; one of them, once. */
  interface End {
    void answered(CoapMessage response);

    void failed(String why);
  }

  /** What carries its datagrams, or loses them. */
  interface Line extends CoapSocket.Peer {
    void transmit(byte[] frame);

    void retransmitted();
  }

  private final CoapSocket socket;
  private final Line line;
  private final byte[] frame;
  private final long token;
  private final End end;
  private long timeoutMillis;
  private int messageId = -1;
  private int retransmissions;
  private boolean isAcknowledged;
  private boolean isOver;
  private @Nullable ScheduledFuture<?> timer;

  /**
   * @param random 0 to 1, for the first time-out
   */
  CoapExchange(CoapSocket socket, Line line, byte[] frame, long token, double random, End end) {
    this.socket = socket;
    this.line = line;
    this.frame = frame;
    this.token = token;
    this.end = end;
    this.timeoutMillis = (long) (ACK_TIMEOUT_MILLIS * (1 + (ACK_RANDOM_FACTOR - 1) * random));
  }

  void start() {
    messageId = socket.claim(line);
    if (messageId < 0) {
      after(this::start, WAIT_FOR_ID_MILLIS);
      return;
    }
    CoapFrame.messageId(frame, messageId);
    transmit();
  }

  private void transmit() {
    line.transmit(frame);
    after(this::timedOut, timeoutMillis);
  }

  private void timedOut() {
    if (isAcknowledged) {
      fail("acknowledged, but not answered within " + SEPARATE_MILLIS / 1000 + " s");
    } else if (retransmissions == MAX_RETRANSMIT) {
      fail("no answer to " + (1 + MAX_RETRANSMIT) + " transmissions");
    } else {
      retransmissions++;
      timeoutMillis *= 2;
      line.retransmitted();
      transmit();
    }
  }

  private void after(Runnable task, long millis) {
    timer =
        socket
            .loop()
            .schedule(
                () -> {
                  if (!isOver) {
                    task.run();
                  }
                },
                millis,
                TimeUnit.MILLISECONDS);
  }

  /** Whether a message belongs here; of one that does not, it takes nothing. */
  boolean takes(CoapMessage message) {
    boolean isReply = message.type() == CoapMessage.ACK || message.type() == CoapMessage.RST;
    return !isOver
        && (!isReply || message.messageId() == messageId)
        && (message.code() == CoapMessage.EMPTY
            || (message.tokenLength() == 8 && message.token() == token));
  }

  /** Takes what {@link #takes} says is for here. */
  void received(CoapMessage message) {
    if (message.type() == CoapMessage.RST) {
      fail("the server knows no such exchange (RST)");
    } else if (message.code() == CoapMessage.EMPTY) {
      isAcknowledged = true; // the response comes separately
      cancelTimer();
      after(this::timedOut, SEPARATE_MILLIS);
    } else {
      if (message.type() == CoapMessage.CON) {
        line.transmit(CoapFrame.empty(CoapMessage.ACK, message.messageId()));
      }
      finish();
      end.answered(message);
    }
  }

  private void fail(String why) {
    finish();
    end.failed(why);
  }

  /** Forgets it; nobody hears of it any more. */
  void cancel() {
    finish();
  }

  private void finish() {
    isOver = true;
    cancelTimer();
    if (messageId >= 0) {
      socket.release(messageId);
    }
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
