package io.sluice.engine.ingest;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.SessionUnpacker;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.RoutedTopic;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.normalize.sample.Normalized;
import io.sluice.engine.normalize.sample.PayloadFaults;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes in messages that a dialect takes apart: each part becomes a record of its own device. A
 * part that cannot be taken is kept as a dead letter and costs itself alone. Thread-safe, never
 * blocks.
 */
final class MessageParts {
  /** What is acknowledged though nothing of it is kept. */
  static final Receipt.Stored NOTHING_TO_KEEP = new Receipt.Stored(Lane.EVENT, 0);

  private static final int MAX_PARTS = 4_096;

  private final IngestPipeline pipeline;
  private final Normalizer normalizer;
  private final VendorSessions sessions;
  private final RepeatedParts repeated = new RepeatedParts();

  /**
   * How far a message has come that must be offered again. There are as many as messages that wait
   * so with their adapters, at most.
   */
  private final Map<Uplink, PartReceipts.Progress> interrupted =
      Collections.synchronizedMap(new WeakHashMap<>());

  /**
   * What is known of a message before it is taken apart.
   *
   * @param profiles those that hold for it: of the moment at which its topic was understood
   * @param given its class where the protocol decides it, or null
   */
  record Known(Device self, RoutedTopic route, Profiles profiles, @Nullable MessageClass given) {}

  MessageParts(IngestPipeline pipeline, Normalizer normalizer) {
    this.pipeline = pipeline;
    this.normalizer = normalizer;
    this.sessions = new VendorSessions(pipeline, this, normalizer.sessions());
  }

  /** Those by whose rules messages of a session hang together. */
  VendorSessions sessions() {
    return sessions;
  }

  /** The verdict on a message; null where the spool has taken it and gives one later. */
  @Nullable Receipt take(Uplink uplink, Known known, Unpacker unpacker) {
    if (unpacker instanceof SessionUnpacker stateful) {
      return sessions.take(uplink, known, stateful);
    }
    List<Part> parts;
    try {
      parts =
          unpacker.unpack(
              known.self().id(), uplink.topic(), uplink.payload(), uplink.receivedMicros());
    } catch (PayloadException e) {
      return deadLetter(uplink, known, e);
    }
    return take(uplink, known, parts, null);
  }

  private @Nullable Receipt deadLetter(Uplink uplink, Known known, PayloadException fault) {
    Device subject = pipeline.subject(known.self(), known.route().device(), uplink.isOfSource());
    return pipeline.deadLetter(uplink, subject == null ? known.self() : subject, fault);
  }

  /**
   * The verdict on a message that was taken apart.
   *
   * @param by the session that it came by, where its dialect keeps one
   */
  @Nullable Receipt take(Uplink uplink, Known known, List<Part> parts, @Nullable OpenSession by) {
    if (parts.isEmpty()) {
      return NOTHING_TO_KEEP;
    }
    if (parts.size() > MAX_PARTS) {
      return deadLetter(
          uplink,
          known,
          new PayloadException(
              "the message is of %d devices; send at most %d in one"
                  .formatted(parts.size(), MAX_PARTS)));
    }
    Part first = parts.getFirst();
    return parts.size() == 1 && first.repeatKey() == null
        ? take(uplink, known, first, by)
        : takeAll(uplink, known, parts, by);
  }

  private @Nullable Receipt takeAll(
      Uplink uplink, Known known, List<Part> parts, @Nullable OpenSession by) {
    PartReceipts.Progress before = interrupted.remove(uplink);
    PartReceipts.Progress progress = before == null ? new PartReceipts.Progress() : before;
    PartReceipts receipts = new PartReceipts(this, uplink, progress);
    Set<List<String>> heldUp = null; // devices with a part for which there was no room
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      if ((heldUp == null || !heldUp.contains(part.devices())) && receipts.isDue(i)) {
        byte[] alone = part.alone();
        Uplink own = new PartUplink(uplink, i, alone == null ? uplink.payload() : alone, receipts);
        Receipt now = take(own, known, part, by);
        if (now != null) {
          receipts.receipt(own, now);
        }
        if (receipts.isInterrupted() && receipts.isLeft(i)) {
          heldUp = heldUp == null ? new HashSet<>() : heldUp;
          heldUp.add(part.devices());
        }
      }
    }
    return receipts.offered();
  }

  /** The message is offered again: what is settled by then is not taken again. */
  void interrupted(Uplink message, PartReceipts.Progress progress) {
    interrupted.put(message, progress);
  }

  private @Nullable Receipt take(Uplink own, Known known, Part part, @Nullable OpenSession by) {
    Device self = known.self();
    Device found = subject(self, known.route(), part, own.isOfSource());
    Device subject = found == null && known.given() != null ? self : found; // a will is of somebody
    if (subject == null) {
      List<String> names = part.devices();
      String named = names.isEmpty() ? known.route().device() : names.getFirst();
      return pipeline.unknownChild(
          own,
          self,
          named == null || DeviceId.isValid(named) ? named : PayloadFaults.quoted(named));
    }
    Part.Life life = part.life();
    if (life != null && by != null) {
      by.told(subject, life);
    }
    if (part.isEmpty()) {
      return NOTHING_TO_KEEP;
    }
    String key = part.repeatKey();
    if (key != null && own instanceof PartUplink uplink) {
      takeOnce(uplink, key, known, subject, part);
      return null;
    }
    return normalize(own, known, subject, part);
  }

  /** What comes again has the receipt of the first. */
  private void takeOnce(PartUplink uplink, String key, Known known, Device subject, Part part) {
    RepeatedParts.First first = repeated.first(subject.id(), key, uplink);
    if (first == null) {
      pipeline.repeated(uplink);
      return;
    }
    PartUplink own = new PartUplink(uplink.whole(), uplink.place(), uplink.payload(), first);
    Receipt now = normalize(own, known, subject, part);
    if (now != null) {
      first.receipt(own, now);
    }
  }

  /**
   * The device that a part is of: the session's, or a registered child of it.
   *
   * @param isOfSource whether any registered device may be meant
   */
  @Nullable Device subject(Device self, RoutedTopic route, Part part, boolean isOfSource) {
    if (part.devices().isEmpty()) {
      return pipeline.subject(self, route.device(), isOfSource);
    }
    for (String name : part.devices()) {
      Device subject = pipeline.subject(self, name, isOfSource);
      if (subject != null) {
        return subject;
      }
    }
    return null;
  }

  private @Nullable Receipt normalize(Uplink uplink, Known known, Device subject, Part part) {
    try {
      Normalized normalized =
          normalizer.normalize(
              known.profiles(),
              known.self(),
              subject,
              classOf(known.route(), part, known.given()),
              part,
              uplink.protocol(),
              uplink.topic(),
              uplink.receivedMicros());
      return pipeline.append(uplink, subject, normalized);
    } catch (PayloadException e) {
      return pipeline.deadLetter(uplink, subject, e);
    }
  }

  /** The class of a part; a will says no more than that of a topic for telemetry. */
  static MessageClass classOf(RoutedTopic route, Part part, @Nullable MessageClass given) {
    MessageClass own = part.messageClass();
    MessageClass ofRule = own == null ? route.messageClass() : own;
    return given != null && ofRule == MessageClass.TELEMETRY ? given : ofRule;
  }
}
