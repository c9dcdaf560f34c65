package io.sluice.adapter.mqttclient;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.handler.ssl.SslHandler;
import io.sluice.adapter.netty.SparseLog;
import io.sluice.adapter.netty.Transport;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import io.sluice.api.MessageBounds;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Endpoint;
import io.sluice.api.adapter.Peer;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.broker.BrokerAddress;
import io.sluice.api.broker.BrokerWords;
import io.sluice.api.broker.TopicFilter;
import io.sluice.api.health.Guarded;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker to which the gateway subscribes. It has an event loop of its own, so that a broker that
 * floods or hangs costs no other source and no listener anything. Each attempt asks the name
 * service anew and tries each address; what may block for that runs on a thread beside the loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is scheduled ends with the event loop
final class MqttSource implements Adapter, BrokerLink.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(MqttSource.class);
  private static final Guarded FAULTS = Guarded.of("mqtt-source");
  private static final long TICK_MILLIS = 500;

  /** How long what is asked of a device holds at the broker: it is asked again. */
  private static final long TOLD_FOR_SECONDS = 60;

  private static final int TICKS_A_SECOND = (int) (1_000 / TICK_MILLIS);
  private static final long SETTLE_STEP_MILLIS = 20;

  /** A connection that lasts so long is one: the next attempt after its end comes soon. */
  private static final long LASTING_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final String name;
  private final MqttSourceSettings settings;
  private final Approach.Names names;
  private final Patience patience;
  private final String address;
  private final DeviceId device;
  private final List<TopicFilter> filters;
  private final SparseLog sparse;
  private final Backoff backoff = new Backoff(ThreadLocalRandom.current());
  private final Redeliveries redeliveries = new Redeliveries();
  private final RetainedStates retained = new RetainedStates();
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private volatile Endpoint endpoint;
  private @Nullable EventLoopGroup group;

  // confined to the event loop, once started
  private @Nullable AdapterContext context;
  private @Nullable EventLoop loop;
  private @Nullable InHand inHand;
  private @Nullable SourceCommands commands;
  private @Nullable BrokerLink link;
  private @Nullable SourceLink session;
  private @Nullable Channel channel;
  private @Nullable Peer peer;
  private @Nullable String lastError;
  private Set<String> attemptFaults = new LinkedHashSet<>();
  private long attempt;
  private long connectedMillis;
  private long openedNanos;
  private long order;
  private long ticks;
  private boolean isFirstOfOutage = true;

  MqttSource(String name, MqttSourceSettings settings, Approach.Names names, Patience patience) {
    this.patience = patience;
    this.name = name;
    this.settings = settings;
    this.names = names;
    BrokerAddress broker = BrokerAddress.of(settings.uri());
    this.address =
        "%s://%s:%d"
            .formatted(
                settings.uri().getScheme(),
                broker.host().contains(":") ? '[' + broker.host() + ']' : broker.host(),
                broker.port());
    String own = settings.device();
    this.device = new DeviceId(own == null ? name : own);
    this.filters = settings.topics().stream().map(TopicFilter::new).toList();
    this.sparse = new SparseLog(LOG, SourceMessage.PROTOCOL);
    this.endpoint = Endpoint.waiting(address, "not tried yet", null, null);
  }

  @Override
  public void start(AdapterContext gateway) {
    Transport transport = Transport.best();
    ThreadFactory threads = Thread.ofPlatform().daemon().name("mqtt-source-" + name).factory();
    EventLoopGroup own = new MultiThreadIoEventLoopGroup(1, threads, transport.ioHandlers());
    group = own;
    EventLoop only = own.next();
    only.execute(
        FAULTS.task(() -> {
          context = gateway;
          loop = only;
          commands = new SourceCommands(gateway, device);
          inHand =
              new InHand(
                  only,
                  gateway.ingress(),
                  2 * settings.inFlight(),
                  this::decided,
                  this::acknowledge);
          only.scheduleAtFixedRate(
              FAULTS.task(this::tick), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
          begin();
        }));
  }

  private static <T> T started(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("not started");
    }
    return part;
  }

  /** Begins an attempt: what blocks is done beside the event loop. */
  private void begin() {
    if (isClosed.get()) {
      return;
    }
    long own = ++attempt;
    attemptFaults = new LinkedHashSet<>();
    EventLoop to = started(loop);
    Thread.ofVirtual()
        .name("mqtt-source-names-" + name)
        .start(
            FAULTS.task(() -> {
              Approach approach;
              try {
                approach = Approach.of(settings, names);
              } catch (IOException e) {
                execute(to, () -> failed(own, String.valueOf(e.getMessage())));
                return;
              }
              execute(to, () -> connect(own, approach, 0));
            }));
    long limit = settings.connectTimeout().toMillis();
    to.schedule(
        FAULTS.task(() -> {
          if (own == attempt && link == null) {
            failed(own, "the name service does not answer within " + BrokerWords.time(limit));
          }
        }),
        limit,
        TimeUnit.MILLISECONDS);
  }

  private static void execute(EventLoop loop, Runnable step) {
    try {
      loop.execute(FAULTS.task(step));
    } catch (RejectedExecutionException closed) {
      LOG.debug("the source was closed meanwhile");
    }
  }

  /** Tries one of the addresses. */
  private void connect(long own, Approach approach, int place) {
    if (own != attempt || isClosed.get()) {
      return;
    }
    AdapterContext gateway = started(context);
    InetAddress to = approach.addresses().get(place);
    int port = approach.broker().port();
    connectedMillis = gateway.clock().millis();
    Announcement announce = settings.announce();
    ByteBuf packet =
        PacketWriter.connect(
            UnpooledByteBufAllocator.DEFAULT,
            settings,
            clientId(gateway),
            approach.password(),
            announce == null ? null : announce.offline(connectedMillis));
    long millis = Math.max(1, settings.connectTimeout().toMillis() / approach.addresses().size());
    BrokerLink opening =
        new BrokerLink(settings, patience, this, packet, TimeUnit.MILLISECONDS.toNanos(millis));
    link = opening;
    EventLoop to2 = started(loop);
    session =
        new SourceLink(
            message -> execute(to2, () -> tell(opening, message)),
            () -> execute(to2, () -> started(commands).retry()));
    peer =
        new Peer(
            SourceMessage.PROTOCOL, new InetSocketAddress(to, port), approach.broker().isSecure());
    next =
        () -> {
          boolean isLast = place + 1 >= approach.addresses().size();
          if (!isLast) {
            connect(own, approach, place + 1);
          }
          return !isLast;
        };
    prefix = approach.addresses().size() > 1 ? to.getHostAddress() + ": " : "";
    new Bootstrap()
        .group(started(loop))
        .channel(Transport.best().socketChannel())
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(Integer.MAX_VALUE, millis))
        .option(ChannelOption.TCP_NODELAY, true)
        .handler(pipeline(opening, approach))
        .connect(to, port)
        .addListener(connected -> {
          if (!connected.isSuccess()) {
            opening.notConnected(connected.cause());
          }
        });
  }

  /** Publishes what a vendor's rules ask for, where the connection is still there. */
  private void tell(BrokerLink by, Downlink message) {
    if (by == link && by.isOpen()) {
      int _ = by.publish(message, "", TOLD_FOR_SECONDS);
    }
  }

  private ChannelInitializer<Channel> pipeline(BrokerLink opening, Approach approach) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel opened) {
        channel = opened;
        if (approach.tls() != null) {
          opened
              .pipeline()
              .addLast(new SslHandler(Approach.engine(approach.tls(), approach.broker())));
        }
        opened
            .pipeline()
            .addLast(
                new PacketReader(settings.isV5(), MessageBounds.packet(Long.MAX_VALUE), opening))
            .addLast(opening);
      }
    };
  }

  private String clientId(AdapterContext gateway) {
    String configured = settings.clientId();
    return configured == null ? "sluice-" + gateway.gateway() + "-source-" + name : configured;
  }

  private interface Next {
    /** Tries the next address; false where there is none. */
    boolean tried();
  }

  private @Nullable Next next;
  private String prefix = "";

  @Override
  public void ended(BrokerLink over, String reason) {
    if (over != link) {
      return;
    }
    link = null;
    channel = null;
    started(commands).returnAll();
    boolean wasOpen = openedNanos != 0;
    boolean hasLasted = wasOpen && System.nanoTime() - openedNanos > LASTING_NANOS;
    openedNanos = 0;
    if (hasLasted) {
      backoff.reset();
    }
    if (wasOpen) {
      attemptFaults.clear(); // what other addresses answered is over
    }
    attemptFaults.add(wasOpen ? hint(reason, hasLasted) : prefix + reason);
    Next further = next;
    next = null;
    if (wasOpen || further == null || !further.tried()) {
      failed(attempt, String.join("; ", attemptFaults));
    }
  }

  /** What may be behind a connection that is closed again and again without a word. */
  private String hint(String reason, boolean hasLasted) {
    return hasLasted || !reason.equals(BrokerWords.text(null))
        ? reason
        : reason
            + " soon after it was made; does another client use the client id "
            + clientId(started(context))
            + "?";
  }

  /** The attempt is over: the next comes after a while. */
  private void failed(long own, String reason) {
    if (own != attempt || isClosed.get()) {
      return;
    }
    attempt++;
    long millis = backoff.nextMillis();
    Instant at = started(context).clock().instant().plusMillis(millis);
    if (isFirstOfOutage || !reason.equals(lastError)) {
      LOG.warn("source {}: {}: {}; tried again until it is there", name, address, reason);
    }
    isFirstOfOutage = false;
    lastError = reason;
    endpoint = Endpoint.waiting(address, reason, at, reason);
    started(loop).schedule(FAULTS.task(this::begin), millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void subscribed(BrokerLink open) {
    if (openedNanos == 0) {
      openedNanos = System.nanoTime();
      isFirstOfOutage = true;
      LOG.info(
          "source {}: subscribed at {} ({})",
          name,
          address,
          open.isSessionPresent() ? "the broker has kept the session" : "new session");
      Announcement announce = settings.announce();
      if (announce != null) {
        int _ = open.publish(announce.online(connectedMillis), "", 0);
      }
    }
    String refusal = open.refusal();
    if (refusal == null) {
      endpoint = Endpoint.connected(address, started(commands).devices(), lastError);
      return;
    }
    if (!refusal.equals(lastError)) {
      LOG.warn("source {}: {}: {}", name, address, refusal);
    }
    lastError = refusal;
    long millis = TimeUnit.NANOSECONDS.toMillis(open.againNanos() - System.nanoTime());
    endpoint =
        Endpoint.waiting(
            address, refusal, started(context).clock().instant().plusMillis(millis), refusal);
  }

  private void tick() {
    BrokerLink open = link;
    long now = System.nanoTime();
    if (open != null) {
      open.tick(now);
    }
    if (open != null && open.isOpen() && !isClosed.get() && ++ticks % TICKS_A_SECOND == 0) {
      SourceCommands down = started(commands);
      down.send(open, now);
      Endpoint told = endpoint;
      if (told.isUp() && told.links() != down.devices()) {
        endpoint = Endpoint.connected(address, down.devices(), told.lastError());
      }
    }
  }

  private void decided(SourceMessage message) {
    SourceCommands down = started(commands);
    DeviceId subject = message.subject;
    if (subject != null) {
      down.heard(subject);
    }
    List<Downlink> replies = down.follow(message);
    BrokerLink open = link;
    if (settings.replies() && open != null && open.isOpen()) {
      replies.forEach(open::reply);
    }
    if (message.receipt instanceof Receipt.Rejected rejected) {
      LOG.debug("source {}: {}: {}", name, message.topic(), rejected.detail());
    }
  }

  @Override
  public void acknowledged(int packetId, int code) {
    started(commands).acknowledged(packetId, code);
  }

  private void acknowledge() {
    BrokerLink open = link;
    if (open != null) {
      open.acknowledge();
    }
  }

  @Override
  public void published(
      BrokerLink by, int qos, String topic, BrokerProperties properties, byte[] payload, int id) {
    AdapterContext gateway = started(context);
    if (gateway.gateway().equals(properties.mark)) {
      by.settled(qos, id); // of our own: it has come back by a way round
      sparse.warn(address, topic + " brings back what this gateway published; nothing is kept");
      return;
    }
    if (!isSubscribed(topic)) {
      by.settled(qos, id);
      sparse.warn(
          address,
          topic
              + " comes by a subscription of before, which topics does not have any more; nothing is"
              + " kept. Give another client-id, or end it at the broker");
      return;
    }
    retained.published(topic, payload);
    ContentType declared =
        properties.contentType == null ? null : ContentType.ofMediaType(properties.contentType);
    SourceMessage message =
        new SourceMessage(
            device,
            started(inHand),
            started(session),
            order++,
            topic,
            declared == null ? ContentType.UNSPECIFIED : declared,
            payload,
            gateway.clock().millis() * 1_000);
    if (qos > 0) {
      by.owes(id, message);
    }
    started(inHand).take(message);
  }

  private boolean isSubscribed(String topic) {
    for (TopicFilter filter : filters) {
      if (filter.matches(topic)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void oversized(BrokerLink by, String topic, long bytes) {
    Peer from = peer;
    if (from != null) {
      started(context).meters().refused(from, RejectReason.TOO_LARGE);
    }
    sparse.warn(
        address,
        "a message of %d bytes on %s is larger than %d and was passed over"
            .formatted(bytes, topic, MessageBounds.packet(Long.MAX_VALUE)));
  }

  @Override
  public boolean isKnownState(BrokerLink by, String topic, byte[] payload) {
    return settings.retained() == MqttSourceSettings.Retained.SKIP
        || (!settings.isV5() && by.isSessionPresent()) // what changed since has come by the session
        || retained.isKnown(topic, SourceMessage.digest(topic, payload));
  }

  @Override
  public InHand inHand() {
    return started(inHand);
  }

  @Override
  public Redeliveries redeliveries() {
    return redeliveries;
  }

  @Override
  public List<Endpoint> endpoints() {
    return List.of(endpoint);
  }

  @Override
  public void close() {
    EventLoopGroup own = group;
    if (own == null || !isClosed.compareAndSet(false, true)) {
      return;
    }
    EventLoop only = own.next();
    execute(only, () -> leave(System.nanoTime() + patience.settle()));
    long mostMillis = TimeUnit.NANOSECONDS.toMillis(patience.close());
    own.terminationFuture().awaitUninterruptibly(mostMillis);
    own.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS).awaitUninterruptibly(mostMillis);
  }

  /** Waits for what was offered, so that it is acknowledged, then takes its leave. */
  private void leave(long untilNanos) {
    Channel open = channel;
    InHand mine = inHand;
    if (open != null) {
      open.config().setAutoRead(false);
    }
    if (mine != null) {
      mine.close();
      if (!mine.isSettled() && System.nanoTime() < untilNanos) {
        started(loop)
            .schedule(
                FAULTS.task(() -> leave(untilNanos)), SETTLE_STEP_MILLIS, TimeUnit.MILLISECONDS);
        return;
      }
    }
    BrokerLink last = link;
    if (last != null) {
      Announcement announce = settings.announce();
      if (announce != null && last.isOpen()) { // its will is none of one who takes his leave
        int _ = last.publish(announce.offline(started(context).clock().millis()), "", 0);
      }
      last.leave();
    }
    EventLoopGroup own = group;
    if (own != null) {
      own.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
    }
  }
}
