package io.sluice.codec.script;

import io.sluice.api.codec.MeasurementSink;
import io.sluice.api.codec.PayloadException;
import java.util.ArrayList;
import java.util.List;
import org.mozilla.javascript.Function;
import org.mozilla.javascript.NativeArray;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.ScriptableObject;
import org.mozilla.javascript.Undefined;
import org.mozilla.javascript.Wrapper;

/**
 * What a script returned, led into a sink as the fields of a JSON document are: names joined by
 * dots, elements of an array by their index; an array as a whole, and one named {@code history},
 * are samples. Used for one call.
 */
final class Result {
  private static final int DEEPEST = 16;
  private static final int MOST_ELEMENTS = 4_096;
  private static final int MOST_TEXTS = 20;
  private static final int LONGEST_TEXT = 16_384;
  private static final int LONGEST_PATH = 256;
  private static final double EXACT = 9_007_199_254_740_992.0; // 2^53

  private final String script;
  private final MeasurementSink out;

  Result(String script, MeasurementSink out) {
    this.script = script;
    this.out = out;
  }

  /** A property of an object, undefined where it is none. */
  static Object part(Object result, String name) {
    return result instanceof Scriptable object ? Values.property(object, name) : Undefined.instance;
  }

  /** Whether there is any text under that name. */
  static boolean says(Object result, String name) {
    return !texts(part(result, name)).isEmpty();
  }

  /** The texts of an array, or one text alone. */
  static List<String> texts(Object value) {
    List<String> texts = new ArrayList<>();
    if (value instanceof NativeArray array) {
      for (int i = 0; i < Math.min(MOST_TEXTS, array.getLength()); i++) {
        texts.add(Places.text(ScriptableObject.getProperty(array, i)));
      }
    } else if (value instanceof CharSequence text && text.length() > 0) {
      texts.add(Places.text(text));
    }
    return texts;
  }

  /**
   * Refuses the payload where the script found errors.
   *
   * @throws PayloadException where it did
   */
  void errors(Object result) throws PayloadException {
    List<String> errors = texts(part(result, "errors"));
    if (!errors.isEmpty()) {
      throw new PayloadException(Refusal.oneLine(script + " says: " + String.join("; ", errors)));
    }
  }

  void warnings(Object result) throws PayloadException {
    oddities(result, "warnings");
  }

  /** Notes the texts under that name as warnings. */
  void oddities(Object result, String name) throws PayloadException {
    for (String each : texts(part(result, name))) {
      out.warn(Refusal.oneLine(script + " says: " + each));
    }
  }

  /** Takes all that was decoded. */
  void data(Object data) throws PayloadException {
    switch (data) {
      case NativeArray samples -> samples(samples, "data");
      case Function _ -> throw new PayloadException(script + " returned a function; return data");
      case Scriptable object when !Values.isDate(object) && !(object instanceof Wrapper) ->
          object(object);
      case null, default ->
          throw new PayloadException(
              script + " returned no object as data; return {data: {...}} or {errors: [...]}");
    }
  }

  private void object(Scriptable data) throws PayloadException {
    Object history = Values.property(data, "history");
    boolean isHistory = history instanceof NativeArray array && holdsObjects(array);
    for (Object id : data.getIds()) {
      if (!(isHistory && "history".equals(id))) {
        value(String.valueOf(id), Values.property(data, id), 1);
      }
    }
    if (isHistory && history instanceof NativeArray array) {
      samples(array, "history");
    }
  }

  private static boolean holdsObjects(NativeArray array) {
    return array.getLength() > 0
        && ScriptableObject.getProperty(array, 0) instanceof Scriptable first
        && !(first instanceof NativeArray)
        && !(first instanceof Function);
  }

  private void samples(NativeArray samples, String name) throws PayloadException {
    if (tooLong(name, samples)) {
      return;
    }
    for (int i = 0; i < samples.getLength(); i++) {
      Object each = ScriptableObject.getProperty(samples, i);
      if (each instanceof Scriptable sample
          && !(sample instanceof NativeArray)
          && !(sample instanceof Function)) {
        out.sample();
        fields("", sample, 1);
      } else {
        value(name + "." + i, each, 1);
      }
    }
  }

  private boolean tooLong(String path, NativeArray array) throws PayloadException {
    if (array.getLength() <= MOST_ELEMENTS) {
      return false;
    }
    out.refuse(
        path,
        "has %d elements; a script returns at most %d".formatted(array.getLength(), MOST_ELEMENTS));
    return true;
  }

  private void fields(String prefix, Scriptable object, int depth) throws PayloadException {
    for (Object id : object.getIds()) {
      value(prefix + id, Values.property(object, id), depth);
    }
  }

  private void value(String path, Object value, int depth) throws PayloadException {
    if (path.length() > LONGEST_PATH) {
      out.refuse(path.substring(0, 60), "has a name of more than 256 characters; shorten it");
      return;
    }
    switch (value) {
      case null -> {}
      case Boolean truth -> out.put(path, truth.booleanValue());
      case Number number -> number(path, number.doubleValue());
      case CharSequence text when text.length() > LONGEST_TEXT ->
          out.refuse(path, "is a text of more than " + LONGEST_TEXT + " characters; shorten it");
      case CharSequence text -> out.put(path, text.toString());
      case Function _ -> out.refuse(path, "is a function; return its result");
      case Scriptable object -> nested(path, object, depth);
      default -> {} // undefined: a field that was left out
    }
  }

  private void number(String path, double value) throws PayloadException {
    if (value == Math.rint(value) && Math.abs(value) <= EXACT) {
      out.put(path, (long) value);
    } else {
      out.put(path, value);
    }
  }

  private void nested(String path, Scriptable object, int depth) throws PayloadException {
    if (depth > DEEPEST) {
      out.refuse(
          path.substring(0, Math.min(60, path.length())),
          "is nested deeper than 16 levels, or in a circle");
    } else if (Values.isDate(object)) {
      out.put(path, Values.isoTime(object));
    } else if (object instanceof NativeArray array) {
      elements(path, array, depth);
    } else {
      fields(path + '.', object, depth + 1);
    }
  }

  private void elements(String path, NativeArray array, int depth) throws PayloadException {
    if (tooLong(path, array)) {
      return;
    }
    for (int i = 0; i < array.getLength(); i++) {
      value(path + '.' + i, ScriptableObject.getProperty(array, i), depth + 1);
    }
  }
}
