package io.sluice.sim.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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
  private static final int POST = 0x02;
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
    this.counterEnd = LoadPayload.counterEnd(frame, payload);
    messageId(ThreadLocalRandom.current().nextInt(0x10000));
  }

  private static byte[] frame(LoadPlan plan, int index, int token, byte[] payload) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x44);
    out.write(POST);
    out.write(0);
    out.write(0);
    out.writeBytes(
        new byte[] {
          (byte) (token >>> 24), (byte) (token >>> 16), (byte) (token >>> 8), (byte) token
        });
    option(out, 11, plan.topic());
    out.write(0x11); // delta 1: Content-Format, one byte
    out.write(50);
    if (!plan.user().isEmpty()) {
      option(out, 3, "d=" + URLEncoder.encode(plan.userOf(index), StandardCharsets.UTF_8));
      if (!plan.password().isEmpty()) {
        option(out, 0, "k=" + URLEncoder.encode(plan.passwordOf(index), StandardCharsets.UTF_8));
      }
    }
    out.write(0xFF);
    out.writeBytes(payload);
    return out.toByteArray();
  }

  private static void option(ByteArrayOutputStream out, int delta, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    out.write((delta << 4) | Math.min(bytes.length, 13));
    if (bytes.length >= 13) {
      out.write(bytes.length - 13);
    }
    out.writeBytes(bytes);
  }

  private int messageId() {
    return ((frame[2] & 0xFF) << 8) | (frame[3] & 0xFF);
  }

  private void messageId(int id) {
    frame[2] = (byte) (id >>> 8);
    frame[3] = (byte) id;
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
    tally.sent++;
    send(nowNanos);
  }

  private void send(long nowNanos) {
    sentNanos = nowNanos;
    ByteBuf out = socket.alloc().directBuffer(frame.length).writeBytes(frame);
    socket.writeAndFlush(out, socket.voidPromise());
  }

  /** An answer to this endpoint's token came. */
  void answered(int code, String diagnostic, long nowNanos, int nextMessageId) {
    if (!waiting) {
      return; // a retransmission's second answer
    }
    waiting = false;
    messageId(nextMessageId);
    if (code >>> 5 == 2) {
      tally.acked(startedNanos, nowNanos);
    } else {
      tally.error("%d.%02d %s".formatted(code >>> 5, code & 0x1F, diagnostic));
      pausedUntilNanos = code == 0xA3 ? nowNanos + OVERLOAD_PAUSE_NANOS : Long.MIN_VALUE;
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
        tally.error(
            "no answer after "
                + MOST_RETRANSMISSIONS
                + " retransmissions, message id "
                + messageId());
        waiting = false;
        messageId(nextMessageId);
        pump(nowNanos);
      }
    }
  }

  @Override
  public void close() {
    going = false;
  }
}
