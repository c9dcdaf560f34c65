package io.sluice.engine.decode;

import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Unpacker;
import io.sluice.api.operator.DecodeService.Decoded;
import io.sluice.api.operator.DecodeService.Outcome;
import io.sluice.engine.dialect.RoutedTopic;
import io.sluice.engine.ingest.Vocabulary;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.sample.FieldFaults;
import io.sluice.engine.normalize.sample.Normalized;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.StoredJson;
import io.sluice.spool.Terms;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Takes a payload the way of a message, but for the spool. Thread-safe. */
public final class PayloadTrial {
  private static final String PROTOCOL = "decode";

  private final Normalizer normalizer;
  private final Function<String, @Nullable Device> devices;

  /**
   * @param normalizer whose records name nothing by number
   * @param devices the registry's look-up
   */
  public PayloadTrial(Normalizer normalizer, Function<String, @Nullable Device> devices) {
    this.normalizer = normalizer;
    this.devices = devices;
  }

  /**
   * A payload.
   *
   * @param self by whose session it comes
   * @param isRegistered whether that one is of the registry; its children need not be, else
   * @param receivedMicros when it comes, microseconds since the epoch
   */
  public record Payload(
      Device self,
      boolean isRegistered,
      String topic,
      ContentType contentType,
      int port,
      byte[] bytes,
      long receivedMicros) {}

  /** What becomes of it. */
  public Decoded decode(Vocabulary by, Payload payload) {
    Device self = payload.self();
    RoutedTopic route = by.topics().route(self.profile(), payload.topic());
    if (route == null) {
      return refused(
          null,
          RejectReason.UNMAPPED_TOPIC,
          "topic is not mapped; use " + by.topics().table(self.profile()).hint());
    }
    try {
      Unpacker unpacker = route.unpacker();
      List<Outcome> outcomes = new ArrayList<>();
      if (unpacker == null) {
        outcomes.add(whole(by, payload, route));
      } else {
        for (Part part :
            unpacker.unpack(
                payload.self().id(), payload.topic(), payload.bytes(), payload.receivedMicros())) {
          outcomes.add(part(by, payload, route, part));
        }
      }
      return new Decoded(true, null, null, route.dialect(), route.rule(), List.copyOf(outcomes));
    } catch (PayloadException e) {
      return refused(route, e.reason(), String.valueOf(e.getMessage()));
    }
  }

  private static Decoded refused(@Nullable RoutedTopic route, RejectReason reason, String detail) {
    return new Decoded(
        false,
        reason,
        detail,
        route == null ? null : route.dialect(),
        route == null ? null : route.rule(),
        List.of());
  }

  private Outcome whole(Vocabulary by, Payload payload, RoutedTopic route) throws PayloadException {
    List<String> named = route.device() == null ? List.of() : List.of(route.device());
    Device subject = subject(payload, named);
    Normalized normalized =
        normalizer.normalize(
            by.profiles(),
            payload.self(),
            subject,
            route.messageClass(),
            route.contentType(payload.contentType()),
            PROTOCOL,
            payload.topic(),
            payload.bytes(),
            payload.port(),
            payload.receivedMicros());
    return outcome(
        by,
        subject,
        normalized,
        () ->
            view(
                normalizer.normalizeAsItComes(
                    subject,
                    route.messageClass(),
                    route.contentType(payload.contentType()),
                    PROTOCOL,
                    payload.topic(),
                    payload.bytes(),
                    payload.receivedMicros())));
  }

  private Outcome part(Vocabulary by, Payload payload, RoutedTopic route, Part part)
      throws PayloadException {
    List<String> ofRoute = route.device() == null ? List.of() : List.of(route.device());
    Device subject = subject(payload, part.devices().isEmpty() ? ofRoute : part.devices());
    MessageClass own = part.messageClass();
    Normalized normalized =
        normalizer.normalize(
            payload.self(),
            subject,
            own == null ? route.messageClass() : own,
            part,
            PROTOCOL,
            payload.topic(),
            payload.receivedMicros());
    return outcome(by, subject, normalized, () -> null);
  }

  /** The device that the message is of: as the pipeline finds it, or one that is made up. */
  private Device subject(Payload payload, List<String> named) throws PayloadException {
    Device self = payload.self();
    if (named.isEmpty() || named.contains(self.id().value())) {
      return self;
    }
    for (String name : named) {
      Device child = devices.apply(name);
      if (child != null && !child.retired() && self.id().equals(child.parent())) {
        return child;
      }
    }
    String first = named.getFirst();
    if (payload.isRegistered() || !DeviceId.isValid(first)) {
      throw devices.apply(first) == null
          ? new PayloadException(
              RejectReason.UNKNOWN_CHILD,
              "device %s is not registered; add it with parent: %s".formatted(first, self.id()))
          : new PayloadException(
              RejectReason.NOT_AUTHORIZED,
              "device %s may not publish for %s".formatted(self.id(), first));
    }
    return new Device(
        new DeviceId(first),
        self.profile(),
        self.sector(),
        self.site(),
        null,
        null,
        true,
        true,
        false);
  }

  private Outcome outcome(
      Vocabulary by, Device subject, Normalized normalized, FieldCheck.AsItComes asItComes) {
    EncodedRecord view = view(normalized);
    Profile found = by.profiles().find(subject.profile());
    Profile profile = found == null ? Profile.generic(subject.profile()) : found;
    FieldCheck check = FieldCheck.of(profile, view, asItComes);
    FieldFaults faults = normalized.faults();
    return new Outcome(
        subject.id().value(),
        subject.profile(),
        normalized.messageClass(),
        StoredJson.text(view(normalized)),
        check.unmapped(),
        check.missing(),
        faults == null ? null : faults.detail());
  }

  private EncodedRecord view(Normalized normalized) {
    return StoredJson.view(
        normalized.body(), normalized.messageClass().lane(), 0, PROTOCOL, Terms.NONE);
  }
}
