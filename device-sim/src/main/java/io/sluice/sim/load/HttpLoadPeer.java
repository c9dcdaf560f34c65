package io.sluice.sim.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection of a load run, kept alive: a request encoded beforehand, as many on the
 * way as its window has, answered in their order; only as much parsing as an answer needs.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails ends in channelInactive
final class HttpLoadPeer extends ChannelInboundHandlerAdapter implements LoadPeer {
  private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
  private static final int STATUS_AT = "HTTP/1.1 ".length();

  private final LoadPlan plan;
  private final LoadTally tally;
  private final MqttLoadPeer.Fate fate;
  private final byte[] frame;
  private final int counterEnd;

  /** When those on the way were begun, the oldest at {@link #oldest}. */
  private final long[] startedNanos;

  private int oldest;
  private int onTheWay;
  private long periodNanos;
  private long dueNanos;
  private boolean going;
  private boolean admitted;
  private boolean fated;
  private @Nullable ByteBuf carry;
  private @Nullable ChannelHandlerContext ctx;

  HttpLoadPeer(LoadPlan plan, int index, LoadTally tally, MqttLoadPeer.Fate fate) {
    this.plan = plan;
    this.tally = tally;
    this.fate = fate;
    byte[] payload = LoadPayload.of(plan, index);
    this.frame = frame(plan, index, payload);
    this.counterEnd = LoadPayload.counterEnd(plan, frame, payload);
    this.startedNanos = new long[plan.window()];
  }

  private static byte[] frame(LoadPlan plan, int index, byte[] payload) {
    String user = plan.userOf(index);
    String secret =
        Base64.getEncoder()
            .encodeToString((user + ':' + plan.passwordOf(index)).getBytes(StandardCharsets.UTF_8));
    String head =
        "POST /%s HTTP/1.1\r\nHost: %s:%d\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            .formatted(
                plan.topic().replace("{id}", user),
                plan.server().getHostString(),
                plan.server().getPort(),
                user.isEmpty() ? "" : "Authorization: Basic " + secret + "\r\n",
                payload.length);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    frame.writeBytes(payload);
    return frame.toByteArray();
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
    ChannelHandlerContext to = ctx;
    if (!going || to == null) {
      return;
    }
    int count = due(nowNanos, startedNanos.length - onTheWay);
    if (count == 0) {
      return;
    }
    if (!to.channel().isWritable()) {
      tally.stalledWrites++; // TCP's back-pressure: it stays due
      return;
    }
    ByteBuf out = to.alloc().directBuffer(count * frame.length);
    for (int i = 0; i < count; i++) {
      long started = nowNanos;
      if (plan.openLoop()) {
        started = dueNanos;
        dueNanos += periodNanos;
      }
      startedNanos[(oldest + onTheWay++) % startedNanos.length] = started;
      tally.sent(started);
      LoadPayload.count(frame, counterEnd);
      out.writeBytes(frame);
    }
    to.writeAndFlush(out, to.voidPromise());
  }

  private int due(long nowNanos, int most) {
    if (!plan.openLoop()) {
      return most;
    }
    long late = nowNanos - dueNanos;
    return late < 0 ? 0 : (int) Math.min(most, late / periodNanos + 1);
  }

  @Override
  public void channelActive(ChannelHandlerContext active) {
    ctx = active;
    admitted = true; // whether it is let in is told with each answer
    fate.admitted();
  }

  @Override
  public void channelRead(ChannelHandlerContext from, Object message) {
    ByteBuf in = (ByteBuf) message;
    ByteBuf rest = carry;
    if (rest != null) {
      in = rest.writeBytes(in);
      ((ByteBuf) message).release();
      carry = null;
    }
    long now = System.nanoTime();
    while (answer(in, now)) {
      // until what is left is not a whole answer
    }
    if (in.isReadable()) {
      carry = from.alloc().buffer(in.readableBytes() + 256).writeBytes(in);
    }
    in.release();
  }

  /** Takes one answer; false where it is not whole. */
  private boolean answer(ByteBuf in, long now) {
    int start = in.readerIndex();
    int end = in.writerIndex();
    int length = 0;
    int line = start;
    while (true) {
      int lf = in.indexOf(line, end, (byte) '\n');
      if (lf < 0) {
        return false;
      }
      if (lf == line + 1) {
        line = lf + 1;
        break;
      }
      length = Math.max(length, length(in, line, lf));
      line = lf + 1;
    }
    if (end - line < length) {
      return false;
    }
    answered(in.toString(start + STATUS_AT, 3, StandardCharsets.US_ASCII), now);
    in.readerIndex(line + length);
    return true;
  }

  /** What a line says as the body's length; 0 where it is about something else. */
  private static int length(ByteBuf in, int from, int to) {
    if (to - from <= LENGTH.length) {
      return 0;
    }
    for (int i = 0; i < LENGTH.length; i++) {
      if ((in.getByte(from + i) | 0x20) != (LENGTH[i] | 0x20)) {
        return 0;
      }
    }
    int at = from + LENGTH.length;
    return Integer.parseInt(in.toString(at, to - at, StandardCharsets.US_ASCII).strip());
  }

  private void answered(String status, long now) {
    if (onTheWay == 0) {
      tally.error("an answer that nobody asked for");
      return;
    }
    long started = startedNanos[oldest];
    oldest = (oldest + 1) % startedNanos.length;
    onTheWay--;
    if (status.charAt(0) == '2') {
      tally.acked(started, now);
    } else {
      tally.refused(started, "refused, status " + status);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext from) {
    pump(System.nanoTime());
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext from) {
    if (from.channel().isWritable()) {
      pump(System.nanoTime());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext from) {
    gone("the server closed the connection");
    if (carry != null) {
      carry.release();
      carry = null;
    }
    ctx = null;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
    gone(String.valueOf(cause.getMessage()));
    from.close();
  }

  private void gone(String why) {
    if (!fated) {
      fated = true;
      fate.gone(admitted, why);
    }
  }

  @Override
  public void stop() {
    going = false;
  }

  @Override
  public boolean isWaiting() {
    return ctx != null && onTheWay > 0;
  }

  @Override
  public void conclude(long nowNanos) {
    for (int i = 0; i < onTheWay; i++) {
      tally.unanswered(
          startedNanos[(oldest + i) % startedNanos.length], nowNanos, LoadRun.NO_ANSWER);
    }
    if (plan.openLoop()) {
      tally.unsent(dueNanos, periodNanos);
    }
  }

  @Override
  public void close() {
    going = false;
    fated = true;
    if (ctx != null) {
      ctx.close();
    }
  }
}
