package io.sluice.adapter.testkit;

import io.sluice.api.Command;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import io.sluice.api.Following;
import io.sluice.api.Lane;
import io.sluice.api.Limit;
import io.sluice.api.LiveEvent;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Awaited;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.Dialogue;
import io.sluice.api.adapter.Drain;
import io.sluice.api.adapter.LinkEnd;
import io.sluice.api.adapter.Peer;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.SharedParts;
import io.sluice.api.adapter.Uplink;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A gateway in memory: admits the devices that it was told, remembers every uplink, and gives the
 * verdicts that it was told, on a writer thread of its own as the real one does. Thread-safe.
 */
public final class RecordingGateway implements AllPorts, AutoCloseable {
  private SharedParts shared = new SharedParts();
  private final KnownCredentials known = new KnownCredentials();
  private final LinkOrder links = new LinkOrder();
  private final List<String> linkEvents = new CopyOnWriteArrayList<>();
  private final List<Uplink> stored = new CopyOnWriteArrayList<>();
  private final List<RejectReason> refusals = new CopyOnWriteArrayList<>();
  private final List<String> acknowledgedCommands = new CopyOnWriteArrayList<>();
  private final List<String> returnedCommands = new CopyOnWriteArrayList<>();
  private final List<String> unansweredCommands = new CopyOnWriteArrayList<>();
  private final List<String> handedOverCommands = new CopyOnWriteArrayList<>();
  private final Map<String, Integer> refusedCommands = new ConcurrentHashMap<>();
  private final Queue<Command> waiting = new ArrayDeque<>();
  private volatile Function<Command, @Nullable Downlink> form = _ -> null;
  private final AtomicInteger offers = new AtomicInteger();
  private final AtomicInteger detached = new AtomicInteger();
  private final AtomicLong sequence = new AtomicLong();

  /** Offered to a silent gateway. Confined to the writer's thread. */
  private final List<Uplink> held = new ArrayList<>();

  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "recording-gateway");
        thread.setDaemon(true);
        return thread;
      });

  /** What {@link #enter} answers: null lets everyone in. */
  public volatile @Nullable Limit entry;

  /** What {@link #drain} answers: null takes new sessions. */
  public volatile @Nullable Drain drain;

  /** While it is there and not done, nobody knows what paths mean and what is subscribed to. */
  public volatile @Nullable CompletableFuture<Void> vendors;

  public final AtomicInteger left = new AtomicInteger();
  public final List<Limit> limited = new CopyOnWriteArrayList<>();

  /** Identity → key. */
  public final Map<String, byte[]> pskKeys = known.pskKeys;

  /** SubjectPublicKeyInfo in hex → device. */
  public final Map<String, String> publicKeys = known.publicKeys;

  /** Runs between a verdict and the adapter's hearing of it. */
  public volatile Runnable afterAdmission = () -> {};

  /** Where set, the next verdict on credentials is not heard of before this is done. */
  public final AtomicReference<@Nullable CompletableFuture<Void>> nextVerdictWaitsFor =
      new AtomicReference<>(null);

  /** So many polls find nothing, as while a command is with a link that does not take it. */
  public final AtomicInteger pollsInVain = new AtomicInteger();

  /** Whether a name alone is let in. */
  public volatile boolean anonymous;

  /** Consumers, by the common name of their certificate. */
  public final Set<String> consumers = known.consumers;

  private final Map<String, Admission.Grant> grants = new ConcurrentHashMap<>();
  private final AtomicLong lastGrant = new AtomicLong();
  private final List<Consumer<DeviceId>> revocations = new CopyOnWriteArrayList<>();
  private final List<Consumer<LiveEvent>> followers = new CopyOnWriteArrayList<>();
  private volatile Function<Uplink, Receipt> verdict = this::storedReceipt;
  private volatile Function<Uplink, @Nullable Receipt> atOnce = _ -> null;
  private volatile Misconduct misconduct = Misconduct.NONE;

  /** How the gateway breaks its own contract. */
  public enum Misconduct {
    NONE,
    /** {@link #accept} throws and gives no receipt. */
    THROWS,
    /** {@link #accept} throws, and the receipt comes all the same. */
    THROWS_AND_ANSWERS,
    /** Each receipt is given twice. */
    ANSWERS_TWICE,
    /** No receipt is given before {@link #giveReceipts}. */
    SILENT,
    /** {@link #admit} throws. */
    THROWS_AT_ADMISSION
  }

  @Override
  public @Nullable Drain drain() {
    return drain;
  }

  private void awaitVendors() {
    CompletableFuture<Void> read = vendors;
    if (read != null && !read.isDone()) {
      throw new Awaited(read);
    }
  }

  @Override
  public boolean maps(String topic) {
    awaitVendors();
    return true;
  }

  @Override
  public Dialogue dialogue(Admission.Admitted admitted) {
    return new Dialogue() {
      @Override
      public boolean maySubscribe(String filter) {
        awaitVendors();
        return filter.startsWith("vendor/");
      }

      @Override
      public void subscribed(Collection<String> filters) {}

      @Override
      public boolean isImplicit() {
        return false;
      }

      @Override
      public @Nullable Downlink write(Command command, int number, Predicate<String> isSubscribed) {
        return null;
      }
    };
  }

  /** Behaves so from now on. */
  public void misbehave(Misconduct how) {
    misconduct = how;
  }

  /** Admits this device from now on; the password is its pre-shared key, too. */
  public RecordingGateway device(String id, String password) {
    known.passwords.put(id, password);
    pskKeys.put(id, password.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** Does not know the device any more, and ends its sessions. */
  public void remove(String device) {
    known.passwords.remove(device);
    pskKeys.remove(device);
    revoke(device);
  }

  /** Answers as the function says from now on; it runs on the writer thread. */
  public void answer(Function<Uplink, Receipt> answer) {
    verdict = answer;
  }

  /**
   * Answers those for which the function says something at once, as the real one does where it has
   * no room; it runs on the thread that offers.
   */
  public void answerAtOnce(Function<Uplink, @Nullable Receipt> answer) {
    atOnce = answer;
  }

  /** Answers every uplink with Stored, as at the beginning. */
  public void store() {
    verdict = this::storedReceipt;
  }

  /** The next receipt of an uplink that is kept. */
  public Receipt.Stored storedReceipt(Uplink uplink) {
    return new Receipt.Stored(Lane.TELEMETRY, sequence.incrementAndGet());
  }

  /** The uplinks that were answered with Stored, in order. */
  public List<Uplink> stored() {
    return stored;
  }

  /** How many times an uplink was offered, whatever the verdict. */
  public int offers() {
    return offers.get();
  }

  public List<RejectReason> refusals() {
    return refusals;
  }

  public List<String> acknowledgedCommands() {
    return acknowledgedCommands;
  }

  /** Ids of commands that were given out and are never answered. */
  public List<String> unansweredCommands() {
    return unansweredCommands;
  }

  /** Ids of commands whose answer is to come from behind what took them. */
  public List<String> handedOverCommands() {
    return handedOverCommands;
  }

  /** Ids of commands that devices refused, with the reason code. */
  public Map<String, Integer> refusedCommands() {
    return refusedCommands;
  }

  public List<String> returnedCommands() {
    return returnedCommands;
  }

  public int detached() {
    return detached.get();
  }

  public @Nullable DeviceLink link(String device) {
    return links.link(new DeviceId(device));
  }

  /** What came of links, in order: {@code returned ID} of a command, {@code ended} of a link. */
  public List<String> linkEvents() {
    return linkEvents;
  }

  /** Queues a command and sends it, if the device can take it. */
  public void submit(Command command) {
    synchronized (waiting) {
      waiting.add(command);
    }
    ready(command.device());
  }

  @Override
  public CompletionStage<Admission> admit(Peer peer, Credentials credentials) {
    if (misconduct == Misconduct.THROWS_AT_ADMISSION) {
      throw new IllegalStateException("the gateway fails, as told");
    }
    CompletableFuture<Void> gate = nextVerdictWaitsFor.getAndSet(null);
    CompletableFuture<Admission> judged =
        CompletableFuture.supplyAsync(
            () -> {
              Admission verdict = known.judge(credentials, anonymous, this::admitted);
              afterAdmission.run();
              return verdict;
            },
            writer);
    return gate == null ? judged : judged.thenCombine(gate, (verdict, _) -> verdict);
  }

  private Admission admitted(String id) {
    return new Admission.Admitted(
        new Device(new DeviceId(id), "p", "factory", "site", null, null, true, true, false),
        grant(id));
  }

  @Override
  public void accept(Uplink uplink) {
    Receipt now = atOnce.apply(uplink);
    if (now != null) {
      offers.incrementAndGet();
      uplink.sink().receipt(uplink, now);
      uplink.sink().flush();
      return;
    }
    Misconduct how = misconduct;
    if (how != Misconduct.THROWS) {
      writer.execute(() -> take(uplink, how));
    }
    if (how == Misconduct.THROWS || how == Misconduct.THROWS_AND_ANSWERS) {
      throw new IllegalStateException("the gateway fails, as told");
    }
  }

  private void take(Uplink uplink, Misconduct how) {
    offers.incrementAndGet();
    if (how == Misconduct.SILENT) {
      held.add(uplink);
    } else {
      decide(uplink, how == Misconduct.ANSWERS_TWICE);
    }
  }

  /** Gives the receipts that a silent gateway held back, and is silent no more. */
  public void giveReceipts() {
    misconduct = Misconduct.NONE;
    writer.execute(() -> {
      held.forEach(uplink -> decide(uplink, false));
      held.clear();
    });
  }

  private void decide(Uplink uplink, boolean twice) {
    Receipt receipt = verdict.apply(uplink);
    if (receipt instanceof Receipt.Stored) {
      stored.add(uplink);
    }
    uplink.sink().receipt(uplink, receipt);
    if (twice) {
      uplink.sink().receipt(uplink, receipt);
    }
    uplink.sink().flush();
  }

  @Override
  public CompletionStage<Void> claim(Admission.Admitted admitted, DeviceLink link) {
    return isCurrent(admitted)
        ? links.claim(admitted.device().id(), link)
        : CompletableFuture.completedFuture(null);
  }

  @Override
  public boolean claimFree(Admission.Admitted admitted, DeviceLink link) {
    return isCurrent(admitted) && links.claimFree(admitted.device().id(), link);
  }

  @Override
  public boolean attach(Admission.Admitted admitted, Peer peer, DeviceLink link) {
    DeviceId device = admitted.device().id();
    if (!isCurrent(admitted)) {
      links.detach(device, link, () -> {});
      return false;
    }
    links.attach(device, link);
    return true;
  }

  @Override
  public boolean isCurrent(Admission.Admitted admitted) {
    return admitted.grant().equals(grant(admitted.device().id().value()));
  }

  private Admission.Grant grant(String device) {
    return grants.getOrDefault(device, Admission.Grant.NONE);
  }

  /** Another device has the id from now on. */
  public void registerAnew(String device) {
    grants.compute(
        device,
        (id, known) ->
            new Admission.Grant(known == null ? 1 : known.registration() + 1, lastGrant.get()));
    revoke(device);
  }

  @Override
  public void detach(DeviceId device, DeviceLink link) {
    links.detach(device, link, () -> linkEvents.add("ended"));
    detached.incrementAndGet();
    ready(device);
  }

  @Override
  public void seen(DeviceId device, Peer peer) {}

  @Override
  public void refused(Peer peer, RejectReason reason) {
    refusals.add(reason);
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

  /** Ends the sessions of a device, as a revocation does; it may sign in again. */
  public void revoke(String device) {
    grants.compute(
        device,
        (id, known) ->
            new Admission.Grant(
                known == null ? 0 : known.registration(), lastGrant.incrementAndGet()));
    revocations.forEach(listener -> listener.accept(new DeviceId(device)));
    DeviceLink link = links.link(new DeviceId(device));
    if (link != null) {
      link.close(LinkEnd.CREDENTIALS_CHANGED);
    }
  }

  @Override
  public Following follow(String consumer, Consumer<LiveEvent> listener) {
    followers.add(listener);
    return () -> followers.remove(listener);
  }

  /** Has commands for devices that a source speaks for written so, from now on. */
  public void form(Function<Command, @Nullable Downlink> other) {
    form = other;
  }

  @Override
  public @Nullable Downlink written(DeviceId source, Command command) {
    return form.apply(command);
  }

  @Override
  public String gateway() {
    return "gw1";
  }

  /** Keeps there what adapters keep, as a gateway that was started anew; before they start. */
  public RecordingGateway keeping(Path folder) {
    shared = new SharedParts(folder);
    return this;
  }

  @Override
  public @Nullable Path folder() {
    return shared.folder();
  }

  @Override
  public <T> T shared(Class<T> type, Supplier<T> maker) {
    return shared.of(type, maker);
  }

  @Override
  public void ready(DeviceId device) {
    DeviceLink link = links.taker(device);
    synchronized (waiting) {
      while (link != null && !waiting.isEmpty() && link.send(waiting.element())) {
        waiting.remove();
      }
    }
  }

  @Override
  public @Nullable Command poll(DeviceId device) {
    if (pollsInVain.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      return null;
    }
    synchronized (waiting) {
      return waiting.poll();
    }
  }

  @Override
  public void acknowledged(DeviceId device, String commandId) {
    acknowledgedCommands.add(commandId);
  }

  @Override
  public void handedOver(DeviceId device, String commandId) {
    handedOverCommands.add(commandId);
  }

  @Override
  public @Nullable String oldestSent(DeviceId device, String addressee) {
    return handedOverCommands.isEmpty() ? null : handedOverCommands.getFirst();
  }

  @Override
  public void unanswered(DeviceId device, String commandId) {
    unansweredCommands.add(commandId);
  }

  @Override
  public void refused(DeviceId device, String commandId, int reasonCode) {
    refusedCommands.put(commandId, reasonCode);
  }

  @Override
  public void returned(DeviceId device, String commandId, DeviceLink link) {
    returned(device, commandId);
  }

  @Override
  public void returned(DeviceId device, String commandId) {
    returnedCommands.add(commandId);
    linkEvents.add("returned " + commandId);
  }

  @Override
  public void close() {
    writer.shutdownNow();
  }
}
