package io.sluice.adapter.coap.fast;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.sluice.adapter.coap.message.Replies;
import io.sluice.adapter.coap.request.Admissions;
import io.sluice.adapter.coap.request.ListenerContext;
import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.adapter.coap.udp.UdpSockets;
import io.sluice.adapter.netty.ReceiptQueue;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Awaited;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.health.Guarded;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes plain uplinks straight from one socket and answers them; every other datagram goes on to
 * Californium. An answer is piggybacked on the acknowledgement (RFC 7252 section 5.2.1). Where it
 * is late, Californium adopts the exchange and sends a separate one.
 *
 * <p>Confined to the event loop of its socket. Receipts come through a queue, with one wake-up for
 * a batch.
 */
// a failed send is ignored: CoAP clients retransmit (RFC 7252 section 4.2)
@SuppressWarnings("FutureReturnValueIgnored")
final class FastPathHandler extends ChannelInboundHandlerAdapter implements ReceiptSink {
  private static final Logger log = LoggerFactory.getLogger(FastPathHandler.class);
  private static final int SLOW_CHECK_MILLIS = 100;
  private static final int SWEEP_SECONDS = 10;

  private final ListenerContext listener;
  private final NettyUdpConnector ordinary;
  private final Channel channel;
  private final EventLoop loop;
  private final RecentMessages recent;
  private final PlainUplink plain;
  private final AnswerWriter writer;
  private final LateAnswers late;
  private final byte[] datagram;
  private final List<Future<?>> tasks = new ArrayList<>(1);

  // Of the datagrams that are read in one go: a millisecond's worth.
  private boolean isTimed;
  private long readNanos;
  private long readMicros;

  /** Never holds more than there are requests in hand. */
  private final ReceiptQueue<PlainExchange> verdicts;

  /** State shared by the handlers of one event loop. Confined to that loop. */
  static final class Shared {
    private final RecentMessages recent;
    private final PlainUplink plain = new PlainUplink();
    private final byte[] datagram = new byte[UdpSockets.MAX_DATAGRAM_BYTES];

    /**
     * @param loops among which the memory of messages is divided
     */
    Shared(CoapOptions settings, int loops, EventLoop loop) {
      recent =
          new RecentMessages(
              Math.max(1, settings.maxRemembered() / loops),
              settings.maxRememberedPerPeer(),
              seconds(settings.exchangeLifetime().toMillis()),
              seconds(settings.nonLifetime().toMillis()));
      loop.scheduleAtFixedRate(
          Guarded.task("coap-recent", () -> recent.sweep(second(System.nanoTime()))),
          SWEEP_SECONDS,
          SWEEP_SECONDS,
          TimeUnit.SECONDS);
    }
  }

  FastPathHandler(
      ListenerContext listener,
      Adoptions adoptions,
      Shared shared,
      MessageIds messageIds,
      NettyUdpConnector ordinary,
      Channel channel) {
    this.listener = listener;
    this.writer = new AnswerWriter(channel, messageIds);
    this.late = new LateAnswers(adoptions, ordinary, channel);
    this.ordinary = ordinary;
    this.channel = channel;
    this.loop = channel.eventLoop();
    this.verdicts = new ReceiptQueue<>(loop, this::drain);
    this.recent = shared.recent;
    this.plain = shared.plain;
    this.datagram = shared.datagram;
  }

  private static int seconds(long millis) {
    return Math.toIntExact(Math.ceilDiv(millis, 1000L));
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    tasks.add(
        loop.scheduleAtFixedRate(
            Guarded.task("coap-slow", () -> late.passToCalifornium(System.nanoTime())),
            SLOW_CHECK_MILLIS,
            SLOW_CHECK_MILLIS,
            TimeUnit.MILLISECONDS));
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    tasks.forEach(task -> task.cancel(false));
    tasks.clear();
  }

  private static int second(long nanos) {
    return (int) TimeUnit.NANOSECONDS.toSeconds(nanos);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    DatagramPacket packet = (DatagramPacket) message;
    try {
      ByteBuf content = packet.content();
      int bytes = content.readableBytes();
      content.getBytes(content.readerIndex(), datagram, 0, bytes);
      if (packet.sender().getPort() != 0
          && plain.read(datagram, bytes, listener.maxPayloadBytes())) {
        receive(packet);
      } else {
        ordinary.pass(Arrays.copyOf(datagram, bytes), packet.sender(), channel);
      }
    } catch (RuntimeException unexpected) {
      // Top of the loop: one datagram's fault must not cost the others their answer.
      log.error("coap: a datagram failed", unexpected);
    } finally {
      packet.release();
    }
  }

  private void receive(DatagramPacket packet) {
    if (!isTimed) {
      isTimed = true;
      readNanos = System.nanoTime();
      Instant now = listener.clock().instant();
      readMicros = now.getEpochSecond() * 1_000_000L + now.getNano() / 1_000;
    }
    int second = second(readNanos);
    RecentMessages.Peer peer = recent.peer(packet.sender(), second);
    int checksum = plain.checksum();
    Object before = peer.find(plain.messageId(), checksum, second);
    if (before != null) {
      repeat(peer, before);
      return;
    }
    PlainExchange exchange =
        new PlainExchange(this, peer, packet.sender(), plain, readMicros, readNanos);
    exchange.place =
        recent.add(
            peer, exchange.messageId(), checksum, exchange.isConfirmable(), second, exchange);
    if (listener.reception().reserve(exchange)) {
      try {
        admit(exchange);
      } catch (RuntimeException fault) {
        failed(exchange, fault);
      }
    }
  }

  /** Answers after a fault of our own, and gives back the place, as a receipt does. */
  private void failed(PlainExchange exchange, RuntimeException fault) {
    log.error("coap: a message of {} failed", exchange.address(), fault);
    receipt(exchange, Receipt.Rejected.FAULT);
    flush();
  }

  /** Sends a duplicate the same answer again; nothing while there is none. */
  private void repeat(RecentMessages.Peer peer, Object answer) {
    if (answer == Remembered.STORED) {
      writer.writeChanged(
          peer.address(), plain.messageId(), plain.requestToken(), plain.tokenLength());
    } else if (answer == Remembered.ADOPTED) {
      late.passBare(
          plain.code(),
          plain.messageId(),
          plain.requestToken(),
          plain.tokenLength(),
          peer.address());
    } else if (answer instanceof byte[] bytes) {
      writer.write(peer.address(), bytes);
    }
  }

  private void admit(PlainExchange exchange) {
    RecentMessages.Peer peer = exchange.peer();
    PlainUplink.Span device = plain.device();
    PlainUplink.Span token = plain.token();
    Admissions.Key key =
        Admissions.key(
            peer.address(),
            datagram,
            device.start(),
            device.length(),
            datagram,
            token.start(),
            token.length());
    long revocations = listener.admissions().revocations(); // before anything is looked up
    long nanos = exchange.receivedNanos();
    KnownSender same = peer.sender();
    if (same != null && same.is(key, revocations, nanos)) {
      if (same.isSignDue(nanos)) {
        listener.gateway().sessions().seen(same.device(), same.sender().peer());
      }
      offer(exchange, same.device());
      return;
    }
    Admissions.Sender known = listener.admissions().known(key);
    if (known != null) {
      peer.sender(new KnownSender(key, known, revocations, nanos));
      accept(exchange, known);
    } else {
      listener
          .admissions()
          .check(
              key,
              peer.address(),
              device.text(datagram),
              token.text(datagram),
              sender -> onLoop(() -> acceptOrFail(exchange, sender)),
              refusal -> onLoop(() -> refused(exchange, refusal)));
    }
  }

  private void onLoop(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      verdicts.execute(task);
    }
  }

  private void acceptOrFail(PlainExchange exchange, Admissions.Sender sender) {
    try {
      accept(exchange, sender);
    } catch (RuntimeException fault) {
      failed(exchange, fault);
    }
  }

  private void refused(PlainExchange exchange, Response refusal) {
    listener.inHand().release();
    tellRefused(exchange, refusal);
  }

  private void tellRefused(PlainExchange exchange, Response refusal) {
    try {
      Response response = listener.refusalFor(exchange.topic(), refusal);
      listener.reception().toUnverified(exchange, response);
      channel.flush();
    } catch (Awaited paths) {
      var _ = paths.ready().whenComplete((_, _) -> onLoop(() -> tellRefused(exchange, refusal)));
    }
  }

  private void accept(PlainExchange exchange, Admissions.Sender sender) {
    recent.admit(exchange.peer());
    listener.gateway().sessions().seen(sender.device(), sender.peer());
    offer(exchange, sender.device());
  }

  private void offer(PlainExchange exchange, DeviceId device) {
    exchange.from(device);
    if (exchange.isConfirmable()) {
      late.await(exchange);
    }
    listener.offer(exchange);
  }

  @Override
  public void receipt(Uplink uplink, Receipt receipt) {
    if (ListenerContext.isOfferedAgain(uplink, receipt, listener::offer)) {
      return;
    }
    PlainExchange exchange = (PlainExchange) uplink;
    if (exchange.decide(receipt)) { // the first counts: its place is given back once
      verdicts.offer(exchange);
    }
  }

  @Override
  public void flush() {
    verdicts.flush();
  }

  private void drain() {
    int answered = 0;
    for (PlainExchange next = verdicts.poll(); next != null; next = verdicts.poll()) {
      answered++;
      try {
        finish(next);
      } catch (RuntimeException unexpected) {
        // Top of the loop: one answer's fault must not cost the others theirs.
        log.error("coap: an answer failed", unexpected);
      }
    }
    if (answered > 0) {
      // before the answers leave: whoever has one may send at once
      listener.inHand().release(answered);
      channel.flush();
    }
  }

  private void finish(PlainExchange exchange) {
    if (exchange.isConfirmable()) {
      late.awaitNoMore(exchange);
    }
    exchange.isFinished = true;
    Receipt receipt = Objects.requireNonNull(exchange.receipt);
    if (exchange.isOffered && exchange.adopter == null) {
      late.linger(exchange);
    }
    Exchange adopter = exchange.adopter;
    if (adopter != null) {
      Replies.send(adopter, Replies.to(exchange, receipt, listener.maxPayloadBytes()));
    } else if (receipt instanceof Receipt.Stored && exchange.isConfirmable()) {
      if (!exchange.isOffered) {
        exchange.peer().replace(exchange, exchange.place, Remembered.STORED);
      }
      writer.writeChanged(
          exchange.address(), exchange.messageId(), exchange.token(), exchange.tokenLength());
    } else {
      answer(exchange, Replies.to(exchange, receipt, listener.maxPayloadBytes()));
    }
  }

  /** Sends the response and remembers it; on the loop. The caller flushes. */
  void answer(PlainExchange exchange, Response response) {
    byte[] bytes = writer.bytes(exchange, response);
    if (bytes != null) {
      if (!exchange.isOffered) {
        exchange.peer().replace(exchange, exchange.place, bytes);
      }
      writer.write(exchange.address(), bytes);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    isTimed = false;
    context.flush();
  }

  /** On any thread. */
  void adopted(PlainExchange exchange, Exchange adopter) {
    onLoop(() -> {
      if (exchange.isFinished) {
        // as to a duplicate, which the device takes for what it is
        Receipt receipt = Objects.requireNonNull(exchange.receipt);
        Replies.send(adopter, Replies.to(exchange, receipt, listener.maxPayloadBytes()));
      } else {
        exchange.adopter = adopter;
        adopter.sendAccept();
      }
    });
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // ICMP errors and answers that could not be sent; the device sends its request again
    log.debug("coap: {}", String.valueOf(cause));
  }
}
