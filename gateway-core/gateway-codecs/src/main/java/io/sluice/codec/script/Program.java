package io.sluice.codec.script;

import io.sluice.api.codec.CodecFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.mozilla.javascript.CompilerEnvirons;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.EvaluatorException;
import org.mozilla.javascript.Function;
import org.mozilla.javascript.IRFactory;
import org.mozilla.javascript.Interpreter;
import org.mozilla.javascript.Parser;
import org.mozilla.javascript.RhinoException;
import org.mozilla.javascript.Script;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.ScriptableObject;
import org.mozilla.javascript.ast.AstNode;
import org.mozilla.javascript.ast.AstRoot;

/** A script, compiled once for all threads. Immutable, thread-safe. */
final class Program {
  /** How a script says what its bytes mean; the first that it has counts. */
  enum Entry {
    /** TS013, The Things Stack, ChirpStack 4: {@code decodeUplink({bytes, fPort})}. */
    DECODE_UPLINK("decodeUplink"),
    /** The Things Network 2: {@code Decoder(bytes, port)}. */
    DECODER("Decoder"),
    /** ChirpStack 3: {@code Decode(fPort, bytes, variables)}. */
    DECODE("Decode");

    final String function;

    Entry(String function) {
      this.function = function;
    }
  }

  /** Rhino knows no constant in the head of a loop. */
  private static final Pattern FOR_CONST = Pattern.compile("(\\bfor\\s*\\(\\s*)const(?=\\s)");

  private final String name;
  private final Script script;
  private final Entry entry;
  private final boolean encodes;

  private Program(String name, Script script, Entry entry, boolean encodes) {
    this.name = name;
    this.script = script;
    this.entry = entry;
    this.encodes = encodes;
  }

  /** What a script was found to have. */
  private record Found(@Nullable Entry entry, boolean encodes) {}

  static Program compile(Path file, String text) throws CodecFileException {
    Path last = file.getFileName();
    String name = last == null ? file.toString() : last.toString();
    try {
      Script script = Sandbox.own().call((cx, scope) -> parse(cx, name, text));
      Found found =
          Sandbox.own()
              .call((cx, scope) -> {
                script.exec(cx, scope, scope);
                return found(scope);
              });
      if (found.entry == null) {
        throw new CodecFileException(
            file,
            1,
            1,
            "has no function decodeUplink, Decoder or Decode; write function decodeUplink(input)");
      }
      return new Program(name, script, found.entry, found.encodes);
    } catch (RhinoException e) {
      throw new CodecFileException(
          file, e.lineNumber(), e.columnNumber(), e.details() + "; " + remedy(e));
    } catch (CutOff e) {
      throw new CodecFileException(
          file, 1, 1, e.getMessage() + " when it was loaded; leave the work to decodeUplink");
    } catch (StackOverflowError e) {
      throw new CodecFileException(file, 1, 1, "is nested too deep; make it simpler");
    }
  }

  private static String remedy(RhinoException fault) {
    return fault instanceof EvaluatorException
        ? "write ECMAScript 5, with let, const, arrow functions and template strings"
        : "mend it, or leave it to decodeUplink";
  }

  private static Script parse(Context cx, String name, String text) {
    CompilerEnvirons settings = new CompilerEnvirons();
    settings.initFromContext(cx);
    FirstFault faults = new FirstFault();
    String source = FOR_CONST.matcher(text).replaceAll("$1let  "); // of the same length
    AstRoot root = new Parser(settings, faults).parse(source, name, 1);
    Concat bounds = new Concat();
    root.visit(bounds);
    AstNode refused = bounds.refused();
    if (refused != null) {
      throw new EvaluatorException(
          "BigInt is not done here", name, refused.getLineno(), null, refused.getColumn());
    }
    root.visit(new Calls());
    IRFactory factory = new IRFactory(settings, name, source, faults);
    Interpreter interpreter = new Interpreter();
    Object code = interpreter.compile(settings, factory.transformTree(root), source, false);
    return interpreter.createScriptObject(code, null);
  }

  private static Found found(Scriptable scope) {
    for (Entry entry : Entry.values()) {
      if (function(scope, entry.function) != null) {
        return new Found(entry, function(scope, "encodeDownlink") != null);
      }
    }
    return new Found(null, false);
  }

  static @Nullable Function function(Scriptable scope, String name) {
    return ScriptableObject.getProperty(scope, name) instanceof Function found ? found : null;
  }

  /** The file's name, without its folder. */
  String name() {
    return name;
  }

  Entry entry() {
    return entry;
  }

  /** Whether it writes commands. */
  boolean encodes() {
    return encodes;
  }

  /** Has the script make its functions in a scope. */
  void run(Context cx, Scriptable scope) {
    script.exec(cx, scope, scope);
  }
}
