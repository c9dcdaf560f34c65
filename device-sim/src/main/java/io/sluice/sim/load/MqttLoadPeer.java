package io.sluice.sim.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One MQTT connection of a load run: frames encoded beforehand, one write for all that a read batch
 * made room for, and only as much parsing as an acknowledgement needs.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails ends in channelInactive
final class MqttLoadPeer extends ChannelInboundHandlerAdapter implements LoadPeer {
  private static final int QOS0_BATCH = 32;
  private static final short PINGREQ = (short) 0xC000;

  /** In place of a time, of a packet id that no message has. */
  private static final long NOT_IN_FLIGHT = Long.MIN_VALUE;

  private final LoadPlan plan;
  private final LoadTally tally;
  private final byte[] connect;
  private final byte[] frame;
  private final int idAt;
  private final int counterEnd;
  private final long[] startedNanos;
  private final int[] freeIds;
  private final Fate fate;
  private int free;

  /** QoS 0: a server that answers a PINGREQ has read all before it; one is under way at a time. */
  private boolean pinging;

  private long pinged;
  private long pingedMeasured;
  private long unpinged;
  private long unpingedMeasured;
  private long periodNanos;
  private long dueNanos;
  private boolean going;
  private boolean admitted;
  private @Nullable ByteBuf carry;
  private @Nullable ChannelHandlerContext ctx;

  /** What the run wants to know of a connection. */
  interface Fate {
    void admitted();

    void gone(boolean wasAdmitted, String why);
  }

  MqttLoadPeer(LoadPlan plan, int index, LoadTally tally, Fate fate) {
    this.plan = plan;
    this.tally = tally;
    this.fate = fate;
    byte[] payload = LoadPayload.of(plan, index);
    this.connect = MqttFrames.connect(plan, index);
    this.frame = MqttFrames.publish(plan, index, payload);
    this.idAt = MqttFrames.packetIdAt(plan, frame, payload);
    this.counterEnd = LoadPayload.counterEnd(plan, frame, payload);
    this.startedNanos = new long[plan.window() + 1];
    Arrays.fill(startedNanos, NOT_IN_FLIGHT);
    this.freeIds = new int[plan.window()];
    for (int i = 0; i < freeIds.length; i++) {
      freeIds[i] = freeIds.length - i;
    }
    this.free = freeIds.length;
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
    int count = plan.qos() == 0 ? due(nowNanos, QOS0_BATCH) : due(nowNanos, free);
    if (count == 0) {
      return;
    }
    // TCP's back-pressure: what the server does not take is not piled up here, but stays due
    if (!to.channel().isWritable()) {
      tally.stalledWrites++;
      return;
    }
    ByteBuf out = to.alloc().directBuffer(count * frame.length + 2);
    for (int i = 0; i < count; i++) {
      put(out, nowNanos);
    }
    if (plan.qos() == 0 && !pinging) {
      ping(out);
    }
    to.writeAndFlush(out, to.voidPromise());
    if (plan.qos() == 0 && !plan.openLoop() && to.channel().isWritable()) {
      to.executor().execute(() -> pump(System.nanoTime()));
    }
  }

  private int due(long nowNanos, int most) {
    if (!plan.openLoop()) {
      return most;
    }
    long late = nowNanos - dueNanos;
    return late < 0 ? 0 : (int) Math.min(most, late / periodNanos + 1);
  }

  private void put(ByteBuf out, long nowNanos) {
    long started = nowNanos;
    if (plan.openLoop()) {
      started = dueNanos;
      dueNanos += periodNanos;
    }
    if (plan.qos() > 0) {
      int id = freeIds[--free];
      startedNanos[id] = started;
      frame[idAt] = (byte) (id >>> 8);
      frame[idAt + 1] = (byte) id;
    } else {
      unpinged++;
      unpingedMeasured += tally.measures(started) ? 1 : 0;
    }
    tally.sent(started);
    LoadPayload.count(frame, counterEnd);
    out.writeBytes(frame);
  }

  private void ping(ByteBuf out) {
    out.writeShort(PINGREQ);
    pinging = true;
    pinged = unpinged;
    pingedMeasured = unpingedMeasured;
    unpinged = 0;
    unpingedMeasured = 0;
  }

  private void pong(ChannelHandlerContext from, long now) {
    if (!pinging) {
      tally.error("a PINGRESP that nobody asked for");
      return;
    }
    pinging = false;
    tally.read(pinged, pingedMeasured, now);
    pinged = 0;
    pingedMeasured = 0;
    if (unpinged > 0) {
      ByteBuf out = from.alloc().directBuffer(2);
      ping(out);
      from.write(out, from.voidPromise());
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext active) {
    ctx = active;
    active.writeAndFlush(active.alloc().directBuffer(connect.length).writeBytes(connect));
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
    while (packet(from, in, now)) {
      // until what is left is not a whole packet
    }
    if (in.isReadable()) {
      carry = from.alloc().buffer(in.readableBytes() + 256).writeBytes(in);
    }
    in.release();
  }

  private boolean packet(ChannelHandlerContext from, ByteBuf in, long now) {
    int start = in.readerIndex();
    int readable = in.readableBytes();
    int length = 0;
    for (int i = 1; ; i++) {
      if (i >= readable || i > 4) {
        return false;
      }
      byte digit = in.getByte(start + i);
      length |= (digit & 0x7F) << (7 * (i - 1));
      if (digit >= 0) {
        if (readable < i + 1 + length) {
          return false;
        }
        handle(from, in.getUnsignedByte(start) & 0xF0, in, start + i + 1, length, now);
        in.readerIndex(start + i + 1 + length);
        return true;
      }
    }
  }

  private void handle(
      ChannelHandlerContext from, int type, ByteBuf in, int body, int length, long now) {
    switch (type) {
      case MqttFrames.PUBACK, MqttFrames.PUBCOMP -> answered(in, body, length, now);
      case MqttFrames.PUBREC -> received(from, in, body, length, now);
      case MqttFrames.CONNACK -> {
        int code = in.getUnsignedByte(body + 1);
        if (code == 0) {
          admitted = true;
          fate.admitted();
        } else {
          gone("not admitted, CONNACK 0x%02x".formatted(code));
          from.close();
        }
      }
      case MqttFrames.DISCONNECT -> {
        gone(
            "the server disconnected, reason 0x%02x"
                .formatted(length > 0 ? in.getUnsignedByte(body) : 0));
        from.close();
      }
      case MqttFrames.PINGRESP -> pong(from, now);
      default -> {
        // nothing else says what became of a message
      }
    }
  }

  private void answered(ByteBuf in, int body, int length, long now) {
    int id = in.getUnsignedShort(body);
    int reason = length > 2 ? in.getUnsignedByte(body + 2) : 0;
    if (id == 0 || id >= startedNanos.length || startedNanos[id] == NOT_IN_FLIGHT) {
      tally.error("an acknowledgement for packet id " + id + ", which is not in flight");
      return;
    }
    freeIds[free++] = id;
    long started = startedNanos[id];
    startedNanos[id] = NOT_IN_FLIGHT;
    if (reason >= 0x80) {
      tally.refused(started, "refused, reason 0x%02x".formatted(reason));
    } else {
      tally.acked(started, now);
    }
  }

  private void received(ChannelHandlerContext from, ByteBuf in, int body, int length, long now) {
    if (length > 2 && in.getUnsignedByte(body + 2) >= 0x80) {
      answered(in, body, length, now);
      return;
    }
    from.write(
        from.alloc().directBuffer(4).writeInt(0x62020000 | in.getUnsignedShort(body)),
        from.voidPromise());
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext from) {
    pump(System.nanoTime());
    from.flush();
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
    if (fated) {
      return;
    }
    fated = true;
    fate.gone(admitted, why);
  }

  private boolean fated;

  @Override
  public void stop() {
    going = false;
  }

  @Override
  public boolean isWaiting() {
    return ctx != null && (free < freeIds.length || pinging);
  }

  @Override
  public void conclude(long nowNanos) {
    for (int id = 1; id < startedNanos.length; id++) {
      if (startedNanos[id] != NOT_IN_FLIGHT) {
        tally.unanswered(startedNanos[id], nowNanos, LoadRun.NO_ANSWER);
      }
    }
    tally.unread(pingedMeasured + unpingedMeasured);
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
