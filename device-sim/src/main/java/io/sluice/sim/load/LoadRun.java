package io.sluice.sim.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.sluice.sim.coap.CoapSocket;
import io.sluice.sim.net.Transports;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Connects, warms up, measures, and closes. */
@SuppressWarnings("FutureReturnValueIgnored") // tasks on the loops are waited for by their results
final class LoadRun {
  private static final int CONNECTING_AT_ONCE = 200;
  private static final long CONNECT_SECONDS = 60;
  private static final long SWEEP_MILLIS = 250;
  private static final long LEAD_NANOS = 50_000_000L;
  private static final long DRAIN_LOOK_MILLIS = 20;

  /** Why a message has no outcome. */
  static final String NO_ANSWER = "no answer";

  private final LoadPlan plan;
  private final EventLoopGroup group;
  private final List<Lane> lanes = new ArrayList<>();
  private boolean isHttp;
  private final AtomicInteger lostConnections = new AtomicInteger();
  private final AtomicReference<String> firstLoss = new AtomicReference<>("");

  /** One event loop's share. */
  private static final class Lane {
    final EventLoop loop;
    final LoadTally tally = new LoadTally();
    final List<LoadPeer> peers = new ArrayList<>();
    final List<CoapLoadSocket> sockets = new ArrayList<>();
    long nextDueNanos;
    int nextPeer;
    boolean pacing;
    boolean sweeping;

    Lane(EventLoop loop) {
      this.loop = loop;
    }

    /** Open loop: wakes exactly when the next message of any of its peers is due. */
    void pace(long gapNanos) {
      if (!pacing) {
        return;
      }
      long now = System.nanoTime();
      while (nextDueNanos <= now) {
        peers.get(nextPeer).pump(now);
        nextPeer = (nextPeer + 1) % peers.size();
        nextDueNanos += gapNanos;
      }
      loop.schedule(() -> pace(gapNanos), nextDueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    void sweep() {
      if (sweeping) {
        long now = System.nanoTime();
        sockets.forEach(socket -> socket.sweep(now));
        loop.schedule(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
  }

  LoadRun(LoadPlan plan) {
    this.plan = plan;
    this.group = Transports.group(plan.threads(), "sim-load");
    for (int i = 0; i < plan.threads(); i++) {
      lanes.add(new Lane(group.next()));
    }
  }

  /** Runs an MQTT load to its end. */
  LoadResult mqtt(@Nullable Long pid) throws IOException, InterruptedException {
    try {
      connect(MqttLoadPeer::new);
      return measure(pid);
    } finally {
      close();
    }
  }

  /** Runs an HTTP load to its end. */
  LoadResult http(@Nullable Long pid) throws IOException, InterruptedException {
    try {
      isHttp = true;
      connect(HttpLoadPeer::new);
      return measure(pid);
    } finally {
      close();
    }
  }

  /** Runs a CoAP load to its end. */
  LoadResult coap(@Nullable Long pid, int sockets) throws IOException, InterruptedException {
    try {
      openCoap(sockets);
      return measure(pid);
    } finally {
      close();
    }
  }

  /** Makes the sender of one connection, which is the handler of its channel. */
  private interface Maker<P extends ChannelHandler & LoadPeer> {
    P make(LoadPlan plan, int index, LoadTally tally, MqttLoadPeer.Fate fate);
  }

  private <P extends ChannelHandler & LoadPeer> void connect(Maker<P> maker)
      throws IOException, InterruptedException {
    Semaphore connecting = new Semaphore(CONNECTING_AT_ONCE);
    for (int i = 0; i < plan.peers(); i++) {
      if (!connecting.tryAcquire(CONNECT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("no connection within " + CONNECT_SECONDS + " s");
      }
      Lane lane = lanes.get(i % lanes.size());
      P peer = maker.make(plan, i, lane.tally, fate(connecting));
      lane.peers.add(peer);
      new Bootstrap()
          .group(lane.loop)
          .channel(Transports.socket())
          .option(ChannelOption.TCP_NODELAY, true)
          .handler(plan.tls() == null ? peer : secured(plan.tls(), peer))
          .connect(plan.server())
          .addListener(done -> {
            if (!done.isSuccess()) {
              fate(connecting).gone(false, String.valueOf(done.cause().getMessage()));
            }
          });
    }
    if (!connecting.tryAcquire(CONNECTING_AT_ONCE, CONNECT_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("not every connection was admitted within " + CONNECT_SECONDS + " s");
    }
    if (lostConnections.get() > 0) {
      throw new IOException(
          lostConnections + " of " + plan.peers() + " connections failed: " + firstLoss);
    }
  }

  private ChannelInitializer<Channel> secured(SslContext tls, ChannelHandler peer) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel
            .pipeline()
            .addLast(
                tls.newHandler(
                    channel.alloc(), plan.server().getHostString(), plan.server().getPort()))
            .addLast(peer);
      }
    };
  }

  private MqttLoadPeer.Fate fate(Semaphore connecting) {
    return new MqttLoadPeer.Fate() {
      @Override
      public void admitted() {
        connecting.release();
      }

      @Override
      public void gone(boolean wasAdmitted, String why) {
        lostConnections.incrementAndGet();
        firstLoss.compareAndSet("", why);
        if (!wasAdmitted) {
          connecting.release();
        }
      }
    };
  }

  private void openCoap(int sockets) throws IOException {
    List<CoapLoadSocket> handlers = new ArrayList<>();
    List<Channel> channels = new ArrayList<>();
    for (int i = 0; i < sockets; i++) {
      Lane lane = lanes.get(i % lanes.size());
      CoapLoadSocket handler = new CoapLoadSocket();
      ChannelFuture made =
          CoapSocket.bootstrap(lane.loop, Math.ceilDiv(plan.peers(), sockets))
              .handler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                      channel.pipeline().addLast(handler);
                    }
                  })
              .connect(plan.server())
              .awaitUninterruptibly();
      if (!made.isSuccess()) {
        throw new IOException(
            "socket "
                + (i + 1)
                + " of "
                + sockets
                + ": "
                + made.cause().getMessage()
                + "; raise `ulimit -n` or lower --sockets");
      }
      handlers.add(handler);
      channels.add(made.channel());
      lane.sockets.add(handler);
    }
    for (int i = 0; i < plan.peers(); i++) {
      CoapLoadSocket handler = handlers.get(i % sockets);
      Lane lane = lanes.get(i % sockets % lanes.size());
      CoapLoadPeer peer =
          new CoapLoadPeer(plan, i, handler.peers().size(), channels.get(i % sockets), lane.tally);
      handler.peers().add(peer);
      lane.peers.add(peer);
    }
  }

  private LoadResult measure(@Nullable Long pid) throws IOException, InterruptedException {
    long first = System.nanoTime() + LEAD_NANOS;
    long from = first + plan.warmup().toNanos();
    long until = from + plan.duration().toNanos();
    for (Lane lane : lanes) {
      lane.loop.submit(() -> begin(lane, first, from, until)).syncUninterruptibly();
    }
    sleepUntil(from);
    ProcessUsage before = pid == null ? null : ProcessUsage.of(pid);
    long ownBefore = ownCpuMicros();
    sleepUntil(until);
    for (Lane lane : lanes) {
      lane.loop.submit(() -> end(lane, until)).syncUninterruptibly();
    }
    ProcessUsage after = pid == null ? null : ProcessUsage.of(pid);
    long own = ownCpuMicros() - ownBefore;
    drain();
    LoadTally sum = new LoadTally();
    for (Lane lane : lanes) {
      lane.loop.submit(() -> conclude(lane, sum)).syncUninterruptibly();
    }
    return result(sum, before, after, own);
  }

  private static void sleepUntil(long nanos) throws InterruptedException {
    long left = nanos - System.nanoTime();
    if (left > 0) {
      TimeUnit.NANOSECONDS.sleep(left);
    }
  }

  /** What was due before the end and has room yet goes out; nothing after it. */
  private static void end(Lane lane, long until) {
    lane.peers.forEach(peer -> {
      peer.pump(until - 1);
      peer.stop();
    });
    lane.pacing = false;
  }

  /** Waits for answers that may still come, within a bound. */
  private void drain() throws InterruptedException {
    long last = System.nanoTime() + plan.drain().toNanos();
    while (isAnyWaiting() && System.nanoTime() - last < 0) {
      TimeUnit.MILLISECONDS.sleep(DRAIN_LOOK_MILLIS);
    }
  }

  private boolean isAnyWaiting() {
    for (Lane lane : lanes) {
      boolean isWaiting =
          lane.loop
              .submit(() -> lane.peers.stream().anyMatch(LoadPeer::isWaiting))
              .syncUninterruptibly()
              .getNow();
      if (isWaiting) {
        return true;
      }
    }
    return false;
  }

  private static void conclude(Lane lane, LoadTally sum) {
    lane.sweeping = false;
    long now = System.nanoTime();
    lane.peers.forEach(peer -> peer.conclude(now));
    lane.tally.addTo(sum);
  }

  private void begin(Lane lane, long firstNanos, long from, long until) {
    if (lane.peers.isEmpty()) {
      return;
    }
    lane.tally.measure(from, until);
    lane.pacing = true;
    lane.sweeping = true;
    long gapNanos =
        plan.openLoop()
            ? Math.max(1, Math.round(1e9 / plan.ratePerSecond() * plan.peers() / lane.peers.size()))
            : 0;
    lane.nextDueNanos = firstNanos;
    for (int i = 0; i < lane.peers.size(); i++) {
      lane.peers.get(i).go(firstNanos + i * gapNanos, gapNanos * lane.peers.size());
    }
    if (plan.openLoop()) {
      lane.pace(gapNanos);
    }
    lane.sweep();
  }

  private LoadResult result(
      LoadTally sum, @Nullable ProcessUsage before, @Nullable ProcessUsage after, long ownMicros) {
    double seconds = plan.duration().toNanos() / 1e9;
    double messages = Math.max(1, sum.answersInSpan);
    String error = sum.firstError.isEmpty() ? String.valueOf(firstLoss.get()) : sum.firstError;
    return new LoadResult(
        plan.server().getAddress().getHostAddress() + ":" + plan.server().getPort(),
        confirmation(),
        seconds,
        plan.openLoop() ? sum.sent + sum.unsent : null,
        sum.sent,
        sum.unsent,
        sum.acked,
        sum.unanswered,
        sum.answersInSpan / seconds,
        sum.errors,
        error,
        sum.retransmitted,
        sum.stalledWrites,
        lostConnections.get(),
        micros(sum, 50),
        micros(sum, 90),
        micros(sum, 99),
        micros(sum, 99.9),
        micros(sum, 100),
        sum.unanswered + sum.unsent > 0,
        before == null || after == null
            ? null
            : (after.cpuMicros() - before.cpuMicros()) / messages,
        after == null ? null : after.residentBytes(),
        ownMicros / messages);
  }

  /** What the server says of a message, as {@code acked} counts it. */
  private String confirmation() {
    if (isHttp) {
      return "2xx";
    }
    if (lanes.stream().anyMatch(lane -> !lane.sockets.isEmpty())) {
      return "2.xx";
    }
    return switch (plan.qos()) {
      case 0 -> LoadResult.PINGRESP;
      case 1 -> "PUBACK";
      default -> "PUBCOMP";
    };
  }

  /** At QoS 0 the server says of no message when it took it. */
  private @Nullable Double micros(LoadTally sum, double percentile) {
    return confirmation().equals(LoadResult.PINGRESP) ? null : sum.micros(percentile);
  }

  private static long ownCpuMicros() {
    return ProcessHandle.current()
        .info()
        .totalCpuDuration()
        .map(used -> used.toNanos() / 1000)
        .orElse(0L);
  }

  private void close() {
    lanes.forEach(
        lane -> lane.loop.submit(() -> lane.peers.forEach(LoadPeer::close)).awaitUninterruptibly());
    group.shutdownGracefully(0, 3, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
