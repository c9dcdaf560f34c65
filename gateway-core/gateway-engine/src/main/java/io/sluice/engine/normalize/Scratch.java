package io.sluice.engine.normalize;

import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.MessageClass;
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
  private static final StreamReadConstraints LIMITS =
      StreamReadConstraints.builder()
          .maxNestingDepth(MAX_DEPTH)
          .maxNameLength(Samples.MAX_NAME_BYTES)
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

  Scratch(ClockFloor floor) {
    this.maker = new RecordMaker(floor);
  }

  /** Decodes into the columns; returns the codec's name. */
  String decode(
      Profile profile, Device device, ContentType declared, byte[] payload, long receivedMicros)
      throws PayloadException {
    samples.clear(profile);
    ContentType type = Sniffer.type(declared, profile, payload);
    switch (type) {
      case JSON -> objects(JSON, "JSON", profile, payload);
      case CBOR -> objects(CBOR, "CBOR", profile, payload);
      case SENML_JSON -> senml(JSON, "JSON", profile, device, payload, receivedMicros);
      case SENML_CBOR -> senml(CBOR, "CBOR", profile, device, payload, receivedMicros);
      case BYTES -> BytesCodec.decode(payload, profile, samples);
      case TEXT, UNSPECIFIED -> TextCodec.decode(payload, profile, samples);
    }
    return Sniffer.codecName(type);
  }

  /** The device that the payload names, or null. */
  @Nullable String claimedDevice() {
    return samples.claimedDevice();
  }

  private void objects(TokenStreamFactory factory, String format, Profile profile, byte[] payload)
      throws PayloadException {
    try (JsonParser parser = parser(factory, payload)) {
      objects.decode(parser, profile, samples);
    } catch (JacksonException e) {
      throw syntax(format, e, objects.at());
    }
  }

  private void senml(
      TokenStreamFactory factory,
      String format,
      Profile profile,
      Device device,
      byte[] payload,
      long receivedMicros)
      throws PayloadException {
    try (JsonParser parser = parser(factory, payload)) {
      senml.decode(parser, profile, samples, device.id().value(), receivedMicros);
    } catch (JacksonException e) {
      throw syntax(format, e, senml.at());
    }
  }

  private static JsonParser parser(TokenStreamFactory factory, byte[] payload) {
    return factory.createParser(ObjectReadContext.empty(), payload, 0, payload.length);
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
            .replaceAll(", from `[^`]*`", "");
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
