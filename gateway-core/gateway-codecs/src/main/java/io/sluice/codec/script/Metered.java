package io.sluice.codec.script;

import org.mozilla.javascript.BaseFunction;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.Function;
import org.mozilla.javascript.JSFunction;
import org.mozilla.javascript.NativeArray;
import org.mozilla.javascript.ScriptRuntime;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.ScriptableObject;
import org.mozilla.javascript.Undefined;
import org.mozilla.javascript.Wrapper;

/**
 * A built-in function of which the work is bounded before it begins, and counted: Rhino looks at a
 * call's bounds between instructions of the script, and a built-in function is a single one,
 * however long it takes. Immutable but for what every function of a script is.
 */
final class Metered extends BaseFunction {
  private static final long serialVersionUID = 1;

  /** Most characters of a text, and elements of an array, that a function works on. */
  static final int MOST = 1 << 17;

  private static final int UNITS_PER_INSTRUCTION = 4;
  private static final int MOST_PROTOTYPES = 10;

  /** What a call costs, beyond what it works on. */
  @FunctionalInterface
  interface Extra {
    /** Characters or elements. */
    long units(Object self, Object[] args);
  }

  private final transient Function real;
  private final transient Extra extra;
  private final String name;

  Metered(Scriptable scope, String name, Function real, Extra extra) {
    super(scope, ScriptableObject.getFunctionPrototype(scope));
    this.real = real;
    this.extra = extra;
    this.name = name;
  }

  @Override
  public Object call(Context cx, Scriptable scope, Scriptable self, Object[] args) {
    charge(cx, self, args);
    return real.call(cx, scope, self, args);
  }

  @Override
  public Scriptable construct(Context cx, Scriptable scope, Object[] args) {
    charge(cx, Undefined.instance, args);
    return real.construct(cx, scope, args);
  }

  @Override
  public String getFunctionName() {
    return name;
  }

  private void charge(Context cx, Object self, Object[] args) {
    long units = units(self);
    for (Object arg : args) {
      units += units(arg);
    }
    units += units > MOST ? 0 : extra.units(self, args);
    count(cx, units, name);
  }

  /** Counts so much work, or ends the call. */
  static void count(Context cx, long units, String what) {
    if (units > MOST) {
      throw CutOff.here(
          what + " would work on " + units + " characters or elements, more than " + MOST);
    }
    ScriptRuntime.addInstructionCount(cx, 1 + (int) (units / UNITS_PER_INSTRUCTION));
  }

  /** Characters of a text, elements of an array or of what looks like one. */
  static long units(Object value) {
    return switch (value) {
      case CharSequence text -> text.length();
      case NativeArray array -> array.getLength();
      case Function _ -> 0;
      case Scriptable object -> length(object);
      case null, default -> 0;
    };
  }

  /** Its length, where that is a mere number: a script's own function is never asked. */
  private static long length(Scriptable object) {
    if (object instanceof Wrapper) {
      return 0;
    }
    Scriptable at = object;
    for (int i = 0; i < MOST_PROTOTYPES && at != null; i++, at = at.getPrototype()) {
      if (!at.has("length", at)) {
        continue;
      }
      if (at instanceof ScriptableObject own
          && own.getGetterOrSetter("length", 0, at, false) instanceof JSFunction) {
        throw CutOff.here("gave an object whose length is a function to a built-in one");
      }
      Object length = ScriptableObject.getProperty(object, "length");
      return length instanceof Number number ? Math.max(0, number.longValue()) : 0;
    }
    return 0;
  }
}
