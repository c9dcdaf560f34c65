package io.sluice.codec.script;

import static org.mozilla.javascript.ScriptableObject.DONTENUM;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.Function;
import org.mozilla.javascript.LambdaFunction;
import org.mozilla.javascript.NativeArray;
import org.mozilla.javascript.RhinoException;
import org.mozilla.javascript.ScriptRuntime;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.ScriptableObject;
import org.mozilla.javascript.Undefined;

/**
 * The built-in objects of a sandbox: what decoders use, and nothing by which code is made at run
 * time ({@code eval}, {@code Function}), Java is reached, or another thread. Functions that work on
 * texts and arrays are {@link Metered}. All is sealed.
 */
final class Library {
  private static final Set<String> GLOBALS =
      Set.of(
          "Object",
          "Array",
          "String",
          "Number",
          "Boolean",
          "Date",
          "Math",
          "JSON",
          "RegExp",
          "Error",
          "TypeError",
          "RangeError",
          "SyntaxError",
          "ReferenceError",
          "EvalError",
          "URIError",
          "InternalError", // of a call that is too deep
          "NaN",
          "Infinity",
          "undefined",
          "isNaN",
          "isFinite",
          "parseInt",
          "parseFloat",
          "encodeURIComponent",
          "decodeURIComponent",
          "encodeURI",
          "decodeURI",
          "escape",
          "unescape",
          "Map",
          "Set",
          "Symbol",
          "ArrayBuffer",
          "DataView",
          "Int8Array",
          "Uint8Array",
          "Uint8ClampedArray",
          "Int16Array",
          "Uint16Array",
          "Int32Array",
          "Uint32Array",
          "Float32Array",
          "Float64Array");

  /** Of these, every function is metered: those of the object, and those of its prototype. */
  private static final List<String> METERED =
      List.of(
          "Object",
          "Array",
          "String",
          "Number",
          "RegExp",
          "Date",
          "Map",
          "Set",
          "ArrayBuffer",
          "DataView",
          "Int8Array",
          "Uint8Array",
          "Uint8ClampedArray",
          "Int16Array",
          "Uint16Array",
          "Int32Array",
          "Uint32Array",
          "Float32Array",
          "Float64Array",
          "Error",
          "TypeError",
          "RangeError",
          "SyntaxError",
          "ReferenceError",
          "EvalError",
          "URIError",
          "InternalError");

  /** Prototypes that no name leads to: what has one is shared by all scripts of the thread. */
  private static final List<String> UNNAMED =
      List.of(
          "Object.getPrototypeOf([][Symbol.iterator]())",
          "Object.getPrototypeOf(''[Symbol.iterator]())",
          "Object.getPrototypeOf(new Map()[Symbol.iterator]())",
          "Object.getPrototypeOf(new Set()[Symbol.iterator]())",
          "Object.getPrototypeOf('x'.matchAll(/x/g))",
          "Object.getPrototypeOf(Object.getPrototypeOf((function* () {})()))",
          "Object.getPrototypeOf(function* () {})",
          "Object.getPrototypeOf(Uint8Array.prototype)");

  private static final List<String> METERED_GLOBALS =
      List.of(
          "parseInt",
          "parseFloat",
          "encodeURIComponent",
          "decodeURIComponent",
          "encodeURI",
          "decodeURI",
          "escape",
          "unescape");

  /** Functions whose work no bound holds for, and which no decoder wants. */
  private static final Map<String, Set<String>> TAKEN =
      Map.of(
          "Array", Set.of("flat", "flatMap", "copyWithin", "fromAsync", "toSorted", "toSpliced"),
          "String", Set.of("raw", "normalize"),
          "Object",
              Set.of(
                  "groupBy",
                  "getOwnPropertySymbols",
                  "__defineGetter__",
                  "__defineSetter__",
                  "__proto__"),
          "Map", Set.of("groupBy"),
          "Symbol", // by which built-in functions find each other, past what bounds them
              Set.of(
                  "match",
                  "matchAll",
                  "replace",
                  "search",
                  "split",
                  "species",
                  "isConcatSpreadable"),
          "DataView", Set.of("getBigInt64", "getBigUint64", "setBigInt64", "setBigUint64"));

  private static final Metered.Extra NONE = (self, args) -> 0;

  /** What an error costs, which notes the whole stack. */
  private static final int UNITS_OF_ERROR = 400;

  /** A text of which every character is replaced has to be shorter by so much. */
  private static final int SPARSE = 16;

  private final Context cx;
  private final ScriptableObject top;
  private final IdentityHashMap<Object, Function> metered = new IdentityHashMap<>();

  private Library(Context cx) {
    this.cx = cx;
    this.top = cx.initSafeStandardObjects(null, false);
  }

  static ScriptableObject make(Context cx) {
    Library library = new Library(cx);
    library.build();
    return library.top;
  }

  private void build() {
    List<Object> unnamed = new ArrayList<>();
    UNNAMED.forEach(expression -> unnamed.add(object(expression)));
    Scriptable functions = object("Object.getPrototypeOf(parseInt)");
    for (Object id : top.getAllIds()) {
      if (id instanceof String name && !GLOBALS.contains(name)) {
        remove(top, name);
      }
    }
    functions(functions);
    remove(functions, "toSource");
    unnamed.forEach(each -> meterAll((Scriptable) each));
    meterAll(functions);
    METERED.forEach(this::meterClass);
    if (top.get("Symbol", top) instanceof ScriptableObject symbol) {
      TAKEN.getOrDefault("Symbol", Set.of()).forEach(each -> remove(symbol, each));
    }
    METERED_GLOBALS.forEach(name -> meter(top, name));
    Json.install(cx, top);
    define(top, "console", console());
    define(top, Concat.GUARD, function("join", args -> guard(args)));
    unnamed.add(top);
    unnamed.add(functions);
    seal(unnamed);
  }

  /** The class stays, for its prototype is that of every function; it makes none. */
  private void functions(Scriptable prototype) {
    LambdaFunction none =
        new LambdaFunction(
            top,
            "Function",
            0,
            (within, scope, self, args) -> {
              throw ScriptRuntime.constructError(
                  "TypeError", "code is not made at run time; write a function");
            });
    none.setImmunePrototypeProperty(prototype);
    none.setPrototype(prototype);
    remove(prototype, "constructor");
    define(prototype, "constructor", none);
    define(top, "Function", none);
  }

  private Scriptable object(String expression) {
    return (Scriptable) cx.evaluateString(top, expression, "library", 1, null);
  }

  private static Object guard(Object[] args) {
    if (args.length > 0 && args[0] instanceof CharSequence text) {
      Metered.count(Context.getCurrentContext(), text.length(), "joining texts");
    }
    return args.length == 0 ? Undefined.instance : args[0];
  }

  /** Does nothing: where decoders write for their author. */
  private Scriptable console() {
    Scriptable console = cx.newObject(top);
    for (String name : List.of("log", "info", "warn", "error", "debug")) {
      define(console, name, function(name, args -> Undefined.instance));
    }
    return console;
  }

  private interface Body {
    Object of(Object[] args);
  }

  private Function function(String name, Body body) {
    return new LambdaFunction(top, name, 0, (within, scope, self, args) -> body.of(args));
  }

  private static void define(Scriptable on, String name, Object value) {
    ScriptableObject.defineProperty(on, name, value, DONTENUM);
  }

  private static void remove(Scriptable from, String name) {
    if (from instanceof ScriptableObject own && own.has(name, own)) {
      own.setAttributes(name, DONTENUM);
      own.delete(name);
      if (own.has(name, own)) {
        own.put(name, own, Undefined.instance);
      }
    }
  }

  private void meterClass(String name) {
    if (!(top.get(name, top) instanceof ScriptableObject real)) {
      return;
    }
    TAKEN.getOrDefault(name, Set.of()).forEach(each -> remove(real, each));
    Object prototype = real.get("prototype", real);
    if (prototype instanceof ScriptableObject own) {
      TAKEN.getOrDefault(name, Set.of()).forEach(each -> remove(own, each));
      meterAll(own);
    }
    meterAll(real);
    if (!(real instanceof Function constructor) || !(prototype instanceof ScriptableObject own)) {
      return;
    }
    Metered guarded = new Metered(top, name, constructor, sizeOf(name));
    for (Object id : real.getAllIds()) {
      if (id instanceof String key
          && !Set.of("length", "name", "arity", "arguments").contains(key)) {
        guarded.defineProperty(key, real.get(key, real), DONTENUM);
      }
    }
    guarded.setImmunePrototypeProperty(own);
    remove(own, "constructor");
    define(own, "constructor", guarded);
    define(top, name, guarded);
  }

  /** A number as first argument is a size in bytes or elements, but of an ordinary array. */
  private static Metered.Extra sizeOf(String name) {
    if (name.endsWith("Error")) {
      return (self, args) -> UNITS_OF_ERROR;
    }
    return (name.endsWith("Array") && !name.equals("Array")) || name.equals("ArrayBuffer")
        ? (self, args) ->
            args.length > 0 && args[0] instanceof Number size ? 8 * size.longValue() : 0
        : NONE;
  }

  private void meterAll(Scriptable object) {
    if (!(object instanceof ScriptableObject own)) {
      return;
    }
    for (Object id : own.getAllIds()) {
      if (id instanceof String name && !name.equals("constructor") && !name.equals("prototype")) {
        meter(own, name);
      }
    }
  }

  private void meter(ScriptableObject object, String name) {
    if (value(object, name) instanceof Function real && !(real instanceof Metered)) {
      object.setAttributes(name, DONTENUM);
      object.put(name, object, wrapped(name, real, extra(name)));
    }
  }

  private Function wrapped(String name, Function real, Metered.Extra extra) {
    return metered.computeIfAbsent(real, any -> new Metered(top, name, real, extra));
  }

  private static Metered.Extra extra(String name) {
    return switch (name) {
      case "defineProperty", "defineProperties", "setPrototypeOf", "assign" ->
          (self, args) -> own(args);
      case "repeat" -> (self, args) -> Metered.units(self) * number(args, 0);
      case "padStart", "padEnd" -> (self, args) -> number(args, 0);
      case "join", "toString", "toLocaleString" -> Library::joined;
      case "replace", "replaceAll" ->
          (self, args) ->
              args.length > 1 ? Metered.units(self) * Metered.units(args[1]) / SPARSE : 0;
      default -> NONE;
    };
  }

  /** What is sealed cannot be defined anew either, which Rhino leaves open. */
  private static long own(Object[] args) {
    if (args.length > 0 && args[0] instanceof ScriptableObject object && object.isSealed()) {
      throw ScriptRuntime.constructError("TypeError", "a built-in object cannot be changed");
    }
    return 0;
  }

  /** What the elements of an array have in characters, and what stands between them. */
  private static long joined(Object self, Object[] args) {
    if (!(self instanceof NativeArray array)) {
      return 0;
    }
    long between = args.length > 0 ? Metered.units(args[0]) : 1;
    long all = array.getLength() * between;
    for (int i = 0; i < array.getLength() && all <= Metered.MOST; i++) {
      all += array.get(i, array) instanceof CharSequence text ? text.length() : 0;
    }
    return all;
  }

  private static long number(Object[] args, int index) {
    return args.length > index && args[index] instanceof Number number
        ? Math.max(0, (long) Math.min(Integer.MAX_VALUE, number.doubleValue()))
        : args.length > index && args[index] instanceof CharSequence text
            ? (long) Math.min(Integer.MAX_VALUE, ScriptRuntime.toNumber(text.toString()))
            : 0;
  }

  /** A property; undefined where it has a getter that wants an object of its class. */
  private static Object value(ScriptableObject object, String name) {
    try {
      return object.get(name, object);
    } catch (RhinoException e) {
      return Undefined.instance;
    }
  }

  /** Seals all that can be reached from there. */
  private static void seal(List<Object> from) {
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    from.forEach(each -> seal(each, seen));
  }

  private static void seal(Object value, Set<Object> seen) {
    if (!(value instanceof ScriptableObject object) || !seen.add(object)) {
      return;
    }
    seal(object.getPrototype(), seen);
    for (Object id : object.getAllIds()) {
      if (id instanceof String name) {
        seal(value(object, name), seen);
      }
    }
    object.sealObject();
  }
}
