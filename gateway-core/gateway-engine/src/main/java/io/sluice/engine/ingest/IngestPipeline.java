package io.sluice.engine.ingest;

import io.sluice.api.Cap;
import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.Limit;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import io.sluice.api.Rejection;
import io.sluice.api.adapter.Awaited;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Unpacker;
import io.sluice.api.health.Guarded;
import io.sluice.engine.deadletter.DeadLetterFormat;
import io.sluice.engine.deadletter.Readmission;
import io.sluice.engine.deadletter.RetriedUplink;
import io.sluice.engine.dialect.RoutedTopic;
import io.sluice.engine.dialect.Topics;
import io.sluice.engine.dialect.signin.ChildProof;
import io.sluice.engine.dialect.talk.Following;
import io.sluice.engine.limits.DeviceLimits;
import io.sluice.engine.limits.LaneShares;
import io.sluice.engine.live.LiveFeed;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.normalize.sample.FieldFaults;
import io.sluice.engine.normalize.sample.Normalized;
import io.sluice.engine.record.RecordWriter;
import io.sluice.spool.Spool;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The order of steps from an uplink to its receipt: resolve the device, normalize, append, answer.
 *
 * <p>{@link #accept} runs on the adapters' threads and never blocks. {@link #onStored}, {@link
 * #give} and {@link #flushSinks} run on the spool's writer thread.
 */
public final class IngestPipeline implements Readmission {
  private static final int OBSERVERS = 5;

  private static final Guarded OBSERVER_FAULTS = Guarded.of("stored-observers");

  /** Retry of what the full queue did not take: the writer empties it within milliseconds. */
  static final long QUEUE_RETRY_AFTER_MILLIS = 20;

  /**
   * Retry of what waits for a registration. All that its session sends waits behind it, and a
   * concentrator may bring hundreds of children, one behind the other.
   */
  static final long REGISTRATION_RETRY_AFTER_MILLIS = 5;

  /** Retry of what a full or faulty disk did not take. */
  static final long DISK_RETRY_AFTER_MILLIS = 2_000;

  /** The registry's look-up. Called for each message, on any thread; must not block. */
  public interface Devices {
    @Nullable Device find(String id);
  }

  /** Is told of each uplink that was stored or refused. Must neither block nor throw. */
  public interface Observer {
    void stored(DeviceId device, Uplink uplink);

    /**
     * A record was stored, and fields of its message could not be taken as they came. On the
     * spool's writer thread.
     *
     * @param detail one sentence that names no secret
     */
    default void faulty(DeviceId device, Uplink uplink, String detail) {}

    /**
     * Another device has said of one that it sends for whether that is there.
     *
     * @param isThere null: nobody knows any more
     */
    default void told(DeviceId device, @Nullable Boolean isThere) {}

    /**
     * @param detail one sentence that names no secret
     */
    void refused(Uplink uplink, RejectReason reason, String detail);
  }

  /** Is told of each record of the alarm lane that is on disk. Must neither block nor throw. */
  public interface AlarmTap {
    void stored(long sequence, byte[] body);
  }

  private final Devices devices;
  private volatile Vocabulary vocabulary;
  private final Normalizer normalizer;
  private final Spool spool;
  private final TrafficMeter traffic;
  private final DeviceLimits limits;
  private final Observer observer;
  private final LiveFeed liveFeed;
  private final OwnFaults faults = new OwnFaults();
  private volatile Newcomers newcomers = Newcomers.NONE;
  private volatile AlarmWatch alarmWatch = AlarmWatch.NONE;
  private volatile Function<String, List<String>> secrets = _ -> List.of();
  private volatile AlarmTap alarmTap = (sequence, body) -> {};
  private volatile @Nullable LaneShares shares;
  private volatile long alarmPayloadMax = Long.MAX_VALUE;

  private final MessageParts parts;
  private final UnknownChildren unknownChildren = new UnknownChildren();
  private final TouchedSinks receipts = new TouchedSinks();

  /** When the group was on disk that is told of now; 0 before the first of it. Of the writer. */
  private long storedNanos;

  /**
   * @param vocabulary by what messages are understood where nobody says by which adapter they came
   */
  public IngestPipeline(
      Devices devices,
      Vocabulary vocabulary,
      Normalizer normalizer,
      Spool spool,
      TrafficMeter traffic,
      DeviceLimits limits,
      Observer observer) {
    this.devices = devices;
    this.vocabulary = vocabulary;
    this.normalizer = normalizer;
    this.spool = spool;
    this.traffic = traffic;
    this.limits = limits;
    this.observer = observer;
    this.parts = new MessageParts(this, normalizer);
    this.liveFeed = new LiveFeed(spool::epoch, spool.terms());
  }

  /** What is known of sessions by their vendors' rules. */
  public VendorSessions vendorSessions() {
    return parts.sessions();
  }

  void told(DeviceId device, @Nullable Boolean isThere) {
    observer.told(device, isThere);
  }

  public LiveFeed liveFeed() {
    return liveFeed;
  }

  /** Has this say what becomes of children that nobody registered, from now on. */
  public void bring(Newcomers by) {
    newcomers = by;
  }

  /**
   * Has gateways prove by these that they speak for devices, from now on.
   *
   * @param of the secrets of a device that hold now; called on any thread, must not block
   */
  public void proveBy(Function<String, List<String>> of) {
    secrets = of;
  }

  /** Has the listener told of alarms from now on. */
  public void tapAlarms(AlarmTap tap) {
    alarmTap = tap;
  }

  /** Has this say which readings end an alarm, from now on. */
  public void watchAlarms(AlarmWatch watch) {
    alarmWatch = watch;
  }

  /**
   * Bounds what one device may take of the spool, from now on.
   *
   * @param alarmPayload most bytes of an alarm
   */
  public void bound(LaneShares laneShares, long alarmPayload) {
    alarmPayloadMax = alarmPayload;
    shares = laneShares;
  }

  /** Has messages of which nobody says by which adapter they came understood by this one. */
  public void understand(Vocabulary other) {
    vocabulary = other;
  }

  /** Takes an uplink in, as {@link #accept(Uplink, Vocabulary)}. */
  public void accept(Uplink uplink) {
    accept(uplink, vocabulary);
  }

  /**
   * Takes an uplink in; see {@link io.sluice.api.adapter.Ingress#accept}.
   *
   * @param by how messages are understood at the adapter by which it came
   */
  // Whatever fails here is the gateway's own fault, and its message must have an answer all the
  // same: what is left without one locks its device out.
  @SuppressWarnings("CatchingUnchecked")
  public void accept(Uplink uplink, Vocabulary by) {
    Receipt now;
    try {
      now = judge(uplink, by);
    } catch (Awaited dialects) {
      now = new Receipt.Busy(QUEUE_RETRY_AFTER_MILLIS, dialects.ready());
    } catch (RuntimeException | Error fault) {
      now = failed(uplink, fault);
    }
    if (now != null) {
      uplink.sink().receipt(uplink, now);
      uplink.sink().flush();
    }
  }

  /** The verdict; null where the spool has taken it and gives one later. */
  private @Nullable Receipt judge(Uplink uplink, Vocabulary by) {
    Topics topics = by.topics();
    boolean isOfSource = uplink.isOfSource();
    Device known = devices.find(uplink.device().value());
    Device self = isOfSource ? Spokesman.of(known, uplink.device()) : known;
    if (self == null || self.retired()) {
      return refuse(uplink, RejectReason.NOT_AUTHORIZED, "the device is not registered any more");
    }
    int bytes = uplink.payload().length;
    Receipt.Limited limited =
        isOfSource ? limits.checkAll(bytes) : limits.check(uplink.device(), bytes);
    if (limited != null) {
      traffic.limited(uplink.protocol(), limited.limit());
      return limited;
    }
    RoutedTopic route =
        isOfSource
            ? Spokesman.route(topics, uplink.topic(), devices)
            : topics.routeNow(self.profile(), uplink.topic());
    MessageClass given = uplink.messageClass();
    MessageClass ofUnmapped = route == null ? uplink.classIfUnmapped() : given;
    if (route == null && ofUnmapped != null) {
      route = RoutedTopic.ofSession(ofUnmapped); // a will, whose topic is the client's own choice
    }
    if (route == null) {
      String detail = "topic is not mapped; use " + topics.table(self.profile()).hint();
      return deadLetter(uplink, self, RejectReason.UNMAPPED_TOPIC, detail);
    }
    Unpacker unpacker = route.unpacker();
    if (unpacker != null && uplink.rejection() == null) {
      if (isAnsweredOnly(uplink, route, given)) {
        return MessageParts.NOTHING_TO_KEEP;
      }
      return parts.take(
          uplink, new MessageParts.Known(self, route, by.profiles(), given), unpacker);
    }
    Device subject = subject(self, route.device(), isOfSource);
    if (subject == null && given != null) {
      subject = self; // whatever the topic of a will looks like
    }
    if (subject == null) {
      return isOfSource
          ? unknownChild(uplink, self, route.device())
          : refuseChild(uplink, self, String.valueOf(route.device()));
    }
    Rejection rejection = uplink.rejection();
    if (rejection != null) {
      return deadLetter(uplink, subject, rejection.reason(), rejection.detail());
    }
    if (isAnsweredOnly(uplink, route, given)) {
      String fault = unproved(uplink, route);
      return fault == null
          ? MessageParts.NOTHING_TO_KEEP
          : deadLetter(uplink, subject, RejectReason.PAYLOAD_INVALID, fault);
    }
    MessageClass messageClass = given == null ? route.messageClass() : classOf(given, route);
    if (messageClass == MessageClass.ALARM && uplink.payload().length > alarmPayloadMax) {
      String detail =
          "an alarm of %d bytes is longer than %d; send a shorter one, or raise limits.alarm-payload"
              .formatted(uplink.payload().length, alarmPayloadMax);
      return deadLetter(uplink, subject, RejectReason.TOO_LARGE, detail);
    }
    ContentType contentType = route.contentType(uplink.contentType());
    return normalizeAndAppend(
        uplink, by.profiles(), self, subject, messageClass, contentType, ofUnmapped != null);
  }

  /** Tells the uplink what follows it; true where that is all that becomes of it. */
  private static boolean isAnsweredOnly(
      Uplink uplink, RoutedTopic route, @Nullable MessageClass given) {
    if (given != null) {
      return false; // a will
    }
    Following follow = route.follow();
    if (follow != null) {
      uplink.followedBy(follow);
    }
    return !route.isKept() || (follow != null && !follow.isKept(uplink));
  }

  /** What is wrong with a message by which a gateway speaks for others; null where nothing is. */
  private @Nullable String unproved(Uplink uplink, RoutedTopic route) {
    Following follow = route.follow();
    ChildProof proof = follow == null ? null : follow.proof();
    return proof == null
        ? null
        : proof.fault(uplink.payload(), secrets, uplink.receivedMicros() / 1_000);
  }

  /** The class of a will: that of its topic where it says more than that something was measured. */
  private static MessageClass classOf(MessageClass given, RoutedTopic route) {
    return route.messageClass() == MessageClass.STATE || route.messageClass() == MessageClass.ALARM
        ? route.messageClass()
        : given;
  }

  /** The verdict on what the gateway itself failed at: kept whole, so that nothing is lost. */
  @SuppressWarnings("CatchingUnchecked") // as in accept
  private @Nullable Receipt failed(Uplink uplink, Throwable fault) {
    faults.report("a message of " + uplink.device() + " failed", fault);
    if (fault instanceof OutOfMemoryError) {
      return new Receipt.Busy(DISK_RETRY_AFTER_MILLIS);
    }
    String detail =
        "the gateway failed at this message by a fault of its own (%s); its log tells more"
            .formatted(fault.getClass().getSimpleName());
    try {
      return deadLetter(uplink, uplink.device().value(), RejectReason.INTERNAL, detail);
    } catch (RuntimeException | Error again) {
      faults.report("its dead letter failed, too", again);
      return refuse(uplink, RejectReason.INTERNAL, detail);
    }
  }

  @Override
  public @Nullable Device find(String id) {
    return devices.find(id);
  }

  @Override
  public @Nullable RoutedTopic routeOf(Device self, String topic) {
    return vocabulary.topics().route(self.profile(), topic);
  }

  @Override
  public @Nullable Device subjectOf(Device self, String topic) {
    RoutedTopic route = routeOf(self, topic);
    return route == null ? self : subject(self, route.device(), false);
  }

  @Override
  public @Nullable Device subjectOf(Device self, RoutedTopic route, Part part) {
    return parts.subject(self, route, part, false);
  }

  /**
   * The device that the message is of: the session's, or a registered child of it.
   *
   * @param isOfSource whether any registered device may be meant
   */
  @Nullable Device subject(Device self, @Nullable String named, boolean isOfSource) {
    if (named == null || named.equals(self.id().value())) {
      return Spokesman.isStandIn(self) ? null : self;
    }
    Device child = devices.find(named);
    boolean isOurs =
        child != null && !child.retired() && (isOfSource || self.id().equals(child.parent()));
    return isOurs ? child : null;
  }

  /** Another device's name is refused; one that nobody has is kept until it is registered. */
  private @Nullable Receipt refuseChild(Uplink uplink, Device self, String child) {
    if (devices.find(child) == null) {
      return unknownChild(uplink, self, child);
    }
    return refuse(
        uplink,
        RejectReason.NOT_AUTHORIZED,
        "device %s may not publish for %s; register %s with parent: %s"
            .formatted(self.id(), child, child, self.id()));
  }

  /**
   * What a concentrator says of a child that it has not is kept, and never costs its connection. It
   * is offered again where the child is being registered.
   *
   * @param child null: the message names none, nor is there a device that stands for its source
   */
  @Nullable Receipt unknownChild(Uplink uplink, Device self, @Nullable String child) {
    if (child == null) {
      return deadLetter(
          uplink, self, RejectReason.UNKNOWN_CHILD, Spokesman.namesNobody(self.id().value()));
    }
    String detail;
    if (devices.find(child) == null) {
      Newcomers.Verdict verdict =
          Spokesman.isStandIn(self) || !DeviceId.isValid(child)
              ? Newcomers.Verdict.UNASKED
              : newcomers.bring(self, child);
      if (verdict.isUnderWay()) {
        return new Receipt.Busy(REGISTRATION_RETRY_AFTER_MILLIS);
      }
      String why = verdict.refusal();
      detail = why == null ? notRegistered(uplink, self, child) : why;
    } else if (uplink.isOfSource()) {
      detail = "device %s is retired; register it anew".formatted(child);
    } else {
      detail =
          "device %s is no child of %s; register it with parent: %s"
              .formatted(child, self.id(), self.id());
    }
    unknownChildren.tell(self.id(), child, detail);
    return deadLetter(uplink, self, RejectReason.UNKNOWN_CHILD, detail);
  }

  private static String notRegistered(Uplink uplink, Device self, String child) {
    return uplink.isOfSource()
        ? "device %s is not registered; add it (source %s speaks for it)"
            .formatted(child, self.id())
        : "device %s is not registered; add it with parent: %s".formatted(child, self.id());
  }

  private @Nullable Receipt normalizeAndAppend(
      Uplink uplink,
      Profiles profiles,
      Device self,
      Device subject,
      MessageClass messageClass,
      ContentType contentType,
      boolean isPresence) {
    try {
      Normalized normalized =
          normalizer.normalize(
              profiles,
              self,
              subject,
              messageClass,
              contentType,
              uplink.protocol(),
              uplink.topic(),
              uplink.payload(),
              PayloadCodec.NO_PORT,
              uplink.receivedMicros());
      return append(uplink, subject, normalized);
    } catch (PayloadException e) {
      return isPresence && e.reason() == RejectReason.PAYLOAD_INVALID
          ? appendPresence(uplink, subject, messageClass, e)
          : deadLetter(uplink, subject, e.reason(), e.getMessage());
    }
  }

  /**
   * A will, or the sign that its device is back, need not be a reading by the profile: {@code
   * Offline} says enough.
   */
  private @Nullable Receipt appendPresence(
      Uplink uplink, Device subject, MessageClass messageClass, PayloadException byProfile) {
    try {
      Normalized normalized =
          normalizer.normalizeAsItComes(
              subject,
              messageClass,
              uplink.contentType(),
              uplink.protocol(),
              uplink.topic(),
              uplink.payload(),
              uplink.receivedMicros());
      return append(uplink, subject, normalized);
    } catch (PayloadException _) {
      return deadLetter(uplink, subject, byProfile.reason(), byProfile.getMessage());
    }
  }

  @Override
  public void readmit(RetriedUplink uplink, Device subject, Normalized normalized) {
    Receipt now = append(uplink, subject, normalized);
    if (now != null) {
      uplink.sink().receipt(uplink, now);
      uplink.sink().flush();
    }
  }

  /** A reading that ends an alarm is an alarm's record, too: nothing else ends it for sure. */
  private Normalized orEnd(String device, Normalized normalized) {
    AlarmWatch watch = alarmWatch;
    if (normalized.messageClass() == MessageClass.ALARM || !watch.isOpen(device)) {
      return normalized;
    }
    Cap cap = watch.ending(device, normalized.body());
    return cap == null
        ? normalized
        : new Normalized(
            MessageClass.ALARM,
            RecordWriter.asRuledAlarm(normalized.body(), cap),
            normalized.faults());
  }

  @Nullable Receipt append(Uplink uplink, Device subject, Normalized judged) {
    Normalized normalized = orEnd(subject.id().value(), judged);
    IngestEntry entry =
        new IngestEntry(
            this,
            uplink,
            subject.id(),
            normalized.messageClass(),
            normalized.body(),
            normalized.faults());
    Receipt.Limited limited = shareOf(entry);
    if (limited != null) {
      traffic.limited(uplink.protocol(), limited.limit());
      return limited;
    }
    if (uplink.isOfSource()) {
      uplink.spokenFor(subject.id());
    }
    if (entry.lane() == Lane.ALARM ? appendAlarm(entry) : spool.append(entry)) {
      return null;
    }
    LaneShares all = shares;
    if (all != null) {
      all.giveBack(Spokesman.account(entry), entry.lane(), entry.body().length);
    }
    return busy(spool.fault(entry.lane()));
  }

  /** Whatever comes of it, the watch is told. */
  private boolean appendAlarm(IngestEntry entry) {
    String device = entry.device().value();
    boolean isTaken = false;
    alarmWatch.underWay(device);
    try {
      isTaken = spool.append(entry);
    } finally {
      if (!isTaken) {
        alarmWatch.lost(device);
      }
    }
    return isTaken;
  }

  private Receipt.@Nullable Limited shareOf(IngestEntry entry) {
    LaneShares all = shares;
    return all == null || entry.uplink() instanceof RetriedUplink // an operator's doing
        ? null
        : all.check(Spokesman.account(entry), entry.lane(), entry.body().length);
  }

  @Nullable Receipt deadLetter(Uplink uplink, Device device, PayloadException fault) {
    return deadLetter(uplink, device, fault.reason(), String.valueOf(fault.getMessage()));
  }

  private @Nullable Receipt deadLetter(
      Uplink uplink, Device device, RejectReason reason, String detail) {
    return deadLetter(uplink, device.id().value(), reason, detail);
  }

  private @Nullable Receipt deadLetter(
      Uplink uplink, String device, RejectReason reason, String detail) {
    byte[] body = DeadLetterFormat.encode(reason, detail, device, uplink);
    LaneShares all = shares;
    if (all != null && !all.mayKeepLetter(uplink.device(), body.length)) {
      traffic.limited(uplink.protocol(), Limit.DEAD_LETTER_SHARE_PER_DEVICE);
      return refuse(uplink, reason, detail);
    }
    Receipt.Rejected verdict = new Receipt.Rejected(reason, detail, true);
    if (!spool.appendDeadLetter(new DeadLetterEntry(this, uplink, verdict, body))) {
      return busy(spool.fault());
    }
    countRefusal(uplink, reason, detail);
    return null;
  }

  /** A message that came before, and is not kept again. */
  void repeated(Uplink uplink) {
    traffic.repeated(uplink.protocol());
  }

  private Receipt refuse(Uplink uplink, RejectReason reason, String detail) {
    countRefusal(uplink, reason, detail);
    return new Receipt.Rejected(reason, detail, false);
  }

  private void countRefusal(Uplink uplink, RejectReason reason, String detail) {
    traffic.rejected(uplink.protocol(), reason);
    try {
      observer.refused(uplink, reason, detail);
    } catch (RuntimeException fault) {
      // the verdict stands, and the spool may have the letter already: nobody else's answer changes
      faults.report("an observer of refusals failed", fault);
    }
  }

  private static Receipt.Busy busy(@Nullable String trouble) {
    return new Receipt.Busy(trouble == null ? QUEUE_RETRY_AFTER_MILLIS : DISK_RETRY_AFTER_MILLIS);
  }

  void onStored(IngestEntry entry, long sequence) {
    for (int who = 0; who < OBSERVERS; who++) {
      try {
        tell(who, entry, sequence);
      } catch (RuntimeException | Error e) {
        // it is on disk: the others are told, and the device, whatever becomes of one observer
        OBSERVER_FAULTS.caught(e);
      }
    }
    FieldFaults faults = entry.faults();
    String notice = faults == null ? null : faults.detail();
    give(entry.uplink(), new Receipt.Stored(entry.lane(), sequence, notice));
  }

  private void tell(int who, IngestEntry entry, long sequence) {
    Uplink uplink = entry.uplink();
    switch (who) {
      case 0 ->
          traffic
              .of(uplink.protocol())
              .stored(entry.messageClass(), storedNanos() - uplink.receivedNanos());
      case 1 -> {
        if (saysWhoIsThere(uplink)) {
          observer.stored(entry.device(), uplink);
        }
      }
      case 2 -> liveFeed.stored(entry.device(), entry.messageClass(), entry.body(), sequence);
      case 3 -> {
        FieldFaults faults = entry.faults();
        if (faults != null) {
          traffic.of(uplink.protocol()).faulty(faults);
          observer.faulty(entry.device(), uplink, faults.detail());
        }
      }
      default -> {
        if (entry.lane() == Lane.ALARM) {
          alarmWatch.stored(entry.device().value(), sequence);
          alarmTap.stored(sequence, entry.body());
        }
      }
    }
  }

  /** What was kept before, or comes of the gateway's own, does not say that its device is there. */
  private static boolean saysWhoIsThere(Uplink uplink) {
    return !(uplink instanceof RetriedUplink
        || uplink instanceof SessionEnd
        || (uplink instanceof PartUplink part && part.whole() instanceof SessionEnd));
  }

  /** All of a group are on disk at once, and the clock is asked once. */
  private long storedNanos() {
    if (storedNanos == 0) {
      storedNanos = System.nanoTime();
    }
    return storedNanos;
  }

  void onFailed(IngestEntry entry) {
    if (entry.lane() == Lane.ALARM) {
      alarmWatch.lost(entry.device().value());
    }
    give(entry.uplink(), new Receipt.Busy(DISK_RETRY_AFTER_MILLIS));
  }

  /** Gives a verdict, of which the sink's event loop hears after the group commit. */
  void give(Uplink uplink, Receipt receipt) {
    receipts.give(uplink, receipt);
  }

  /** After each group commit: wakes each event loop that has receipts, once. */
  public void flushSinks() {
    storedNanos = 0;
    receipts.flush();
  }
}
