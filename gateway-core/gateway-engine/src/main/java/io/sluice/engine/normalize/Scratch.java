package io.sluice.engine.normalize;

import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.MessageClass;
import java.time.ZoneId;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.dataformat.cbor.CBORFactory;

/** What one thread needs to normalize: codecs, columns and buffers that it uses again. */
final class Scratch {
  static final int MAX_DEPTH = 32;

  /**
   * A longer name is a fault of the message, one that a record cannot hold a fault of its field.
   */
  private static final int MAX_JSON_NAME = 4096;

  private static final StreamReadConstraints LIMITS =
      StreamReadConstraints.builder()
          .maxNestingDepth(MAX_DEPTH)
          .maxNameLength(MAX_JSON_NAME)
          .maxNumberLength(100)
          .maxStringLength(Normalizer.MAX_PAYLOAD_BYTES)
          .build();
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(LIMITS)
          .recyclerPool(JsonRecyclerPools.threadLocalPool())
          .build();
  private static final CBORFactory CBOR =
      CBORFactory.builder()
          .streamReadConstraints(LIMITS)
          .recyclerPool(JsonRecyclerPools.threadLocalPool())
          .build();

  private final Samples samples = new Samples();
  private final ObjectCodec objects = new ObjectCodec();
  private final SenmlCodec senml = new SenmlCodec();
  private final RecordMaker maker;

  private final Function<Device, @Nullable ZoneId> zones;
  private TimeForms times = PayloadForms.USUAL.times();

  Scratch(ClockFloor floor, Function<Device, @Nullable ZoneId> zones) {
    this.maker = new RecordMaker(floor);
    this.zones = zones;
  }

  /** The profile's, in the zone of device or site where they have one. */
  private TimeForms times(Profile profile, Device device) {
    TimeForms own = profile.forms.times();
    ZoneId zone = zones.apply(device);
    if (zone == null || zone.equals(own.zone())) {
      return own;
    }
    boolean asBefore = zone.equals(times.zone()) && own.formats().equals(times.formats());
    return asBefore ? times : new TimeForms(zone, own.formats());
  }

  /** Decodes into the columns; returns the codec's name. */
  String decode(
      Profile profile, Device device, ContentType declared, byte[] payload, long receivedMicros)
      throws PayloadException {
    times = times(profile, device);
    int mark = PayloadText.markLength(payload);
    ContentType type = Sniffer.type(declared, profile, payload, mark);
    if (type == ContentType.BYTES) {
      samples.clear(profile, times);
      BytesCodec.decode(PayloadText.raw(payload, profile), profile, samples);
    } else if (type == ContentType.CBOR || type == ContentType.SENML_CBOR) {
      structured(type, profile, device, payload, 0, payload.length, receivedMicros);
    } else {
      textual(type, profile, device, payload, mark, receivedMicros);
    }
    samples.requireSomething();
    return Sniffer.codecName(type);
  }

  private void textual(
      ContentType type, Profile profile, Device device, byte[] sent, int mark, long receivedMicros)
      throws PayloadException {
    byte[] payload = PayloadText.inUtf8(sent, profile.forms.charset());
    int from = mark > 0 && payload.length >= mark ? PayloadText.markLength(payload) : 0;
    int to = PayloadText.end(payload);
    if (type == ContentType.TEXT || type == ContentType.UNSPECIFIED) {
      samples.clear(profile, times);
      TextCodec.decode(payload, from, to, profile, samples, receivedMicros);
      return;
    }
    try {
      structured(type, profile, device, payload, from, to, receivedMicros);
    } catch (PayloadException e) {
      byte[] mended = profile.tolerant ? NonNumbers.quoted(payload, from, to) : null;
      if (mended == null) {
        throw e;
      }
      structured(type, profile, device, mended, 0, mended.length, receivedMicros);
    }
  }

  private void structured(
      ContentType type,
      Profile profile,
      Device device,
      byte[] payload,
      int from,
      int to,
      long receivedMicros)
      throws PayloadException {
    samples.clear(profile, times);
    boolean json = type == ContentType.JSON || type == ContentType.SENML_JSON;
    boolean pack = type == ContentType.SENML_JSON || type == ContentType.SENML_CBOR;
    String format = json ? "JSON" : "CBOR";
    TokenStreamFactory factory = json ? JSON : CBOR;
    try (JsonParser parser =
        factory.createParser(ObjectReadContext.empty(), payload, from, to - from)) {
      if (pack) {
        senml.decode(parser, profile, samples, device.id().value(), receivedMicros);
      } else {
        Lookahead lookahead = new Lookahead(factory, payload, from, to);
        objects.decode(parser, profile, samples, lookahead, receivedMicros);
      }
    } catch (JacksonException e) {
      throw syntax(format, e, pack ? senml.at() : objects.at());
    }
  }

  /** A parser of JSON within the bounds that hold for payloads. */
  static JsonParser json(byte[] payload, int from, int to) {
    return JSON.createParser(ObjectReadContext.empty(), payload, from, to - from);
  }

  /** The device that the payload names, or null. */
  @Nullable String claimedDevice() {
    return samples.claimedDevice();
  }

  /**
   * @param reached byte that the codec was at, for the faults that carry no place of their own
   */
  private static PayloadException syntax(String format, JacksonException e, long reached) {
    long own = e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
    String problem =
        e.getOriginalMessage()
            .lines()
            .findFirst()
            .orElse("not understood")
            .replaceAll(", from `[^`]*`", "")
            .replaceAll("[:;]? ?\\(?enable `[^`]*`[^;]*", "");
    return new PayloadException(
        format
            + " at byte "
            + (own < 0 ? reached : own)
            + ": "
            + Faults.plain(problem)
            + "; send one valid "
            + format
            + " document");
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
