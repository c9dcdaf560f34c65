package io.sluice.adapter.coap.server;

import io.sluice.adapter.testkit.AllPorts;
import io.sluice.api.Command;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Following;
import io.sluice.api.Lane;
import io.sluice.api.Limit;
import io.sluice.api.LiveEvent;
import io.sluice.api.RejectReason;
import io.sluice.api.Rejection;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.Drain;
import io.sluice.api.adapter.LinkEnd;
import io.sluice.api.adapter.Peer;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.SharedParts;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.tls.HandshakeFault;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A gateway that remembers all and answers as told, on a writer thread of its own. */
public final class ScriptedGateway implements AllPorts, AutoCloseable {
  private final SharedParts shared = new SharedParts();
  final List<Uplink> accepted = new CopyOnWriteArrayList<>();
  final List<DeviceId> seen = new CopyOnWriteArrayList<>();
  final List<RejectReason> refused = new CopyOnWriteArrayList<>();

  /** Label, claimed identity and detail of each. */
  final List<String> handshakeFaults = new CopyOnWriteArrayList<>();

  final List<String> acknowledged = new CopyOnWriteArrayList<>();
  final List<String> returned = new CopyOnWriteArrayList<>();
  final ConcurrentHashMap<DeviceId, DeviceLink> links = new ConcurrentHashMap<>();
  final AtomicInteger admissions = new AtomicInteger();
  volatile Function<Uplink, Receipt> verdict = this::stored;
  volatile boolean keep = true;
  volatile @Nullable Drain drain;

  /** What {@link #enter} answers: null lets everyone in. */
  volatile @Nullable Limit entry;

  final AtomicInteger left = new AtomicInteger();
  final List<Limit> limited = new CopyOnWriteArrayList<>();

  /** Identity → key. */
  final Map<String, byte[]> pskKeys = new ConcurrentHashMap<>();

  /** SubjectPublicKeyInfo in hex → device. */
  final Map<String, String> publicKeys = new ConcurrentHashMap<>();

  volatile InstantSource clock = InstantSource.system();

  private volatile boolean stale;
  private final List<Consumer<DeviceId>> revocations = new CopyOnWriteArrayList<>();
  private final AtomicLong sequence = new AtomicLong();
  private final ArrayDeque<Command> queue = new ArrayDeque<>();
  private final List<Command> sent = new ArrayList<>();
  private final BlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
  private final Thread writer = new Thread(this::write, "spool-writer");

  public ScriptedGateway() {
    writer.setDaemon(true);
    writer.start();
  }

  Receipt stored(Uplink uplink) {
    Rejection rejection = uplink.rejection();
    if (rejection != null) {
      return new Receipt.Rejected(rejection.reason(), rejection.detail(), true);
    }
    return new Receipt.Stored(Lane.TELEMETRY, sequence.incrementAndGet());
  }

  @Override
  public @Nullable Drain drain() {
    return drain;
  }

  @Override
  public CompletionStage<Admission> admit(Peer peer, Credentials credentials) {
    admissions.incrementAndGet();
    return CompletableFuture.supplyAsync(() -> judge(credentials), work::add);
  }

  private Admission judge(Credentials credentials) {
    return switch (credentials) {
      case Credentials.Token token when token.token().equals("secret") ->
          new Admission.Admitted(device(token.device()));
      case Credentials.PskIdentity psk when pskKeys.containsKey(psk.identity()) ->
          new Admission.Admitted(device(psk.identity()));
      case Credentials.Certificate certificate ->
          new Admission.Admitted(
              device(
                  certificate
                      .chain()
                      .getFirst()
                      .getSubjectX500Principal()
                      .getName()
                      .replaceAll("^CN=([^,]*).*", "$1")));
      case Credentials.RawPublicKey key
          when publicKeys.containsKey(HexFormat.of().formatHex(key.subjectPublicKeyInfo())) ->
          new Admission.Admitted(
              device(publicKeys.get(HexFormat.of().formatHex(key.subjectPublicKeyInfo()))));
      case Credentials.Token token when token.token().equals("too-often") ->
          new Admission.Refused(RejectReason.QUOTA, "too many wrong credentials; wait 1 s");
      case Credentials.Token token when token.token().equals("busy") -> new Admission.Busy(2500);
      case Credentials.Token token when token.token().equals("foreign") ->
          new Admission.Refused(RejectReason.NOT_AUTHORIZED, "not from here");
      default ->
          new Admission.Refused(
              RejectReason.NOT_AUTHENTICATED, "unknown device or wrong token; give ?d=id&k=token");
    };
  }

  private static Device device(@Nullable String id) {
    return new Device(
        new DeviceId(id == null ? "by-token" : id),
        "p",
        "farm",
        "s",
        null,
        null,
        true,
        true,
        false);
  }

  @Override
  public boolean maps(String topic) {
    return List.of("telemetry", "event", "alarm", "state", "t").contains(topic.split("/", 2)[0]);
  }

  @Override
  public void accept(Uplink uplink) {
    if (keep) {
      accepted.add(uplink);
    }
    work.add(() -> uplink.sink().receipt(uplink, verdict.apply(uplink)));
    work.add(uplink.sink()::flush);
  }

  @Override
  public InstantSource clock() {
    return () -> clock.instant();
  }

  /** Holds the writer thread back until the stage completes. */
  void blockWriter(CompletableFuture<Void> until) {
    work.add(until::join);
  }

  private void write() {
    try {
      while (true) {
        work.take().run();
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public CompletionStage<Void> claim(Admission.Admitted admitted, DeviceLink link) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public boolean claimFree(Admission.Admitted admitted, DeviceLink link) {
    return !links.containsKey(admitted.device().id());
  }

  @Override
  public boolean attach(Admission.Admitted admitted, Peer peer, DeviceLink link) {
    if (!isCurrent(admitted)) {
      return false;
    }
    DeviceLink old = links.put(admitted.device().id(), link);
    if (old != null) {
      old.close(LinkEnd.TAKEN_OVER);
    }
    return true;
  }

  @Override
  public boolean isCurrent(Admission.Admitted admitted) {
    return !stale;
  }

  @Override
  public void detach(DeviceId device, DeviceLink link) {
    links.remove(device, link);
  }

  @Override
  public void seen(DeviceId device, Peer peer) {
    if (keep) {
      seen.add(device);
    }
  }

  @Override
  public void refused(Peer peer, RejectReason reason) {
    refused.add(reason);
  }

  @Override
  public void handshakeFailed(
      Peer peer, HandshakeFault fault, @Nullable String claimed, String detail) {
    refused(peer, RejectReason.NOT_AUTHENTICATED);
    handshakeFaults.add(fault.label() + " " + claimed + ": " + detail);
  }

  @Override
  public @Nullable Limit enter(Peer peer) {
    return entry;
  }

  @Override
  public void leave(Peer peer) {
    left.incrementAndGet();
  }

  @Override
  public void limited(Peer peer, Limit limit) {
    limited.add(limit);
  }

  @Override
  public byte @Nullable [] pskKey(String identity) {
    return pskKeys.get(identity);
  }

  @Override
  public boolean knowsPublicKey(byte[] subjectPublicKeyInfo) {
    return publicKeys.containsKey(HexFormat.of().formatHex(subjectPublicKeyInfo));
  }

  @Override
  public void onRevoked(Consumer<DeviceId> listener) {
    revocations.add(listener);
  }

  /** Lets every admission be one of before a revocation, from now on. */
  void outdate() {
    stale = true;
  }

  /** Ends the sessions of a device, as a revocation does. */
  void revoke(String device) {
    revocations.forEach(listener -> listener.accept(new DeviceId(device)));
    DeviceLink link = links.get(new DeviceId(device));
    if (link != null) {
      link.close(LinkEnd.CREDENTIALS_CHANGED);
    }
  }

  @Override
  public Following follow(String consumer, Consumer<LiveEvent> listener) {
    throw new UnsupportedOperationException("consumers do not speak CoAP");
  }

  @Override
  public <T> T shared(Class<T> type, Supplier<T> maker) {
    return shared.of(type, maker);
  }

  void submit(Command command) {
    synchronized (queue) {
      queue.add(command);
    }
    ready(command.device());
  }

  int queued() {
    synchronized (queue) {
      return queue.size();
    }
  }

  @Override
  public void ready(DeviceId device) {
    DeviceLink link = links.get(device);
    synchronized (queue) {
      while (link != null && !queue.isEmpty() && link.send(queue.peek())) {
        sent.add(queue.remove());
      }
    }
  }

  @Override
  public @Nullable Command poll(DeviceId device) {
    synchronized (queue) {
      return queue.poll();
    }
  }

  @Override
  public void acknowledged(DeviceId device, String commandId) {
    acknowledged.add(commandId);
  }

  @Override
  public @Nullable String oldestSent(DeviceId device, String addressee) {
    throw new UnsupportedOperationException("CoAP numbers what it sends");
  }

  @Override
  public void handedOver(DeviceId device, String commandId) {
    throw new UnsupportedOperationException("CoAP hands nothing over");
  }

  @Override
  public void unanswered(DeviceId device, String commandId) {
    acknowledged(device, commandId);
  }

  @Override
  public void refused(DeviceId device, String commandId, int reasonCode) {
    acknowledged(device, commandId);
  }

  @Override
  public void returned(DeviceId device, String commandId, DeviceLink link) {
    returned(device, commandId);
  }

  @Override
  public void returned(DeviceId device, String commandId) {
    returned.add(commandId);
    synchronized (queue) {
      sent.stream().filter(c -> c.id().equals(commandId)).findFirst().ifPresent(queue::addFirst);
    }
  }

  @Override
  public void close() {
    writer.interrupt();
  }
}
