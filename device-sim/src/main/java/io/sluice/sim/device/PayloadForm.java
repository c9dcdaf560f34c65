package io.sluice.sim.device;

import io.sluice.sim.device.Sample.Field;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.dataformat.cbor.CBORFactory;

/**
 * How a sample is written on the wire. Every form but {@link #TEXT} and {@link #BINARY} carries the
 * counter {@code n}, and but for {@link #HUAWEI} the observed time.
 */
public enum PayloadForm {
  /** One flat object, {@code ts} in milliseconds. */
  JSON("application/json", 50),
  /** The same with every number as a string, as Dragino sends it. */
  JSON_STRINGS("application/json", 50),
  /** RFC 8428, JSON. */
  SENML_JSON("application/senml+json", 110),
  /** RFC 8428, CBOR. */
  SENML_CBOR("application/senml+cbor", 112),
  /** The flat object in CBOR. */
  CBOR("application/cbor", 60),
  /** The first metric's value alone. */
  TEXT("text/plain", 0),
  /** ThingsBoard: {@code {"ts":ms,"values":{...}}}. */
  THINGSBOARD("application/json", 50),
  /** Alink: {@code {"id","version","params":{k:{"value","time"}},"method"}}. */
  ALINK("application/json", 50),
  /**
   * Huawei IoTDA: {@code {"services":[{"service_id","properties"}]}}; the optional event_time is
   * left out.
   */
  HUAWEI("application/json", 50),
  /** Shelly Gen2, NotifyStatus. */
  SHELLY("application/json", 50),
  /** What Milesight's decoder made, in ChirpStack's uplink event. */
  MILESIGHT("application/json", 50),
  /** The Things Stack's uplink message with its normalized payload. */
  TTN("application/json", 50),
  /** Dragino's decoder behind The Things Stack: some numbers are strings. */
  DRAGINO("application/json", 50),
  /** Bytes in the layout of the gateway's profile. */
  BINARY("application/octet-stream", 42),
  /** As the vendor's firmware has it that the devices play; no scenario names it. */
  DIALECT("application/octet-stream", 42);

  private static final JsonFactory JSON_FACTORY = new JsonFactory();
  private static final CBORFactory CBOR_FACTORY = new CBORFactory();
  // units of the IANA registry (RFC 8428, 8798); a device leaves out what the registry lacks
  private static final Set<String> SENML_UNITS =
      Set.of(
          "Cel", "%RH", "m/s", "V", "A", "W", "kWh", "hPa", "mm", "m", "lat", "lon", "1/min", "m3",
          "ug/m3");

  private final String contentType;
  private final int contentFormat;

  PayloadForm(String contentType, int contentFormat) {
    this.contentType = contentType;
    this.contentFormat = contentFormat;
  }

  /** By the name that scenarios use: {@code senml-json}. */
  public static Map<String, PayloadForm> byName() {
    Map<String, PayloadForm> names = new LinkedHashMap<>();
    for (PayloadForm form : values()) {
      if (form != DIALECT) {
        names.put(form.label(), form);
      }
    }
    return names;
  }

  /** The name that scenarios use. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether one message can carry many samples, each with its own time. */
  public boolean takesBatches() {
    return switch (this) {
      case JSON, JSON_STRINGS, CBOR, SENML_JSON, SENML_CBOR, THINGSBOARD -> true;
      case TEXT, ALINK, HUAWEI, SHELLY, MILESIGHT, TTN, DRAGINO, BINARY, DIALECT -> false;
    };
  }

  /** The profiles whose devices send this form; empty: all. */
  public Set<String> profiles() {
    return VendorPayload.profiles(this);
  }

  /** Media type, for MQTT 5's content type. */
  public String contentType() {
    return contentType;
  }

  /** CoAP content format number. */
  public int contentFormat() {
    return contentFormat;
  }

  /**
   * Names, as records have them, of what the form carries beside the sample under a name that is
   * not in the payload as it stands: by what the vendor means, or by its place in a list.
   */
  public Set<String> besides() {
    return switch (this) {
      case DRAGINO -> Set.of("batteryVoltage");
      case MILESIGHT -> Set.of("rxInfo.0.rssi");
      default -> Set.of();
    };
  }

  /** Whether the far end can be matched message by message. */
  public boolean carriesCounter() {
    return this != TEXT && this != BINARY && this != DIALECT;
  }

  /** Whether the observed time comes along, to the millisecond. */
  public boolean carriesTime() {
    return carriesCounter() && this != HUAWEI;
  }

  /** Whether it goes to our own topics, not to those of another platform. */
  public boolean hasPlainTopics() {
    return this != THINGSBOARD && this != ALINK && this != HUAWEI;
  }

  /** The payload. */
  public byte[] encode(Sample sample) {
    return switch (this) {
      case JSON -> write(JSON_FACTORY, out -> flat(out, sample, false));
      case JSON_STRINGS -> write(JSON_FACTORY, out -> flat(out, sample, true));
      case CBOR -> write(CBOR_FACTORY, out -> flat(out, sample, false));
      case SENML_JSON -> senmlJson(List.of(sample));
      case SENML_CBOR -> senmlCbor(List.of(sample));
      case TEXT ->
          String.valueOf(sample.fields().getFirst().value()).getBytes(StandardCharsets.UTF_8);
      case THINGSBOARD -> write(JSON_FACTORY, out -> thingsboard(out, sample));
      case ALINK -> alink(sample);
      case HUAWEI -> huawei(sample);
      case SHELLY -> nested(VendorPayload.shelly(sample));
      case MILESIGHT -> nested(VendorPayload.milesight(sample));
      case TTN -> nested(VendorPayload.ttn(sample));
      case DRAGINO -> nested(VendorPayload.dragino(sample));
      case BINARY -> VendorPayload.binary(sample);
      case DIALECT -> throw new IllegalArgumentException("a dialect's firmware makes its payloads");
    };
  }

  /**
   * Many samples in one payload; only where the form {@link #takesBatches}.
   *
   * @throws IllegalArgumentException where it takes none
   */
  public byte[] encode(List<Sample> samples) {
    return switch (this) {
      case JSON -> array(JSON_FACTORY, samples, (out, sample) -> flat(out, sample, false));
      case JSON_STRINGS -> array(JSON_FACTORY, samples, (out, sample) -> flat(out, sample, true));
      case CBOR -> array(CBOR_FACTORY, samples, (out, sample) -> flat(out, sample, false));
      case SENML_JSON -> senmlJson(samples);
      case SENML_CBOR -> senmlCbor(samples);
      case THINGSBOARD -> array(JSON_FACTORY, samples, PayloadForm::thingsboard);
      case TEXT, ALINK, HUAWEI, SHELLY, MILESIGHT, TTN, DRAGINO, BINARY, DIALECT ->
          throw new IllegalArgumentException(label() + " takes no batches");
    };
  }

  private static byte[] nested(Map<String, Object> tree) {
    return write(JSON_FACTORY, out -> object(out, tree));
  }

  private static void object(JsonGenerator out, Map<?, ?> tree) {
    out.writeStartObject();
    tree.forEach((name, value) -> {
      out.writeName(name.toString());
      nested(out, value);
    });
    out.writeEndObject();
  }

  private static void nested(JsonGenerator out, Object value) {
    switch (value) {
      case Map<?, ?> inner -> object(out, inner);
      case List<?> list -> {
        out.writeStartArray();
        list.forEach(each -> nested(out, each));
        out.writeEndArray();
      }
      default -> value(out, value);
    }
  }

  private static byte[] array(
      TokenStreamFactory factory, List<Sample> samples, BiConsumer<JsonGenerator, Sample> one) {
    return write(
        factory,
        out -> {
          out.writeStartArray(null, samples.size());
          samples.forEach(sample -> one.accept(out, sample));
          out.writeEndArray();
        });
  }

  private static byte[] write(
      TokenStreamFactory factory, java.util.function.Consumer<JsonGenerator> body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonGenerator generator = factory.createGenerator(ObjectWriteContext.empty(), out)) {
      body.accept(generator);
    }
    return out.toByteArray();
  }

  private static void flat(JsonGenerator out, Sample sample, boolean strings) {
    out.writeStartObject();
    out.writeNumberProperty("n", sample.n());
    out.writeNumberProperty("ts", sample.micros() / 1000);
    fields(out, sample, strings);
    out.writeEndObject();
  }

  private static void fields(JsonGenerator out, Sample sample, boolean strings) {
    for (Field field : sample.fields()) {
      out.writeName(field.name());
      value(
          out,
          strings && field.value() instanceof Number ? field.value().toString() : field.value());
    }
  }

  private static void value(JsonGenerator out, Object value) {
    switch (value) {
      case Long whole -> out.writeNumber(whole);
      case Double real -> out.writeNumber(real);
      case Boolean flag -> out.writeBoolean(flag);
      default -> out.writeString(value.toString());
    }
  }

  private static byte[] senmlJson(List<Sample> samples) {
    return write(
        JSON_FACTORY,
        out -> {
          out.writeStartArray();
          samples.forEach(sample -> senmlJson(out, sample));
          out.writeEndArray();
        });
  }

  /** Its records; the base time holds until the next sample gives another. */
  private static void senmlJson(JsonGenerator out, Sample sample) {
    out.writeStartObject();
    out.writeName("bt");
    out.writeNumber(java.math.BigDecimal.valueOf(sample.micros(), 6));
    out.writeStringProperty("n", "n");
    out.writeNumberProperty("v", sample.n());
    out.writeEndObject();
    for (Field field : sample.fields()) {
      out.writeStartObject();
      out.writeStringProperty("n", field.name());
      if (field.unit() != null && SENML_UNITS.contains(field.unit())) {
        out.writeStringProperty("u", field.unit());
      }
      out.writeName(label(field.value()));
      value(out, field.value());
      out.writeEndObject();
    }
  }

  private static String label(Object value) {
    return value instanceof Number ? "v" : value instanceof Boolean ? "vb" : "vs";
  }

  /** RFC 8428 section 6: integer labels bt -3, n 0, u 1, v 2, vs 3, vb 4. */
  private static byte[] senmlCbor(List<Sample> samples) {
    int records = samples.stream().mapToInt(sample -> sample.fields().size() + 1).sum();
    return write(
        CBOR_FACTORY,
        out -> {
          out.writeStartArray(null, records);
          samples.forEach(sample -> senmlCbor(out, sample));
          out.writeEndArray();
        });
  }

  private static void senmlCbor(JsonGenerator out, Sample sample) {
    out.writeStartObject(null, 3);
    out.writePropertyId(-3);
    out.writeNumber(sample.micros() / 1e6);
    out.writePropertyId(0);
    out.writeString("n");
    out.writePropertyId(2);
    out.writeNumber(sample.n());
    out.writeEndObject();
    for (Field field : sample.fields()) {
      senmlCborRecord(out, field);
    }
  }

  private static void senmlCborRecord(JsonGenerator out, Field field) {
    boolean unit = field.unit() != null && SENML_UNITS.contains(field.unit());
    out.writeStartObject(null, unit ? 3 : 2);
    out.writePropertyId(0);
    out.writeString(field.name());
    if (unit) {
      out.writePropertyId(1);
      out.writeString(field.unit());
    }
    out.writePropertyId(
        field.value() instanceof Number ? 2 : field.value() instanceof Boolean ? 4 : 3);
    value(out, field.value());
    out.writeEndObject();
  }

  private static void thingsboard(JsonGenerator out, Sample sample) {
    out.writeStartObject();
    out.writeNumberProperty("ts", sample.micros() / 1000);
    out.writeObjectPropertyStart("values");
    out.writeNumberProperty("n", sample.n());
    fields(out, sample, false);
    out.writeEndObject();
    out.writeEndObject();
  }

  private static byte[] alink(Sample sample) {
    return write(
        JSON_FACTORY,
        out -> {
          out.writeStartObject();
          out.writeStringProperty("id", Long.toString(sample.n()));
          out.writeStringProperty("version", "1.0");
          out.writeObjectPropertyStart("params");
          alink(out, "n", sample.n(), sample.micros());
          for (Field field : sample.fields()) {
            alink(out, field.name(), field.value(), sample.micros());
          }
          out.writeEndObject();
          out.writeStringProperty("method", "thing.event.property.post");
          out.writeEndObject();
        });
  }

  private static void alink(JsonGenerator out, String name, Object value, long micros) {
    out.writeObjectPropertyStart(name);
    out.writeName("value");
    value(out, value);
    out.writeNumberProperty("time", micros / 1000);
    out.writeEndObject();
  }

  private static byte[] huawei(Sample sample) {
    return write(
        JSON_FACTORY,
        out -> {
          out.writeStartObject();
          out.writeArrayPropertyStart("services");
          out.writeStartObject();
          out.writeStringProperty("service_id", "main");
          out.writeObjectPropertyStart("properties");
          out.writeNumberProperty("n", sample.n());
          fields(out, sample, false);
          out.writeEndObject();
          out.writeEndObject();
          out.writeEndArray();
          out.writeEndObject();
        });
  }
}
