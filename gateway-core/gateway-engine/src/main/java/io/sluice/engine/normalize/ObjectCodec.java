package io.sluice.engine.normalize;

import io.sluice.engine.normalize.Profile.Unknown;
import io.sluice.engine.normalize.Target.Field;
import io.sluice.engine.normalize.Target.Role;
import io.sluice.engine.record.RecordFormat.Kind;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.UTF8StreamJsonParser;

/**
 * Objects of JSON and CBOR, streamed: fields flattened with dots, array elements by their index,
 * each led by the profile's paths into a metric or the message's frame. A null is a field that was
 * left out. Used by one thread at a time.
 */
final class ObjectCodec {
  private static final Set<String> ENVELOPE =
      Set.of("id", "version", "method", "sys", "src", "dst", "jsonrpc");

  private Profile profile = Profile.generic("");
  private Samples samples = new Samples();
  private int reached;
  private long sampleTime;
  private boolean textual;
  private boolean wrapped;
  private int wraps;

  /** Takes one document, from its first token on. */
  void decode(JsonParser parser, Profile profile, Samples samples) throws PayloadException {
    textual = parser instanceof UTF8StreamJsonParser;
    this.profile = profile;
    this.samples = samples;
    wrapped = false;
    wraps = 0;
    sampleTime = Samples.NO_TIME;
    JsonToken token = parser.nextToken();
    switch (token) {
      case null -> throw new PayloadException("the payload is empty; send an object");
      case START_OBJECT -> samples.time = sample(parser);
      case START_ARRAY -> elements(parser, "");
      default -> value(parser, token, profile.text.value());
    }
    if (parser.nextToken() != null) {
      throw new PayloadException(
          "byte " + at(parser) + ": something follows the document; send one in a message");
    }
    if (wrapped) {
      samples.dropEnvelope(ENVELOPE);
    }
  }

  /** One object whose values share a time; returns it. */
  private long sample(JsonParser parser) throws PayloadException {
    long outer = sampleTime;
    int from = samples.count;
    sampleTime = Samples.NO_TIME;
    samples.beginSample();
    fields(parser, "", false);
    long own = sampleTime;
    samples.fillTime(from, own);
    sampleTime = outer;
    return own;
  }

  /**
   * @param timed whether a field may be {@code {"value":..,"time":..}}
   */
  private void fields(JsonParser parser, String prefix, boolean timed) throws PayloadException {
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      field(parser, prefix.isEmpty() ? name : prefix.concat(name), timed);
    }
  }

  private void field(JsonParser parser, String path, boolean timed) throws PayloadException {
    JsonToken token = parser.nextToken();
    Target target = profile.targets.get(path);
    switch (target) {
      case Field field -> known(parser, token, path, field, timed);
      case Role role -> {
        if (!role(parser, token, path, role)) {
          unknown(parser, token, path, timed);
        }
      }
      case null -> unknown(parser, token, path, timed);
    }
  }

  private void value(JsonParser parser, JsonToken token, String path) throws PayloadException {
    Target target = profile.targets.get(path);
    if (target instanceof Field field) {
      known(parser, token, path, field, false);
    } else {
      unknown(parser, token, path, false);
    }
  }

  private void known(JsonParser parser, JsonToken token, String path, Field field, boolean timed)
      throws PayloadException {
    if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
      container(parser, token, path, timed);
      return;
    }
    if (isNothing(parser, token)) {
      return;
    }
    int at = at(parser);
    if (!samples.claim(field, at)) {
      unknown(parser, token, path, timed);
      return;
    }
    switch (token) {
      case VALUE_NUMBER_INT -> {
        if (fitsLong(parser)) {
          Values.addLong(samples, field, at, parser.getLongValue());
        } else {
          Values.addDouble(samples, field, at, parser.getDoubleValue());
        }
      }
      case VALUE_NUMBER_FLOAT -> Values.addDouble(samples, field, at, fraction(parser));
      case VALUE_TRUE -> Values.addBoolean(samples, field, at, true);
      case VALUE_FALSE -> Values.addBoolean(samples, field, at, false);
      case VALUE_STRING -> Values.addString(samples, field, at, parser.getString());
      case VALUE_EMBEDDED_OBJECT -> Values.addBytes(samples, field, at, parser.getBinaryValue());
      default -> throw Faults.at(path, at, "a value is missing; send one");
    }
  }

  private void unknown(JsonParser parser, JsonToken token, String path, boolean timed)
      throws PayloadException {
    if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
      container(parser, token, path, timed);
      return;
    }
    if (isNothing(parser, token)) {
      return;
    }
    int at = at(parser);
    if (token == JsonToken.VALUE_STRING && namesDevice(path)) {
      samples.claim(parser.getString());
    }
    if (profile.unknown == Unknown.DROP) {
      return;
    }
    if (profile.unknown == Unknown.REJECT) {
      throw Faults.unknown(path, at, profile);
    }
    samples.claimUnknown(path, at);
    switch (token) {
      case VALUE_NUMBER_INT -> {
        if (fitsLong(parser)) {
          samples.addUnknown(path, at, Kind.LONG, parser.getLongValue(), null);
        } else {
          unknownDouble(path, at, parser.getDoubleValue());
        }
      }
      case VALUE_NUMBER_FLOAT -> unknownDouble(path, at, fraction(parser));
      case VALUE_TRUE -> samples.addUnknown(path, at, Kind.TRUE, 0, null);
      case VALUE_FALSE -> samples.addUnknown(path, at, Kind.FALSE, 0, null);
      case VALUE_STRING -> samples.addUnknown(path, at, Kind.STRING, 0, parser.getString());
      case VALUE_EMBEDDED_OBJECT ->
          samples.addUnknown(path, at, Kind.BYTES, 0, parser.getBinaryValue());
      default -> throw Faults.at(path, at, "a value is missing; send one");
    }
    samples.envelope[samples.count - 1] = wraps == 0;
  }

  private static boolean namesDevice(String path) {
    return switch (path) {
      case "device", "deviceId", "device_id", "deviceID", "deviceName" -> true;
      default -> false;
    };
  }

  private void unknownDouble(String path, int at, double value) throws PayloadException {
    if (!Double.isFinite(value)) {
      throw Faults.at(path, at, value + " is no number; leave out what was not measured");
    }
    samples.addUnknown(path, at, Kind.DOUBLE, Double.doubleToRawLongBits(value), null);
  }

  private void container(JsonParser parser, JsonToken token, String path, boolean timed)
      throws PayloadException {
    if (path.length() > Samples.MAX_NAME_BYTES) {
      tooFar(parser, path);
      return;
    }
    if (token == JsonToken.START_ARRAY) {
      elements(parser, path);
      return;
    }
    String prefix = path + '.';
    String first = parser.nextName();
    if (first == null) {
      return;
    }
    if (timed && (first.equals("value") || first.equals("time"))) {
      timedValue(parser, first, path);
      return;
    }
    field(parser, prefix.concat(first), false);
    fields(parser, prefix, false);
  }

  /** No value below can be kept under its name, nor be known: no profile's path is that long. */
  private void tooFar(JsonParser parser, String path) throws PayloadException {
    if (profile.unknown != Unknown.DROP) {
      throw Samples.nameTooLong(path, at(parser));
    }
    parser.skipChildren();
  }

  /** Alink's {@code {"value":..,"time":..}}. */
  private void timedValue(JsonParser parser, String first, String path) throws PayloadException {
    int from = samples.count;
    long time = Samples.NO_TIME;
    for (String name = first; name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      switch (name) {
        case "value" -> value(parser, token, path);
        case "time" -> time = time(parser, token, path + ".time");
        default -> unknown(parser, token, path + '.' + name, false);
      }
    }
    samples.fillTime(from, time);
  }

  /** An array: objects at the top are samples, everything else is indexed. */
  private void elements(JsonParser parser, String path) throws PayloadException {
    int index = 0;
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (path.isEmpty() && token == JsonToken.START_OBJECT) {
        sample(parser);
      } else {
        value(parser, token, path.isEmpty() ? Integer.toString(index) : path + '.' + index);
      }
      index++;
    }
  }

  /** Returns false where the value is not of the role's kind: it is then a field like any other. */
  private boolean role(JsonParser parser, JsonToken token, String path, Role role)
      throws PayloadException {
    return switch (role) {
      case TIME -> token.isScalarValue() && observed(time(parser, token, path));
      case HISTORICAL -> token.isBoolean() && historical(token == JsonToken.VALUE_TRUE);
      case UNWRAP, PARAMS -> unwrap(parser, token, role == Role.PARAMS);
      case SAMPLES, SERVICES ->
          token == JsonToken.START_ARRAY && samples(parser, path, role == Role.SERVICES);
      case SEVERITY, URGENCY, CERTAINTY, STATUS ->
          cap(role, token == JsonToken.VALUE_STRING ? parser.getString() : token.asString());
      case IGNORE -> ignored(parser);
    };
  }

  private boolean observed(long micros) {
    sampleTime = micros;
    return true;
  }

  private boolean historical(boolean said) {
    samples.historical |= said;
    return true;
  }

  private static boolean ignored(JsonParser parser) {
    parser.skipChildren();
    return true;
  }

  private boolean unwrap(JsonParser parser, JsonToken token, boolean params)
      throws PayloadException {
    if (token != JsonToken.START_OBJECT) {
      return false;
    }
    wrapped |= params;
    wraps++;
    fields(parser, "", params);
    wraps--;
    return true;
  }

  private boolean samples(JsonParser parser, String path, boolean services)
      throws PayloadException {
    int index = 0;
    wraps++;
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (token != JsonToken.START_OBJECT) {
        value(parser, token, path + '.' + index);
      } else if (services) {
        service(parser);
      } else {
        sample(parser);
      }
      index++;
    }
    wraps--;
    return true;
  }

  /** One of Huawei IoTDA's services; its id and what else it says are no measurements. */
  private void service(JsonParser parser) throws PayloadException {
    int from = samples.count;
    long time = Samples.NO_TIME;
    samples.beginSample();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      if (name.equals("properties") && token == JsonToken.START_OBJECT) {
        fields(parser, "", false);
      } else if (name.equals("event_time") || name.equals("eventTime")) {
        time = time(parser, token, "services." + name);
      } else {
        parser.skipChildren();
      }
    }
    samples.fillTime(from, time);
  }

  /** Notes the word; the field itself stays a field like any other. */
  private boolean cap(Role role, @Nullable String word) {
    if (word != null) {
      switch (role) {
        case SEVERITY -> samples.severity = ProfileParts.SEVERITIES.get(word);
        case URGENCY -> samples.urgency = ProfileParts.URGENCIES.get(word);
        case CERTAINTY -> samples.certainty = ProfileParts.CERTAINTIES.get(word);
        default -> samples.status = word.equals("true") ? "Test" : ProfileParts.STATUSES.get(word);
      }
    }
    return false;
  }

  private long time(JsonParser parser, JsonToken token, String path) throws PayloadException {
    return switch (token) {
      case VALUE_NUMBER_INT ->
          fitsLong(parser) ? Times.ofNumber(parser.getLongValue()) : Samples.NO_TIME;
      case VALUE_NUMBER_FLOAT -> Times.ofNumber(parser.getDoubleValue());
      case VALUE_NULL -> Samples.NO_TIME;
      case VALUE_STRING -> timeOfText(parser.getString(), path, at(parser));
      default -> throw Faults.at(path, at(parser), "is no time; send " + Times.FORMS);
    };
  }

  private long timeOfText(String text, String path, int at) throws PayloadException {
    Long micros = Times.ofText(text, profile.timezone);
    if (micros == null) {
      throw Faults.at(path, at, Faults.quoted(text) + " is no time; send " + Times.FORMS);
    }
    return micros;
  }

  private double fraction(JsonParser parser) {
    if (textual) {
      double value =
          Numbers.ofDigits(
              parser.getStringCharacters(), parser.getStringOffset(), parser.getStringLength());
      if (!Double.isNaN(value)) {
        return value;
      }
    }
    return parser.getDoubleValue();
  }

  /** A null; or CBOR's undefined and its other simple values, which have no meaning here. */
  private static boolean isNothing(JsonParser parser, JsonToken token) {
    return token == JsonToken.VALUE_NULL
        || (token == JsonToken.VALUE_EMBEDDED_OBJECT && parser.getBinaryValue() == null);
  }

  private static boolean fitsLong(JsonParser parser) {
    return parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
  }

  /** The byte that it has come to. */
  long at() {
    return reached;
  }

  private int at(JsonParser parser) {
    reached = (int) Math.max(0, parser.currentTokenLocation().getByteOffset());
    return reached;
  }
}
