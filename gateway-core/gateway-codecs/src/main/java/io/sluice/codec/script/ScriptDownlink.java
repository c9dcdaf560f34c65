package io.sluice.codec.script;

import io.sluice.api.Device;
import io.sluice.api.RejectReason;
import io.sluice.api.codec.DownlinkCodec;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.mozilla.javascript.Callable;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.Function;
import org.mozilla.javascript.NativeArray;
import org.mozilla.javascript.NativeJSON;
import org.mozilla.javascript.RhinoException;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.ScriptableObject;

/** Writes commands by a script's {@code encodeDownlink}. Confined to the thread of its sandbox. */
final class ScriptDownlink implements DownlinkCodec {
  private static final int MOST_BYTES = 1_024;
  private static final Callable AS_IT_IS = (cx, scope, self, args) -> args[1];

  private final Program program;
  private final Sandbox sandbox;

  ScriptDownlink(Program program, Sandbox sandbox) {
    this.program = program;
    this.sandbox = sandbox;
  }

  @Override
  public Downlink encode(byte[] json, Device device) throws PayloadException {
    String text = new String(json, StandardCharsets.UTF_8);
    try {
      return sandbox.call((cx, scope) -> written(cx, scope, text));
    } catch (Refusal e) {
      throw e.reason();
    } catch (CutOff e) {
      throw new PayloadException(RejectReason.INTERNAL, String.valueOf(e.getMessage()));
    } catch (StackOverflowError e) {
      throw new PayloadException(
          RejectReason.INTERNAL, program.name() + ": called itself too deep, and was cut off");
    }
  }

  private Downlink written(Context cx, Scriptable scope, String json) {
    try {
      Object data = NativeJSON.parse(cx, scope, json, AS_IT_IS);
      program.run(cx, scope);
      Function encode = Program.function(scope, "encodeDownlink");
      if (encode == null) {
        throw Refusal.of(program.name() + ": has no function encodeDownlink any more");
      }
      Scriptable input = cx.newObject(scope);
      ScriptableObject.putProperty(input, "data", data);
      ScriptableObject.putProperty(input, "variables", cx.newObject(scope));
      Object result = encode.call(cx, scope, scope, new Object[] {input});
      List<String> errors = Result.texts(Result.part(result, "errors"));
      if (!errors.isEmpty()) {
        throw Refusal.of(program.name() + " says: " + String.join("; ", errors));
      }
      return new Downlink(
          bytes(Result.part(result, "bytes")),
          port(Result.part(result, "fPort")),
          Result.texts(Result.part(result, "warnings")));
    } catch (RhinoException e) {
      throw Refusal.of(Places.of(e) + Places.words(e));
    }
  }

  private byte[] bytes(Object value) {
    if (!(value instanceof NativeArray array) || array.getLength() > MOST_BYTES) {
      throw Refusal.of(
          program.name() + " returned no bytes; return {bytes: [...]} of at most " + MOST_BYTES);
    }
    byte[] bytes = new byte[(int) array.getLength()];
    for (int i = 0; i < bytes.length; i++) {
      if (!(ScriptableObject.getProperty(array, i) instanceof Number number)
          || number.doubleValue() != number.intValue()
          || number.intValue() < -128
          || number.intValue() > 255) {
        throw Refusal.of(program.name() + " returned bytes of which element " + i + " is none");
      }
      bytes[i] = (byte) number.intValue();
    }
    return bytes;
  }

  private static int port(Object value) {
    return value instanceof Number number && number.intValue() >= 1 && number.intValue() <= 255
        ? number.intValue()
        : PayloadCodec.NO_PORT;
  }
}
