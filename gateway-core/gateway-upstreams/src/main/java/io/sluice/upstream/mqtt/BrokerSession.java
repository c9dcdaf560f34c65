package io.sluice.upstream.mqtt;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.sluice.api.health.Guarded;
import io.sluice.api.upstream.Delivery;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a broker, from CONNECT on: publishes alarms before the rest, as many at a time
 * as the broker takes, and gathers its answers. Bounded by the Forwarder, which has a bounded
 * number of batches under way. Its event loop's alone, but for what says so.
 */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class BrokerSession extends ChannelInboundHandlerAdapter {
  /** So that an alarm does not wait behind much that is on its way to the socket. */
  private static final int WRITE_BYTES_MAX = 32 << 10;

  private static final long WATCH_MILLIS = 1_000;

  private static final int FIRST_FAILURE = 0x80;
  private static final int NOT_AUTHORIZED = 0x87;
  private static final int TOPIC_NAME_INVALID = 0x90;
  private static final int PAYLOAD_FORMAT_INVALID = 0x99;

  private final MqttSettings settings;
  private final MqttMessage connect;
  private final LongAdder confirmations;
  private final boolean isV5;
  private final CompletableFuture<Void> opened = new CompletableFuture<>();
  private final ArrayDeque<BatchUnderWay> alarms = new ArrayDeque<>();
  private final ArrayDeque<BatchUnderWay> others = new ArrayDeque<>();
  private final Set<BatchUnderWay> batches = new LinkedHashSet<>();
  private InFlight inFlight;
  private @Nullable ChannelHandlerContext context;
  private @Nullable String failure;
  private boolean isPumping;
  private boolean pingIsOut;
  private boolean wasActive;
  private long movesBeforePing;
  private long connectNanos;
  private @Nullable LineWindow line;
  private final SilenceWatch silence = new SilenceWatch();
  private long accepted;
  private volatile long packetBytesMax = Long.MAX_VALUE;
  private volatile @Nullable String ended;
  private volatile long moves;

  /**
   * @param confirmations counts what the broker answered
   */
  BrokerSession(MqttSettings settings, MqttMessage connect, LongAdder confirmations) {
    this.confirmations = confirmations;
    this.settings = settings;
    this.connect = connect;
    this.isV5 = settings.version().equals("5");
    this.inFlight = new InFlight(settings.inFlight());
  }

  /** Completes when the broker has let us in, or exceptionally with the reason. Any thread. */
  CompletableFuture<Void> opened() {
    return opened;
  }

  /** Largest packet that the broker takes; known once it has let us in. Any thread. */
  long packetBytesMax() {
    return packetBytesMax;
  }

  /** Why it is over; null while it holds. Any thread. */
  @Nullable String ended() {
    return ended;
  }

  /** Grows while bytes leave for the broker, though it answers nothing. Any thread. */
  long moves() {
    return moves;
  }

  /** Any thread, once open. */
  CompletableFuture<Delivery> send(BatchUnderWay batch) {
    ChannelHandlerContext own = context;
    try {
      if (own != null) {
        own.executor().execute(() -> enqueue(batch));
      } else {
        batch.verdict.complete(new Delivery.Retry(0, "not connected"));
      }
    } catch (RejectedExecutionException e) {
      batch.verdict.complete(new Delivery.Retry(0, "disconnected"));
    }
    return batch.verdict;
  }

  private void enqueue(BatchUnderWay batch) {
    if (failure != null) {
      batch.verdict.complete(new Delivery.Retry(0, failure));
      return;
    }
    batches.add(batch);
    if (batch.isPublished()) {
      settle(batch); // its first record cannot be sent
    } else {
      (batch.isAlarm ? alarms : others).add(batch);
      pump();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  @Override
  public void channelActive(ChannelHandlerContext own) {
    wasActive = true;
    connectNanos = System.nanoTime();
    own.writeAndFlush(connect);
  }

  @Override
  public void channelRead(ChannelHandlerContext own, Object read) {
    try {
      if (read instanceof MqttMessage message) {
        if (message.decoderResult().isFailure()) {
          fail("malformed answer: " + BrokerFaults.text(message.decoderResult().cause()));
        } else if (failure == null) {
          pingIsOut = false; // whatever it says, it is there
          answered(own, message);
        }
      }
    } finally {
      ReferenceCountUtil.release(read);
    }
  }

  /** The broker has taken the packet of that id, and says no more. */
  void acknowledged(int id) {
    if (failure == null) {
      pingIsOut = false;
      settled(id, 0, MqttProperties.NO_PROPERTIES);
    }
  }

  private void answered(ChannelHandlerContext own, MqttMessage message) {
    switch (message.fixedHeader().messageType()) {
      case CONNACK -> connected(own, (MqttConnAckMessage) message);
      case PUBACK, PUBCOMP -> settled(id(message), reason(message), properties(message));
      case PUBREC -> received(own, id(message), reason(message), properties(message));
      case DISCONNECT -> fail(BrokerFaults.disconnect(reason(message), properties(message)));
      case PINGRESP -> silence.pingAnswered();
      default -> {
        // nothing else is asked for: nothing is subscribed to
      }
    }
  }

  private static int id(MqttMessage message) {
    return ((MqttMessageIdVariableHeader) message.variableHeader()).messageId();
  }

  private static int reason(MqttMessage message) {
    return switch (message.variableHeader()) {
      case MqttPubReplyMessageVariableHeader header -> header.reasonCode() & 0xFF;
      case MqttReasonCodeAndPropertiesVariableHeader header -> header.reasonCode() & 0xFF;
      case null, default -> 0;
    };
  }

  private static MqttProperties properties(MqttMessage message) {
    return switch (message.variableHeader()) {
      case MqttPubReplyMessageVariableHeader header -> header.properties();
      case MqttReasonCodeAndPropertiesVariableHeader header -> header.properties();
      case null, default -> MqttProperties.NO_PROPERTIES;
    };
  }

  private void connected(ChannelHandlerContext own, MqttConnAckMessage answer) {
    int code = answer.variableHeader().connectReturnCode().byteValue() & 0xFF;
    if (code != 0) {
      fail(BrokerFaults.connect(code, answer.variableHeader().properties()));
      return;
    }
    long keepAliveMillis = settings.keepAlive().toMillis();
    if (isV5) {
      MqttProperties granted = answer.variableHeader().properties();
      if (number(granted, MqttProperties.MAXIMUM_QOS, 2) < settings.qos()) {
        fail("it takes no publication of qos " + settings.qos() + "; write a lower one in qos");
        return;
      }
      long most = number(granted, MqttProperties.RECEIVE_MAXIMUM, settings.inFlight());
      inFlight = new InFlight(Math.clamp(most, 1, settings.inFlight()));
      packetBytesMax = number(granted, MqttProperties.MAXIMUM_PACKET_SIZE, Long.MAX_VALUE);
      long seconds = number(granted, MqttProperties.SERVER_KEEP_ALIVE, 0);
      keepAliveMillis = seconds > 0 ? seconds * 1_000 : keepAliveMillis;
    }
    line = new LineWindow(System.nanoTime() - connectNanos);
    var _ =
        own.executor()
            .scheduleAtFixedRate(
                Guarded.task("publish-watch", this::watch),
                WATCH_MILLIS,
                WATCH_MILLIS,
                TimeUnit.MILLISECONDS);
    long half = Math.max(500, keepAliveMillis / 2);
    var _ =
        own.executor()
            .scheduleAtFixedRate(
                Guarded.task("publish-ping", this::ping), half, half, TimeUnit.MILLISECONDS);
    opened.complete(null);
  }

  private static long number(MqttProperties properties, int which, long otherwise) {
    MqttProperties.MqttProperty<?> property = properties.getProperty(which);
    return property == null ? otherwise : Integer.toUnsignedLong((Integer) property.value());
  }

  private void ping() {
    ChannelHandlerContext own = context;
    if (failure != null || own == null) {
      return;
    }
    if (!pingIsOut) {
      pingIsOut = true;
      movesBeforePing = moves;
      silence.pinged(inFlight.lastOrder());
      own.writeAndFlush(MqttMessage.PINGREQ);
    } else if (moves != movesBeforePing) {
      movesBeforePing = moves; // it lies behind what is still being sent
    } else {
      fail("the broker did not answer within the keep-alive");
    }
  }

  /**
   * Each second: whether anything moves, and whether one is passed over while later ones are not.
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // the event loop alone writes
  private void watch() {
    ChannelHandlerContext own = context;
    if (failure != null || own == null) {
      return;
    }
    int oldest = inFlight.oldest();
    if (oldest == 0) {
      return;
    }
    if (silence.hasMoved(own.channel(), confirmations.sum())) {
      moves++;
    }
    if (silence.isPassedOver(inFlight.order(oldest))) {
      fail("the broker does not acknowledge a record, though it answers what came later");
    } else if (silence.isPingDue() && !pingIsOut) {
      ping();
    }
  }

  /** First half of QoS 2: section 4.3.3. */
  private void received(ChannelHandlerContext own, int id, int reason, MqttProperties properties) {
    if (reason >= FIRST_FAILURE) {
      settled(id, reason, properties);
    } else {
      own.write(Packets.release(id), own.voidPromise());
    }
  }

  private void settled(int id, int reason, MqttProperties properties) {
    if (!inFlight.has(id)) {
      return; // answered before, or never sent
    }
    BatchUnderWay batch = inFlight.batch(id);
    int index = inFlight.index(id);
    long order = inFlight.order(id);
    inFlight.remove(id);
    confirmations.increment();
    silence.answered(order);
    LineWindow measured = line;
    if (measured != null) {
      long now = measured.isTimed(order) ? System.nanoTime() : 0;
      measured.acknowledged(order, batch.frames.length(index), now);
    }
    if (reason < FIRST_FAILURE) {
      accepted++;
      batch.acknowledged(index);
    } else if (reason == TOPIC_NAME_INVALID || reason == PAYLOAD_FORMAT_INVALID) {
      batch.refused(index, BrokerFaults.publication(reason, properties));
    } else if (reason == NOT_AUTHORIZED) {
      batch.denied(index, BrokerFaults.publication(reason, properties) + "; allow its topic there");
    } else {
      batch.failed(index, BrokerFaults.publication(reason, properties));
    }
    settle(batch);
  }

  private void settle(BatchUnderWay batch) {
    if (!batch.isAnswered()) {
      return;
    }
    Delivery verdict = batch.verdict(accepted > 0);
    batches.remove(batch);
    batch.verdict.complete(verdict);
    if (verdict instanceof Delivery.Parted parted && parted.ended() != null) {
      fail(parted.ended());
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext own) {
    pump();
    own.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext own) {
    pump();
  }

  /** Writes what the broker and the socket take. */
  private void pump() {
    ChannelHandlerContext own = context;
    if (isPumping || own == null) {
      return; // a write may change the writability within itself
    }
    isPumping = true;
    boolean wrote = false;
    while (failure == null && own.channel().isWritable() && inFlight.room() > 0) {
      boolean isAlarm = !alarms.isEmpty();
      ArrayDeque<BatchUnderWay> queue = isAlarm ? alarms : others;
      BatchUnderWay batch = queue.peek();
      long room = room(isAlarm);
      if (batch == null || room == 0) {
        break;
      }
      write(own, batch, room);
      wrote = true;
      if (batch.isPublished()) {
        queue.remove();
      }
    }
    isPumping = false;
    if (wrote) {
      own.flush();
    }
  }

  /** Bytes that the line takes; without acknowledgements nothing is known of it. */
  private long room(boolean isAlarm) {
    LineWindow measured = line;
    if (measured == null || settings.qos() == 0) {
      return WRITE_BYTES_MAX;
    }
    return Math.min(WRITE_BYTES_MAX, isAlarm ? measured.roomOfAlarms() : measured.room());
  }

  private void write(ChannelHandlerContext own, BatchUnderWay batch, long room) {
    PublishFrames frames = batch.frames;
    int from = batch.next;
    int to = from;
    int places = inFlight.room();
    int bytes = 0;
    long now = System.nanoTime();
    while (to < frames.count() && places > 0 && (to == from || bytes + frames.length(to) <= room)) {
      int length = frames.length(to);
      if (length > 0 && settings.qos() > 0) {
        int id = inFlight.add(batch, to);
        frames.packetId(to, id);
        places--;
        if (line != null) {
          line.sent(inFlight.order(id), length, now);
        }
      }
      bytes += length;
      to++;
    }
    batch.next = to;
    batch.skipUnfit();
    silence.sent(bytes);
    if (settings.qos() > 0) {
      own.write(frames.slice(from, to), own.voidPromise());
    } else {
      int end = to;
      own.write(frames.slice(from, to))
          .addListener(written -> {
            if (written.isSuccess()) {
              written(batch, from, end);
            } else {
              lost(written.cause());
            }
          });
    }
  }

  private void written(BatchUnderWay batch, int from, int to) {
    if (failure != null) {
      return;
    }
    for (int i = from; i < to; i++) {
      if (batch.frames.length(i) > 0) {
        confirmations.increment();
        accepted++;
        batch.acknowledged(i);
      }
    }
    settle(batch);
  }

  @Override
  public void channelInactive(ChannelHandlerContext own) {
    lost(null);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext own, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
      lost(handshake.cause()); // told before the channel is closed for it
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext own, Throwable cause) {
    lost(cause);
  }

  private void lost(@Nullable Throwable cause) {
    String text = BrokerFaults.text(cause);
    if (opened.isDone()) {
      fail("connection lost: " + text);
    } else {
      fail(
          isV5 && wasActive ? text + "; does it speak version 5? else write version: 3.1.1" : text);
    }
  }

  /** Says goodbye and ends it. Any thread. */
  void end() {
    ChannelHandlerContext own = context;
    if (own == null) {
      return;
    }
    try {
      own.executor()
          .execute(() -> {
            if (failure == null && opened.isDone()) {
              own.writeAndFlush(MqttMessage.DISCONNECT);
            }
            fail("disconnected");
          });
    } catch (RejectedExecutionException e) {
      // the loop has ended, and the connection with it
    }
  }

  /** Ends it: every batch under way must be sent again. */
  void fail(String cause) {
    if (failure != null) {
      return;
    }
    failure = cause;
    opened.completeExceptionally(new IOException(cause));
    ended = cause;
    List<BatchUnderWay> left = new ArrayList<>(batches);
    batches.clear();
    alarms.clear();
    others.clear();
    if (context != null) {
      context.close();
    }
    int oldest = inFlight.oldest();
    BatchUnderWay suspected = oldest == 0 ? null : inFlight.batch(oldest);
    Integer suspect = oldest == 0 ? null : inFlight.index(oldest);
    left.forEach(batch ->
        batch.verdict.complete(
            batch.lost(cause, batch == suspected ? suspect : null, accepted > 0)));
  }
}
