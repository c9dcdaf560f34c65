package io.sluice.codec.script;

import org.mozilla.javascript.Function;
import org.mozilla.javascript.JavaScriptException;
import org.mozilla.javascript.RhinoException;
import org.mozilla.javascript.ScriptRuntime;
import org.mozilla.javascript.ScriptStackElement;
import org.mozilla.javascript.Scriptable;

/** Where in a script something happened, in words. */
final class Places {
  private static final int LONGEST = 200;

  private Places() {}

  /** {@code "lht65.js:12 (decodeUplink): "}; empty where nobody knows. */
  static String of(RhinoException fault) {
    ScriptStackElement[] stack = fault.getScriptStack();
    if (stack.length == 0) {
      return fault.sourceName() == null
          ? ""
          : fault.sourceName() + ":" + Math.max(1, fault.lineNumber()) + ": ";
    }
    String function = stack[0].functionName;
    return stack[0].fileName
        + ":"
        + Math.max(1, stack[0].lineNumber)
        + (function == null || function.isEmpty() ? ": " : " (" + function + "): ");
  }

  /** What a script threw or ran into, in words. May run the script's own {@code toString}. */
  static String words(RhinoException fault) {
    return fault instanceof JavaScriptException thrown
            && !(thrown.getValue() instanceof Scriptable error && isError(error))
        ? "threw " + text(thrown.getValue())
        : shortened(fault.details());
  }

  private static boolean isError(Scriptable value) {
    return value.getClassName().equals("Error");
  }

  /** A value as a message shows it. */
  static String text(Object value) {
    return switch (value) {
      case CharSequence text -> shortened(text);
      case Number number -> ScriptRuntime.toString(number);
      case Boolean truth -> truth.toString();
      case Function _ -> "a function";
      case Scriptable object when isError(object) ->
          shortened(text(Values.property(object, "message")));
      case Scriptable _ -> "an object";
      case null -> "null";
      default -> "undefined";
    };
  }

  private static String shortened(CharSequence text) {
    return text.length() > LONGEST ? text.subSequence(0, LONGEST) + "..." : text.toString();
  }
}
