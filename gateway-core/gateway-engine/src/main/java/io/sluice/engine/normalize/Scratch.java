package io.sluice.engine.normalize;

import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadCodecFactory;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.codec.SessionCodecFactory;
import io.sluice.api.dialect.Part;
import io.sluice.engine.normalize.codec.PlannedCodec;
import io.sluice.engine.normalize.codec.VendorCodec;
import io.sluice.engine.normalize.codec.VendorGuard;
import io.sluice.engine.normalize.profile.PayloadForms;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.TimeForms;
import io.sluice.engine.normalize.sample.ClockFloor;
import io.sluice.engine.normalize.sample.Normalized;
import io.sluice.engine.normalize.sample.PartReadings;
import io.sluice.engine.normalize.sample.PayloadFaults;
import io.sluice.engine.normalize.sample.PayloadText;
import io.sluice.engine.normalize.sample.RecordMaker;
import io.sluice.engine.normalize.sample.Samples;
import io.sluice.engine.record.RecordFormat;
import io.sluice.spool.TermDictionary;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What one thread needs to normalize: codecs, columns and buffers that it uses again. */
final class Scratch {
  /** The label of a record that no codec has read. */
  private static final String READINGS = "readings";

  /** What bytes are called that nobody reads. */
  private static final String BYTES = "data";

  /**
   * A codec that this thread has met.
   *
   * @param stateful what reads by the state of a session; null for a codec without one
   * @param label its name in the records' {@code src}
   */
  private record Met(
      PayloadCodecFactory factory,
      PlannedCodec codec,
      @Nullable StatefulCodec stateful,
      String label) {}

  /** Each script has a codec of its own; the one that was met first is made again where needed. */
  private static final int MAX_CODECS = 64;

  private final Samples samples = new Samples();
  private final List<Met> codecs = new ArrayList<>(); // MAX_CODECS at most
  private final RecordMaker maker;

  private final SessionCodecs sessions;
  private final Function<Device, @Nullable ZoneId> zones;

  /** Reads what parts put by themselves; made with the first of them. */
  private @Nullable VendorGuard contents;

  private TimeForms times = PayloadForms.USUAL.times();

  Scratch(
      ClockFloor floor,
      SessionCodecs sessions,
      Function<Device, @Nullable ZoneId> zones,
      @Nullable TermDictionary dictionary) {
    this.maker = new RecordMaker(floor, dictionary);
    this.sessions = sessions;
    this.zones = zones;
  }

  /** The profile's, in the zone of device or site where they have one. */
  private TimeForms times(Profile profile, Device device) {
    TimeForms own = profile.forms().times();
    ZoneId zone = zones.apply(device);
    if (zone == null || zone.equals(own.zone())) {
      return own;
    }
    boolean asBefore = zone.equals(times.zone()) && own.formats().equals(times.formats());
    return asBefore ? times : new TimeForms(zone, own.formats());
  }

  /**
   * Decodes into the columns; returns the codec's label.
   *
   * @param session the device whose session it came by, null where it came by none
   * @param port LoRaWAN's FPort, or {@link io.sluice.api.codec.PayloadCodec#NO_PORT}
   */
  String decode(
      Profile profile,
      @Nullable Device session,
      Device device,
      ContentType declared,
      String topic,
      byte[] payload,
      int port,
      long receivedMicros)
      throws PayloadException {
    times = times(profile, device);
    int mark = PayloadText.markLength(payload);
    Met met = codec(Sniffer.codec(declared, profile, payload, mark));
    samples.clear(profile, times);
    read(met, profile, session, device, topic, payload, port, receivedMicros);
    samples.requireSomething();
    return met.label;
  }

  /**
   * The same of a message's part that a dialect took out.
   *
   * @param session the device whose session it came by, null where it came by none
   */
  String decode(
      Profile profile,
      @Nullable Device session,
      Device device,
      Part part,
      String topic,
      long receivedMicros)
      throws PayloadException {
    times = times(profile, device);
    byte[] bytes = part.bytes();
    boolean isForBytes = profile.forms().codec() != null || profile.bytes() != null;
    String label = READINGS;
    samples.clear(profile, times);
    Part.Content content = part.content();
    if (content != null) {
      contents().read(content, profile, receivedMicros, samples);
    } else if (bytes != null && isForBytes) {
      samples.unpacked = true;
      PayloadCodecFactory named = profile.forms().codec();
      Met met = codec(named == null ? Sniffer.BYTES : named);
      read(met, profile, session, device, topic, bytes, part.port(), receivedMicros);
      label = met.label;
    } else if (part.payload().length > 0) {
      byte[] payload = part.payload();
      int mark = PayloadText.markLength(payload);
      Met met = codec(Sniffer.codec(part.contentType(), profile, payload, mark));
      samples.frame = part.frame();
      read(met, profile, session, device, topic, payload, PayloadCodec.NO_PORT, receivedMicros);
      label = met.label;
    }
    if (bytes != null && !isForBytes && samples.count == 0) {
      samples.addUnknown(BYTES, PayloadFaults.NOWHERE, RecordFormat.Kind.BYTES, 0, bytes);
    }
    PartReadings.add(part, profile, samples);
    samples.requireSomething();
    return label;
  }

  private VendorGuard contents() {
    VendorGuard now = contents;
    if (now == null) {
      now = new VendorGuard(READINGS);
      contents = now;
    }
    return now;
  }

  private void read(
      Met met,
      Profile profile,
      @Nullable Device session,
      Device device,
      String topic,
      byte[] payload,
      int port,
      long receivedMicros)
      throws PayloadException {
    if (met.stateful == null) {
      met.codec.decode(payload, port, profile, device, receivedMicros, samples);
    } else {
      met.stateful.decode(session, topic, payload, profile, device, receivedMicros, samples);
    }
  }

  @SuppressWarnings("ReferenceEquality") // it is about the same factory, not an equal one
  private Met codec(PayloadCodecFactory factory) throws PayloadException {
    for (int i = 0; i < codecs.size(); i++) {
      if (codecs.get(i).factory == factory) {
        return codecs.get(i);
      }
    }
    StatefulCodec stateful =
        factory instanceof SessionCodecFactory own ? new StatefulCodec(own, sessions) : null;
    Met met = new Met(factory, VendorCodec.of(factory), stateful, label(factory.name()));
    if (codecs.size() == MAX_CODECS) {
      codecs.removeFirst(); // of a script that was loaded anew, most likely
    }
    codecs.add(met);
    return met;
  }

  /** Records name SenML as its media types do. */
  private static String label(String name) {
    return name.startsWith("senml-") ? name.replace('-', '+') : name;
  }

  /** The device that the payload names, or null. */
  @Nullable String claimedDevice() {
    return samples.claimedDevice();
  }

  Normalized encode(
      Profile profile,
      Device device,
      String gatewayId,
      MessageClass messageClass,
      String protocol,
      String topic,
      String codec,
      long receivedMicros) {
    return maker.make(
        samples, profile, device, gatewayId, messageClass, protocol, topic, codec, receivedMicros);
  }
}
