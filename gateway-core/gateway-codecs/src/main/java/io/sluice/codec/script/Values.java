package io.sluice.codec.script;

import java.time.DateTimeException;
import java.time.Instant;
import org.mozilla.javascript.ScriptRuntime;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.ScriptableObject;
import org.mozilla.javascript.Undefined;
import org.mozilla.javascript.UniqueTag;

/** Reads values of a script. A getter of the script runs within the call's bounds. */
final class Values {
  private Values() {}

  /** Undefined where there is none. */
  static Object property(Scriptable object, Object id) {
    Object value =
        id instanceof Integer index
            ? ScriptableObject.getProperty(object, index)
            : ScriptableObject.getProperty(object, String.valueOf(id));
    return UniqueTag.NOT_FOUND.equals(value) ? Undefined.instance : value;
  }

  static boolean isDate(Scriptable object) {
    return object.getClassName().equals("Date");
  }

  /** ISO 8601 in UTC; {@code "Invalid Date"} where it is none. */
  static String isoTime(Scriptable date) {
    double millis = ScriptRuntime.toNumber(date.getDefaultValue(ScriptRuntime.NumberClass));
    if (!Double.isFinite(millis)) {
      return "Invalid Date";
    }
    try {
      return Instant.ofEpochMilli((long) millis).toString();
    } catch (DateTimeException e) {
      return "Invalid Date";
    }
  }
}
