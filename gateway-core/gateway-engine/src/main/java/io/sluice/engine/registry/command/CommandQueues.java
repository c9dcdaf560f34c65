package io.sluice.engine.registry.command;

import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Commands;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.operator.CommandService;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.StoredCommand;
import io.sluice.engine.registry.device.DeviceChanges;
import io.sluice.engine.registry.presence.Presence;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way down: commands wait here until their device takes them. Memory is the truth while the
 * gateway runs; the {@link CommandStore} follows, except that a command is on disk before {@link
 * #submit} returns.
 *
 * <p>Bounds: {@value CommandQueue#MAX_WAITING} waiting commands a device, {@value #MAX_WAITING} in
 * all; of those that ended the last {@value CommandQueue#MAX_ENDED} a device, {@value
 * CommandHistory#MAX_ENDED} in all. Thread-safe; adapters' calls never block on the disk.
 */
public final class CommandQueues implements Commands, CommandService, DeviceChanges, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CommandQueues.class);

  static final int MAX_WAITING = 10_000;

  /** After it, an unacknowledged command may be polled again. */
  static final Duration POLL_AGAIN = Duration.ofSeconds(30);

  /** From here on a difference to the monotonic clock is that somebody has set the clock. */
  private static final long STEP_MIN_MICROS = 60_000_000;

  private final ToLongFunction<String> registrations;
  private final Presence presence;
  private final Clock clock;
  private final CommandStore store;
  private final ConcurrentMap<String, CommandQueue> queues = new ConcurrentHashMap<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong lastSequence = new AtomicLong();
  private final CommandHistory ended = new CommandHistory(this::forget);
  private final LongSupplier nanoTime;
  private final Families families;
  private final FleetQueues fleet = new FleetQueues(this, queues);
  private volatile Sharing sharing = Sharing.NONE;
  private volatile CommandEncoder encoder = CommandEncoder.NONE;

  // when it was swept last; of the store's thread
  private long sweptMicros;
  private long sweptNanos;

  /**
   * @param registrations the registry's look-up: the number of a device's registration, 0 where it
   *     is unknown or retired
   * @param devices the registry's look-up
   * @param clock by which commands expire; where it is set, they keep the time that they have left
   * @param nanoTime monotonic, as {@link System#nanoTime}
   */
  public CommandQueues(
      RegistryStore store,
      ToLongFunction<String> registrations,
      Function<String, @Nullable Device> devices,
      Presence presence,
      Clock clock,
      LongSupplier nanoTime) {
    this.registrations = registrations;
    this.presence = presence;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.families = new Families(devices);
    this.sweptMicros = nowMicros();
    this.sweptNanos = nanoTime.getAsLong();
    this.store = new CommandStore(store, this::sweep);
  }

  /** Has this write commands as their devices' own bytes, from now on. */
  public void encodeBy(CommandEncoder by) {
    encoder = by;
    queues.values().forEach(queue -> queue.waiting().forEach(this::encode));
  }

  /** The same queues as the fleet uses them. */
  public FleetQueues fleet() {
    return fleet;
  }

  void shareBy(Sharing by) {
    sharing = by;
  }

  private boolean mayGive(CommandEntry entry) {
    return !entry.isShared() || sharing.mayGive();
  }

  /** Has how far it has come written, here or by the fleet. */
  void store(CommandEntry entry) {
    if (entry.isShared()) {
      sharing.changed(entry.command().id(), entry::shared);
    } else {
      store.changed(entry);
    }
  }

  /** Of one that was made before its device's script was there. */
  private void encode(CommandEntry entry) {
    Command command = entry.command();
    try {
      Command.Encoded bytes =
          command.encoded() == null
              ? encoder.encode(command.device(), command.contentType(), command.payload())
              : null;
      if (bytes != null) {
        entry.encoded(bytes);
      }
    } catch (PayloadException e) {
      LOG.warn(
          "command {} of {} goes out without the device's own bytes: {}",
          command.id(),
          command.device(),
          e.getMessage());
    }
  }

  /** Begins to sweep, after all is restored. */
  public void start() {
    store.start();
  }

  /** Takes a command of before; in the order of their numbers, after the devices. */
  public void restore(StoredCommand row) {
    String device = row.command().device().value();
    CommandEntry entry = new CommandEntry(row, registrations.applyAsLong(device));
    queues
        .computeIfAbsent(
            key(entry),
            id -> {
              families.add(id);
              return new CommandQueue();
            })
        .add(entry);
    lastSequence.set(entry.sequence());
    if (entry.isWaiting()) {
      waiting.incrementAndGet();
    } else {
      ended.restore(entry);
    }
  }

  @Override
  public Submission submit(
      DeviceId device, String name, ContentType contentType, byte[] payload, Duration expiry) {
    return submit(UUID.randomUUID().toString(), device, name, contentType, payload, expiry);
  }

  Submission submit(
      String id,
      DeviceId device,
      String name,
      ContentType contentType,
      byte[] payload,
      Duration expiry) {
    Submission refusal = refusal(device, name, contentType, payload, expiry);
    if (refusal != null) {
      return refusal;
    }
    long now = nowMicros();
    Command command =
        new Command(
            id,
            device,
            name,
            contentType,
            payload.clone(),
            now,
            now + TimeUnit.MILLISECONDS.toMicros(expiry.toMillis()));
    CommandEntry entry =
        new CommandEntry(
            lastSequence.incrementAndGet(), command, registrations.applyAsLong(device.value()));
    encode(entry);
    return add(entry) ? new Submission.Taken(entry.view()) : full();
  }

  @Nullable Submission refusal(
      DeviceId device, String name, ContentType contentType, byte[] payload, Duration expiry) {
    if (registrations.applyAsLong(device.value()) == 0) {
      return new Submission.UnknownDevice();
    }
    String fault = CommandRules.fault(name, payload, expiry);
    if (fault != null) {
      return new Submission.Invalid(fault);
    }
    try {
      var _ = encoder.encode(device, contentType, payload);
    } catch (PayloadException e) {
      return new Submission.Invalid("payload: " + e.getMessage());
    }
    return null;
  }

  private Submission full() {
    boolean full = waiting.get() >= MAX_WAITING;
    return new Submission.QueueFull(full ? MAX_WAITING : CommandQueue.MAX_WAITING);
  }

  boolean take(Command command) {
    long registration = registrations.applyAsLong(command.device().value());
    if (registration == 0) {
      return false;
    }
    CommandEntry entry =
        CommandEntry.ofFleet(lastSequence.incrementAndGet(), command, registration);
    encode(entry);
    return holds(command.device(), command.id()) || add(entry);
  }

  /** Queues it and sends it if the device can take it; false where too many wait. */
  private boolean add(CommandEntry entry) {
    DeviceId device = entry.command().device();
    CommandQueue queue = reserve(device);
    if (queue == null) {
      return false;
    }
    boolean stored = false;
    try {
      if (!entry.isShared()) {
        store.insert(entry);
      }
      queue.add(entry);
      stored = true;
    } finally {
      queue.release();
      if (!stored) {
        waiting.decrementAndGet();
      }
    }
    send(device, queue);
    return true;
  }

  private @Nullable CommandQueue reserve(DeviceId device) {
    if (waiting.incrementAndGet() <= MAX_WAITING) {
      boolean[] reserved = {false};
      CommandQueue queue =
          queues.compute(
              device.value(),
              (id, present) -> {
                CommandQueue found = present == null ? new CommandQueue() : present;
                families.add(id);
                reserved[0] = found.reserve();
                return found;
              });
      if (reserved[0]) {
        return queue;
      }
    }
    waiting.decrementAndGet();
    return null;
  }

  @Override
  public void ready(DeviceId device) {
    CommandQueue queue = queues.get(device.value());
    if (queue != null) {
      send(device, queue);
    }
    for (String child : families.of(device.value())) {
      CommandQueue ofChild = queues.get(child);
      if (ofChild != null && ofChild.isWaitedFor()) {
        send(new DeviceId(child), ofChild);
      }
    }
  }

  /** Its own link, else that of its concentrator; null where neither takes commands now. */
  private @Nullable DeviceLink taker(DeviceId device) {
    DeviceLink own = presence.taker(device);
    DeviceId parent = own == null ? families.parent(device.value()) : null;
    if (parent == null || presence.link(device) != null) {
      return own;
    }
    DeviceLink link = presence.taker(parent);
    return link != null && link.takesForChildren() ? link : null;
  }

  private void send(DeviceId device, CommandQueue queue) {
    if (!queue.beginSending()) {
      return;
    }
    boolean ended = false;
    try {
      do {
        sendAll(taker(device), queue, registrations.applyAsLong(device.value()));
        ended = queue.endSending();
      } while (!ended);
    } finally {
      if (!ended) {
        queue.abandonSending();
      }
    }
  }

  private void sendAll(@Nullable DeviceLink link, CommandQueue queue, long registration) {
    if (link == null) {
      return;
    }
    long now = nowMicros();
    for (CommandEntry entry = queue.nextOn(link, now, registration, this::mayGive);
        entry != null;
        entry = queue.nextOn(link, now, registration, this::mayGive)) {
      boolean taken = false;
      try {
        taken = link.send(entry.command());
      } finally {
        if (!taken) {
          entry.returned(link);
        }
      }
      if (!taken) {
        return;
      }
      store(entry);
    }
  }

  @Override
  public @Nullable Command poll(DeviceId device) {
    CommandQueue queue = queues.get(device.value());
    if (queue == null) {
      return null;
    }
    long now = nowMicros();
    CommandEntry entry =
        queue.poll(
            now,
            now - POLL_AGAIN.toNanos() / 1_000,
            registrations.applyAsLong(device.value()),
            this::mayGive);
    if (entry == null) {
      return null;
    }
    store(entry);
    return entry.command();
  }

  @Override
  public void acknowledged(DeviceId device, String commandId) {
    answered(device, commandId, null);
  }

  @Override
  public void refused(DeviceId device, String commandId, int reasonCode) {
    answered(device, commandId, reasonCode);
  }

  private void answered(DeviceId device, String commandId, @Nullable Integer refusal) {
    long now = nowMicros();
    boolean isNew =
        end(
            device,
            commandId,
            entry -> {
              if (refusal == null) {
                entry.acknowledged(now);
              } else {
                entry.refused(now, refusal);
              }
            });
    CommandQueue queue = isNew ? null : holder(device, commandId);
    CommandEntry over = queue == null ? null : queue.ended(commandId);
    if (over != null && over.answeredLate(now, refusal)) {
      store(over);
    }
  }

  @Override
  public void handedOver(DeviceId device, String commandId) {
    CommandQueue queue = holder(device, commandId);
    if (queue != null) {
      queue.handedOver(commandId);
    }
  }

  @Override
  public @Nullable String oldestSent(DeviceId device, String addressee) {
    String holder = device.value();
    for (String child : families.of(holder)) {
      if (child.equalsIgnoreCase(addressee)) {
        holder = child;
      }
    }
    CommandQueue queue = holder.equalsIgnoreCase(addressee) ? queues.get(holder) : null;
    return queue == null ? null : queue.oldestSent();
  }

  @Override
  public void unanswered(DeviceId device, String commandId) {
    end(device, commandId, CommandEntry::unanswered);
  }

  @Override
  public @Nullable CommandView cancel(DeviceId device, String commandId) {
    end(queues.get(device.value()), commandId, CommandEntry::cancelled);
    return get(device, commandId);
  }

  /** Ends a command that waits; false where none of that id does. */
  private boolean end(DeviceId device, String commandId, Consumer<CommandEntry> step) {
    return end(holder(device, commandId), commandId, step);
  }

  private boolean end(@Nullable CommandQueue queue, String commandId, Consumer<CommandEntry> step) {
    CommandEntry entry = queue == null ? null : queue.end(commandId, step);
    if (entry != null) {
      ended(entry);
    }
    return entry != null;
  }

  /** The queue that has a command: the device's, or that of a child of it; null where none has. */
  private @Nullable CommandQueue holder(DeviceId device, String commandId) {
    CommandQueue own = queues.get(device.value());
    if (own != null && own.has(commandId)) {
      return own;
    }
    for (String child : families.of(device.value())) {
      CommandQueue queue = queues.get(child);
      if (queue != null && queue.has(commandId)) {
        return queue;
      }
    }
    return null;
  }

  @Override
  public void returned(DeviceId device, String commandId, DeviceLink link) {
    queueAgain(device, commandId, link);
  }

  @Override
  public void returned(DeviceId device, String commandId) {
    queueAgain(device, commandId, null);
  }

  private void queueAgain(DeviceId device, String commandId, @Nullable DeviceLink link) {
    CommandQueue queue = holder(device, commandId);
    CommandEntry entry = queue == null ? null : queue.returned(commandId, link);
    if (entry != null) {
      store(entry);
    }
  }

  /** Ends commands whose time is over, and those of devices that are gone. */
  public void sweep() {
    long now = nowMicros();
    long nanos = nanoTime.getAsLong();
    long step = now - sweptMicros - (nanos - sweptNanos) / 1_000;
    sweptMicros = now;
    sweptNanos = nanos;
    if (Math.abs(step) >= STEP_MIN_MICROS) {
      queues.values().forEach(queue -> queue.shift(step).forEach(this::store));
    }
    for (String id : queues.keySet()) {
      CommandQueue queue = queues.get(id);
      if (queue != null) {
        queue.expire(now, registrations.applyAsLong(id)).forEach(this::ended);
        queues.computeIfPresent(id, (key, present) -> present.isEmpty() ? gone(key) : present);
      }
    }
  }

  private @Nullable CommandQueue gone(String device) {
    families.remove(device, families.parent(device));
    return null;
  }

  /** Ends the commands of a device at once that was removed or retired. */
  @Override
  public void changed(@Nullable Device before, @Nullable Device after, boolean credentialsChanged) {
    if (before == null) {
      return;
    }
    CommandQueue queue = queues.get(before.id().value());
    if (queue != null) {
      DeviceId parent = after == null ? null : after.parent();
      if (!Objects.equals(before.parent(), parent)) {
        families.remove(before.id().value(), before.parent());
        families.add(before.id().value(), parent);
      }
      long registration = registrations.applyAsLong(before.id().value());
      queue.end(entry -> entry.registration() != registration).forEach(this::ended);
    }
  }

  /** Ends the commands of that name that wait: a later one takes their place. */
  public void supersede(DeviceId device, String name) {
    CommandQueue queue = queues.get(device.value());
    if (queue != null) {
      queue.end(entry -> entry.command().name().equals(name)).forEach(this::ended);
    }
  }

  /** Moves a command into the history, and out of it what is too much. */
  private void ended(CommandEntry entry) {
    waiting.decrementAndGet();
    store(entry);
    CommandQueue queue = queues.get(key(entry));
    CommandEntry surplus = queue == null ? null : queue.surplus();
    ended.add(entry, surplus);
  }

  /** It is no more kept on the disk. */
  void unstore(CommandEntry entry) {
    store.changed(entry);
  }

  /** One that waited was taken out. */
  void dropped(CommandEntry entry) {
    waiting.decrementAndGet();
    if (!entry.isShared()) {
      entry.evict();
      store.changed(entry);
    }
  }

  boolean holds(DeviceId device, String id) {
    return holder(device, id) != null;
  }

  private void forget(CommandEntry entry) {
    CommandQueue queue = queues.get(key(entry));
    if (queue != null) {
      queue.forget(entry);
    }
    entry.evict();
    if (!entry.isShared()) {
      store.changed(entry);
    }
  }

  @Override
  public @Nullable CommandView get(DeviceId device, String commandId) {
    CommandQueue queue = queues.get(device.value());
    return queue == null ? null : queue.view(commandId);
  }

  @Override
  public List<CommandView> list(DeviceId device, int limit) {
    CommandQueue queue = queues.get(device.value());
    return queue == null ? List.of() : queue.views().stream().limit(Math.max(0, limit)).toList();
  }

  /** Commands that wait, in all. */
  int waiting() {
    return waiting.get();
  }

  private static String key(CommandEntry entry) {
    return entry.command().device().value();
  }

  private long nowMicros() {
    Instant now = clock.instant();
    return TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + now.getNano() / 1_000;
  }

  /** Writes what is left. */
  @Override
  public void close() {
    store.close();
  }
}
