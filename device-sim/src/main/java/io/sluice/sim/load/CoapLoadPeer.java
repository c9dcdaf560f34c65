package io.sluice.sim.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.sluice.sim.coap.CoapFrame;
import io.sluice.sim.coap.CoapMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One CoAP endpoint of a load run: Confirmable POSTs of JSON, one at a time (RFC 7252 section 4.7),
 * sent again after 2, 4, 8 and 16 s (section 4.8), then given up.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a datagram that is not sent is sent again
final class CoapLoadPeer implements LoadPeer {
  private static final long ACK_TIMEOUT_NANOS = 2_000_000_000L;
  private static final long OVERLOAD_PAUSE_NANOS = 1_000_000_000L;
  private static final int MOST_RETRANSMISSIONS = 4;
  private static final int JSON_FORMAT = 50;

  /** Of a token that is the endpoint's place in its socket's list. */
  static final int TOKEN_BYTES = 4;

  private final LoadPlan plan;
  private final LoadTally tally;
  private final Channel socket;
  private final byte[] frame;
  private final int counterEnd;
  private boolean going;
  private boolean waiting;
  private int retransmissions;
  private long startedNanos;
  private long sentNanos;
  private long pausedUntilNanos = Long.MIN_VALUE;
  private long dueNanos;
  private long periodNanos;

  CoapLoadPeer(LoadPlan plan, int index, int token, Channel socket, LoadTally tally) {
    this.plan = plan;
    this.tally = tally;
    this.socket = socket;
    byte[] payload = LoadPayload.of(plan, index);
    this.frame = frame(plan, index, token, payload);
    this.counterEnd = LoadPayload.counterEnd(plan, frame, payload);
    CoapFrame.messageId(frame, ThreadLocalRandom.current().nextInt(0x10000));
  }

  private static byte[] frame(LoadPlan plan, int index, int token, byte[] payload) {
    List<String> queries = new ArrayList<>(2);
    if (!plan.user().isEmpty()) {
      queries.add("d=" + plan.userOf(index));
      if (!plan.password().isEmpty()) {
        queries.add("k=" + plan.passwordOf(index));
      }
    }
    return CoapFrame.post(true, token, TOKEN_BYTES, plan.topic(), JSON_FORMAT, queries, payload);
  }

  @Override
  public void go(long firstDueNanos, long period) {
    dueNanos = firstDueNanos;
    periodNanos = period;
    going = true;
    pump(System.nanoTime());
  }

  @Override
  public void pump(long nowNanos) {
    if (!going
        || waiting
        || nowNanos < pausedUntilNanos
        || (plan.openLoop() && nowNanos < dueNanos)) {
      return;
    }
    startedNanos = nowNanos;
    if (plan.openLoop()) {
      startedNanos = dueNanos;
      dueNanos += periodNanos;
    }
    LoadPayload.count(frame, counterEnd);
    waiting = true;
    retransmissions = 0;
    tally.sent(startedNanos);
    send(nowNanos);
  }

  private void send(long nowNanos) {
    sentNanos = nowNanos;
    ByteBuf out = socket.alloc().directBuffer(frame.length).writeBytes(frame);
    socket.writeAndFlush(out, socket.voidPromise());
  }

  /** An answer to this endpoint's token came. */
  void answered(CoapMessage response, long nowNanos, int nextMessageId) {
    if (!waiting) {
      return; // a retransmission's second answer
    }
    waiting = false;
    CoapFrame.messageId(frame, nextMessageId);
    if (response.isSuccess()) {
      tally.acked(startedNanos, nowNanos);
    } else {
      tally.refused(startedNanos, response.said());
      pausedUntilNanos =
          response.code() == CoapMessage.UNAVAILABLE
              ? nowNanos + OVERLOAD_PAUSE_NANOS
              : Long.MIN_VALUE;
    }
    pump(nowNanos);
  }

  /** Sends again what has waited too long; called a few times a second. */
  void sweep(long nowNanos, int nextMessageId) {
    if (!waiting) {
      pump(nowNanos);
    } else if (nowNanos - sentNanos > ACK_TIMEOUT_NANOS << retransmissions) {
      if (retransmissions++ < MOST_RETRANSMISSIONS) {
        tally.retransmitted++;
        send(nowNanos);
      } else {
        tally.unanswered(
            startedNanos,
            nowNanos,
            "no answer after "
                + MOST_RETRANSMISSIONS
                + " retransmissions, message id "
                + CoapFrame.messageId(frame));
        waiting = false;
        CoapFrame.messageId(frame, nextMessageId);
        pump(nowNanos);
      }
    }
  }

  @Override
  public void stop() {
    going = false;
  }

  @Override
  public boolean isWaiting() {
    return waiting;
  }

  @Override
  public void conclude(long nowNanos) {
    if (waiting) {
      tally.unanswered(startedNanos, nowNanos, LoadRun.NO_ANSWER);
      waiting = false;
    }
    if (plan.openLoop()) {
      tally.unsent(dueNanos, periodNanos);
    }
  }

  @Override
  public void close() {
    going = false;
  }
}
