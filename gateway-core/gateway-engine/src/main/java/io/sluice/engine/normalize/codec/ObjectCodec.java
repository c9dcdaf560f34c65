package io.sluice.engine.normalize.codec;

import io.sluice.api.Device;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.CapWords;
import io.sluice.engine.normalize.profile.Metric;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profile.Unknown;
import io.sluice.engine.normalize.profile.Target;
import io.sluice.engine.normalize.profile.Target.Field;
import io.sluice.engine.normalize.profile.Target.Role;
import io.sluice.engine.normalize.sample.Samples;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Objects of JSON and CBOR, streamed: fields flattened with dots, array elements by their index,
 * each led by the profile's paths into a metric or the message's frame. A null is a field that was
 * left out. Used by one thread at a time.
 */
final class ObjectCodec implements DocumentReader {
  /** What stands for an empty name. */
  private static final String NAMELESS = "_";

  private static final Set<String> ENVELOPE =
      Set.of("id", "version", "method", "sys", "src", "dst", "jsonrpc");

  private final LeafReader leaves = new LeafReader();
  private Profile profile = Profile.generic("");
  private Samples samples = new Samples();
  private Lookahead lookahead = new Lookahead(DocumentFormat.JSON);
  private long sampleTime;

  /** Where the times came from, by the depth of samples within samples. */
  private final SeenTime[] seenTimes = new SeenTime[DocumentFormat.MAX_DEPTH + 1];

  private int sampleDepth;
  private @Nullable Map<String, Target> scope;
  private boolean wrapped;
  private boolean framed;
  private int wraps;

  /** Whether the field in hand is a word of CAP 1.2: it is kept, whatever becomes of others. */
  private boolean isCapWord;

  @Override
  public void decode(
      JsonParser parser,
      Profile profile,
      Device device,
      Samples samples,
      Lookahead lookahead,
      long receivedMicros)
      throws PayloadException {
    leaves.begin(parser, profile, samples, receivedMicros);
    this.profile = profile;
    this.samples = samples;
    this.lookahead = lookahead;
    wrapped = false;
    wraps = 0;
    sampleTime = Samples.NO_TIME;
    scope = null;
    sampleDepth = 0;
    framed = !samples.frame.isEmpty();
    JsonToken token = parser.nextToken();
    switch (token) {
      case null -> throw new PayloadException("the payload is empty; send an object");
      case START_OBJECT -> samples.time = sample(parser);
      case START_ARRAY -> elements(parser, "");
      default -> value(parser, token, profile.text().value());
    }
    if (parser.nextToken() != null) {
      throw new PayloadException(
          "byte " + leaves.at(parser) + ": something follows the document; send one in a message");
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
    int ordinal = samples.begun;
    sampleDepth++;
    fields(parser, "", false);
    sampleDepth--;
    long own = sampleTime;
    if (samples.begun == ordinal) {
      samples.fillTime(from, own);
    } else {
      samples.fillTimeInOrder(from, own, ordinal, profile.spacingMicros());
    }
    sampleTime = outer;
    return own;
  }

  /**
   * @param timed whether a field may be {@code {"value":..,"time":..}}
   */
  private void fields(JsonParser parser, String prefix, boolean timed) throws PayloadException {
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      String own = name.isEmpty() ? NAMELESS : name;
      field(parser, prefix.isEmpty() ? own : prefix.concat(own), timed);
    }
  }

  private void field(JsonParser parser, String path, boolean timed) throws PayloadException {
    JsonToken token = parser.nextToken();
    Target target = target(path);
    switch (target) {
      case Field field -> known(parser, token, path, field, timed);
      case Role role -> {
        isCapWord = false;
        if (!role(parser, token, path, role)) {
          unknown(parser, token, path, timed, role == Role.TIME || isCapWord);
        }
      }
      case null -> {
        if (timed && token == JsonToken.START_OBJECT && path.equals("value")) {
          fields(parser, "", true); // an Alink event's values
        } else {
          unknown(parser, token, path, timed, false);
        }
      }
    }
  }

  private void value(JsonParser parser, JsonToken token, String path) throws PayloadException {
    Target target = target(path);
    if (target instanceof Field field) {
      known(parser, token, path, field, false);
    } else {
      unknown(parser, token, path, false, false);
    }
  }

  private void known(JsonParser parser, JsonToken token, String path, Field field, boolean timed)
      throws PayloadException {
    if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
      container(parser, token, path, timed);
      return;
    }
    if (LeafReader.isNothing(parser, token)) {
      return;
    }
    int at = leaves.at(parser);
    Field meant = field.when() == null ? field : leaves.meant(parser, token, field);
    if (meant == null && scope != null && profile.target(path) instanceof Field elsewhere) {
      meant = leaves.meant(parser, token, elsewhere);
    }
    if (meant == null || !samples.claim(meant, at)) {
      unknown(parser, token, path, timed, false);
      return;
    }
    leaves.take(parser, token, path, meant, at);
  }

  /**
   * @param reserved whether the profile gives the name a meaning that this value cannot have
   */
  private void unknown(
      JsonParser parser, JsonToken token, String path, boolean timed, boolean reserved)
      throws PayloadException {
    if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
      container(parser, token, path, timed);
    } else if (!LeafReader.isNothing(parser, token)) {
      leaves.unknown(parser, token, path, reserved, reserved && isCapWord, wraps == 0);
    }
  }

  private @Nullable Target target(String path) {
    Target own = scope == null ? null : scope.get(path);
    Target target = own == null ? profile.target(path) : own;
    return target == null && framed ? framed(path) : target;
  }

  /** What the dialect says of a field of which the profile says nothing. */
  private @Nullable Target framed(String path) {
    return switch (samples.frame.get(path)) {
      case UNWRAP -> Role.UNWRAP;
      case SAMPLES -> Role.SAMPLES;
      case TIME -> Role.TIME;
      case IGNORE -> Role.IGNORE;
      case null -> null;
    };
  }

  private void container(JsonParser parser, JsonToken token, String path, boolean timed)
      throws PayloadException {
    if (path.length() > Metric.MAX_NAME_BYTES) {
      tooFar(parser, path);
    } else if (token == JsonToken.START_ARRAY) {
      BigDecimal scaled = lookahead.bigfloat(parser);
      if (scaled == null) {
        elements(parser, path);
      } else {
        leaves.bigfloat(scaled, target(path), path);
      }
    } else if (timed) {
      timedFields(parser, path);
    } else {
      fields(parser, path + '.', false);
    }
  }

  /** No value below can be kept under its name, nor be known: no profile's path is that long. */
  private void tooFar(JsonParser parser, String path) throws PayloadException {
    if (profile.unknown() != Unknown.DROP) {
      samples.fault(Samples.nameTooLong(path, leaves.at(parser)));
    }
    parser.skipChildren();
  }

  /** Alink's {@code {"value":..,"time":..}}, in any order, with whatever else beside them. */
  private void timedFields(JsonParser parser, String path) throws PayloadException {
    int from = samples.count;
    long time = Samples.NO_TIME;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      String below = path + '.' + (name.isEmpty() ? NAMELESS : name);
      if (name.equals("value")) {
        value(parser, token, path);
      } else if (name.equals("time") && target(below) == null) {
        time = leaves.time(parser, token);
        if (time == Samples.NO_TIME) {
          unknown(parser, token, below, false, true);
        }
      } else {
        value(parser, token, below);
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
      case TIME -> observed(parser, token, path);
      case HISTORICAL -> token.isBoolean() && historical(token == JsonToken.VALUE_TRUE);
      case UNWRAP, PARAMS -> unwrap(parser, token, path, role == Role.PARAMS);
      case SAMPLES -> samples(parser, token, path);
      case HISTORY -> token == JsonToken.START_ARRAY && samples(parser, token, path);
      case SERVICES -> token == JsonToken.START_ARRAY && services(parser);
      case SEVERITY, URGENCY, CERTAINTY, STATUS ->
          cap(role, token == JsonToken.VALUE_STRING ? parser.getString() : token.asString());
      case IGNORE -> ignored(parser);
    };
  }

  /** Of several times the one whose path the profile names first counts; the others are fields. */
  private boolean observed(JsonParser parser, JsonToken token, String path)
      throws PayloadException {
    long micros = leaves.time(parser, token);
    if (micros == Samples.NO_TIME) {
      return false;
    }
    SeenTime seen = seenTimes[sampleDepth];
    if (seen == null) {
      seen = new SeenTime();
      seenTimes[sampleDepth] = seen;
    }
    if (sampleTime != Samples.NO_TIME) {
      if (!profile.goesBefore(path, seen.path())) {
        return false;
      }
      seen.keep(samples, profile);
    }
    seen.note(parser, token, path, leaves.at(parser));
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

  private boolean unwrap(JsonParser parser, JsonToken token, String path, boolean params)
      throws PayloadException {
    if (token != JsonToken.START_OBJECT) {
      return false;
    }
    wrapped |= params;
    wraps++;
    Map<String, Target> outer = enter(path);
    fields(parser, "", params);
    scope = outer;
    wraps--;
    return true;
  }

  /** Lets the paths hold that lead through this place; returns those that held before. */
  private @Nullable Map<String, Target> enter(String path) {
    Map<String, Target> outer = scope;
    Map<String, Target> own = profile.scope(path);
    scope = own == null ? outer : own;
    return outer;
  }

  private boolean samples(JsonParser parser, JsonToken start, String path) throws PayloadException {
    if (!start.isStructStart()) {
      return false;
    }
    wraps++;
    Map<String, Target> outer = enter(path);
    if (start == JsonToken.START_OBJECT) {
      sample(parser);
    } else {
      samples.history = true;
      rows(parser, path);
    }
    scope = outer;
    wraps--;
    return true;
  }

  private void rows(JsonParser parser, String path) throws PayloadException {
    int index = 0;
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (token == JsonToken.START_OBJECT) {
        sample(parser);
      } else {
        value(parser, token, path + '.' + index);
      }
      index++;
    }
  }

  /** Huawei IoTDA's services; false where the array holds something else. */
  private boolean services(JsonParser parser) throws PayloadException {
    Lookahead.Services found = lookahead.services(parser);
    if (found == null) {
      return false;
    }
    wraps++;
    int index = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      service(parser, found, index++);
    }
    wraps--;
    return true;
  }

  /**
   * One service; its id is no measurement. It stands before the name of a property that another
   * service has too, and of one that the profile leads from there.
   */
  private void service(JsonParser parser, Lookahead.Services services, int index)
      throws PayloadException {
    int from = samples.count;
    long time = Samples.NO_TIME;
    String id = services.id(index);
    samples.beginSample();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      if (name.equals("properties") && token == JsonToken.START_OBJECT) {
        for (String property = parser.nextName(); property != null; property = parser.nextName()) {
          String full = id + '.' + property;
          boolean own = services.isShared(property) || target(full) != null;
          field(parser, own ? full : property, false);
        }
      } else if (name.equals("event_time") || name.equals("eventTime")) {
        time = leaves.time(parser, token);
        if (time == Samples.NO_TIME) {
          unknown(parser, token, id + '.' + name, false, true);
        }
      } else if (name.equals("service_id") || name.equals("serviceId")) {
        parser.skipChildren();
      } else {
        value(parser, token, id + '.' + name);
      }
    }
    samples.fillTime(from, time);
  }

  /** Notes whether it is a word of CAP 1.2; the field itself stays a field like any other. */
  private boolean cap(Role role, @Nullable String word) {
    isCapWord = word != null && CapWords.isWord(role, word);
    return false;
  }

  @Override
  public long at() {
    return leaves.reached();
  }
}
