package io.sluice.codec.script;

import static org.mozilla.javascript.ScriptableObject.DONTENUM;

import org.mozilla.javascript.Context;
import org.mozilla.javascript.Function;
import org.mozilla.javascript.LambdaFunction;
import org.mozilla.javascript.NativeArray;
import org.mozilla.javascript.ScriptRuntime;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.ScriptableObject;
import org.mozilla.javascript.Undefined;

/**
 * {@code JSON} of a sandbox, bounded. {@code stringify} takes one value, and neither calls {@code
 * toJSON} nor replaces anything; {@code parse} reads a text of at most {@link #DEEPEST} levels.
 */
final class Json {
  private static final int DEEPEST = 64;

  private Json() {}

  static void install(Context cx, ScriptableObject top) {
    ScriptableObject real = (ScriptableObject) top.get("JSON", top);
    Function parse = (Function) real.get("parse", real);
    Scriptable json = cx.newObject(top);
    ScriptableObject.defineProperty(
        json,
        "stringify",
        new LambdaFunction(
            top, "stringify", 1, (within, scope, self, args) -> written(within, args)),
        DONTENUM);
    ScriptableObject.defineProperty(
        json,
        "parse",
        new LambdaFunction(
            top, "parse", 1, (within, scope, self, args) -> read(within, scope, parse, args)),
        DONTENUM);
    ScriptableObject.defineProperty(top, "JSON", json, DONTENUM);
  }

  private static Object read(Context cx, Scriptable scope, Function parse, Object[] args) {
    String text = ScriptRuntime.toString(args, 0);
    Metered.count(cx, text.length(), "JSON.parse");
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
      if (depth > DEEPEST) {
        throw ScriptRuntime.constructError("SyntaxError", "the JSON is nested too deep");
      }
    }
    return parse.call(cx, scope, scope, new Object[] {text});
  }

  private static Object written(Context cx, Object[] args) {
    Object value = args.length == 0 ? Undefined.instance : args[0];
    StringBuilder out = new StringBuilder();
    return write(cx, value, out, 0) ? out.toString() : Undefined.instance;
  }

  /** False where JSON has nothing for the value. */
  private static boolean write(Context cx, Object value, StringBuilder out, int depth) {
    Metered.count(cx, out.length() / 16 + 1, "JSON.stringify");
    if (out.length() > Metered.MOST || depth > DEEPEST) {
      throw CutOff.here("JSON.stringify met a value that is too large, too deep or a circle");
    }
    switch (value) {
      case null -> out.append("null");
      case Boolean truth -> out.append(truth);
      case Number number ->
          out.append(
              Double.isFinite(number.doubleValue()) ? ScriptRuntime.toString(number) : "null");
      case CharSequence text -> quote(text.toString(), out);
      case Function _ -> {
        return false;
      }
      case NativeArray array -> array(cx, array, out, depth);
      case Scriptable date when Values.isDate(date) -> quote(Values.isoTime(date), out);
      case Scriptable object -> object(cx, object, out, depth);
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void array(Context cx, NativeArray array, StringBuilder out, int depth) {
    Metered.count(cx, array.getLength(), "JSON.stringify");
    out.append('[');
    for (int i = 0; i < array.getLength(); i++) {
      if (i > 0) {
        out.append(',');
      }
      if (!write(cx, Values.property(array, i), out, depth + 1)) {
        out.append("null");
      }
    }
    out.append(']');
  }

  private static void object(Context cx, Scriptable object, StringBuilder out, int depth) {
    out.append('{');
    boolean first = true;
    for (Object id : object.getIds()) {
      int before = out.length();
      if (!first) {
        out.append(',');
      }
      quote(String.valueOf(id), out);
      out.append(':');
      if (write(cx, Values.property(object, id), out, depth + 1)) {
        first = false;
      } else {
        out.setLength(before);
      }
    }
    out.append('}');
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        default -> {
          if (c < ' ' || Character.isSurrogate(c)) {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
