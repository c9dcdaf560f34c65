package io.sluice.engine.normalize.codec;

import io.sluice.api.Device;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.codec.ShapeReader.Selection;
import io.sluice.engine.normalize.profile.CapWords;
import io.sluice.engine.normalize.profile.Metric;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profile.Unknown;
import io.sluice.engine.normalize.profile.Shape;
import io.sluice.engine.normalize.profile.Target;
import io.sluice.engine.normalize.profile.Target.Field;
import io.sluice.engine.normalize.profile.Target.Role;
import io.sluice.engine.normalize.sample.Samples;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
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
  static final String NAMELESS = "_";

  private static final Set<String> ENVELOPE =
      Set.of("id", "version", "method", "sys", "src", "dst", "jsonrpc", "clientToken");

  final LeafReader leaves = new LeafReader();
  Profile profile = Profile.generic("");
  Samples samples = new Samples();
  Lookahead lookahead = new Lookahead(DocumentFormat.JSON);
  long sampleTime;

  /** Where the times came from, by the depth of samples within samples. */
  private SeenTime[] seenTimes = new SeenTime[DocumentFormat.MAX_DEPTH + 1];

  int sampleDepth;
  @Nullable Map<String, Target> scope;

  /** The element in hand that a selector of the profile chose. */
  @Nullable Selection selection;

  /** Made with the first message that has a shape. */
  private @Nullable ShapeReader shapes;

  private boolean wrapped;
  private boolean framed;
  int wraps;

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
    selection = null;
    sampleDepth = 0;
    framed = !samples.frame.isEmpty();
    JsonToken token = parser.nextToken();
    switch (token) {
      case null -> throw new PayloadException("the payload is empty; send an object");
      case START_OBJECT -> samples.time = sample(parser, "");
      case START_ARRAY -> {
        if (profile.root() == null || profile.root() instanceof Shape.Series) {
          elements(parser, "");
        } else {
          samples.time = whole(parser, token);
        }
      }
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
  long sample(JsonParser parser, String prefix) throws PayloadException {
    if (prefix.isEmpty() && profile.root() != null && sampleDepth == 0) {
      return whole(parser, JsonToken.START_OBJECT);
    }
    int from = samples.count;
    long outer = begin();
    int ordinal = samples.begun;
    fields(parser, prefix, false);
    return end(from, ordinal, outer);
  }

  /** A message, or a sample of it, that has a shape of its own. */
  private long whole(JsonParser parser, JsonToken token) throws PayloadException {
    int from = samples.count;
    long outer = begin();
    int ordinal = samples.begun;
    Shape root = profile.root();
    if (root == null || !shapes().read(parser, token, "", root)) {
      if (token == JsonToken.START_ARRAY) {
        elements(parser, "");
      } else {
        fields(parser, "", false);
      }
    }
    return end(from, ordinal, outer);
  }

  /** Begins a sample; returns the time of the one around it. */
  long begin() {
    long outer = sampleTime;
    sampleTime = Samples.NO_TIME;
    samples.beginSample();
    sampleDepth++;
    return outer;
  }

  /** Ends the sample with that ordinal; returns its time. */
  long end(int from, int ordinal, long outer) {
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
  void fields(JsonParser parser, String prefix, boolean timed) throws PayloadException {
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      String own = name.isEmpty() ? NAMELESS : name;
      field(parser, prefix.isEmpty() ? own : prefix.concat(own), timed);
    }
  }

  private void field(JsonParser parser, String path, boolean timed) throws PayloadException {
    JsonToken token = parser.nextToken();
    lead(parser, token, path, target(path), timed);
  }

  /** Takes a value to where its path leads. */
  void lead(JsonParser parser, JsonToken token, String path, @Nullable Target target, boolean timed)
      throws PayloadException {
    switch (target) {
      case Field field -> known(parser, token, path, field, timed);
      case Role role -> {
        isCapWord = false;
        if (!role(parser, token, path, role)) {
          unknown(parser, token, path, timed, role == Role.TIME || isCapWord);
        }
      }
      case Shape shape -> {
        if (!shapes().read(parser, token, path, shape)) {
          lead(parser, token, path, shape.inner(), timed);
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
    if (target instanceof Field || target instanceof Shape) {
      lead(parser, token, path, target, false);
    } else {
      unknown(parser, token, path, false, false);
    }
  }

  private ShapeReader shapes() {
    ShapeReader own = shapes;
    if (own == null) {
      own = new ShapeReader(this);
      shapes = own;
    }
    return own;
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
  void unknown(JsonParser parser, JsonToken token, String path, boolean timed, boolean reserved)
      throws PayloadException {
    if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
      container(parser, token, path, timed);
    } else if (!LeafReader.isNothing(parser, token)) {
      leaves.unknown(parser, token, path, reserved, reserved && isCapWord, wraps == 0);
    }
  }

  @Nullable Target target(String path) {
    Target own = scope == null ? null : scope.get(path);
    Target found = own == null ? profile.target(path) : own;
    if (found == null && selection != null) {
      found = selected(selection, path);
    }
    return found == null && framed ? framed(path) : found;
  }

  private @Nullable Target selected(Selection chosen, String path) {
    for (String each : chosen.meaning(path)) {
      Target own = scope == null ? null : scope.get(each);
      Target found = own == null ? profile.target(each) : own;
      if (found != null) {
        return found;
      }
    }
    return null;
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
      if (name.equals("value") || (name.equals("Value") && target(below) == null)) {
        value(parser, token, path); // an official sample has a capital
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
        sample(parser, "");
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
    if (sampleDepth >= seenTimes.length) {
      seenTimes = Arrays.copyOf(seenTimes, 2 * sampleDepth); // documents within documents
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
    Map<String, Target> outer = scope;
    Selection around = selection;
    fields(parser, open(path), params);
    scope = outer;
    selection = around;
    wraps--;
    return true;
  }

  /**
   * Lets the paths hold that lead through this place; returns what stands before the names in
   * there: nothing, but within an element its path, so that elements stay apart.
   */
  String open(String path) {
    if (selection != null) {
      selection = new Selection(path, List.of(""), selection);
      return path + '.';
    }
    Map<String, Target> own = profile.scope(path);
    scope = own == null ? scope : own;
    return "";
  }

  private boolean samples(JsonParser parser, JsonToken start, String path) throws PayloadException {
    if (!start.isStructStart()) {
      return false;
    }
    wraps++;
    Map<String, Target> outer = scope;
    Selection around = selection;
    String prefix = open(path);
    if (start == JsonToken.START_OBJECT) {
      sample(parser, prefix);
    } else {
      samples.history = true;
      rows(parser, path, prefix);
    }
    scope = outer;
    selection = around;
    wraps--;
    return true;
  }

  private void rows(JsonParser parser, String path, String prefix) throws PayloadException {
    int index = 0;
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (token == JsonToken.START_OBJECT) {
        sample(parser, prefix);
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
