package io.sluice.codec.script;

import io.sluice.api.Device;
import io.sluice.api.RejectReason;
import io.sluice.api.codec.MeasurementSink;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadException;
import java.util.function.LongSupplier;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.Function;
import org.mozilla.javascript.RhinoException;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.ScriptableObject;
import org.mozilla.javascript.Undefined;

/**
 * Reads payloads by a script. Confined to the thread of its sandbox.
 *
 * <p>A device whose message had the script cut off is not read for {@link Penalties#PAUSE}: one
 * that sends such messages again and again holds up nobody else.
 */
final class ScriptCodec implements PayloadCodec {
  private static final Integer[] BYTES = new Integer[256];

  static {
    for (int i = 0; i < BYTES.length; i++) {
      BYTES[i] = i;
    }
  }

  private final Program program;
  private final Sandbox sandbox;
  private final Penalties penalties;

  ScriptCodec(Program program, Sandbox sandbox, LongSupplier nanoClock) {
    this.program = program;
    this.sandbox = sandbox;
    this.penalties = new Penalties(nanoClock);
  }

  @Override
  public void decode(byte[] payload, Device device, long receivedMicros, MeasurementSink out)
      throws PayloadException {
    decode(payload, NO_PORT, device, receivedMicros, out);
  }

  @Override
  public void decode(
      byte[] payload, int port, Device device, long receivedMicros, MeasurementSink out)
      throws PayloadException {
    if (payload.length > Metered.MOST) {
      throw new PayloadException(
          RejectReason.TOO_LARGE,
          "a script reads at most %d bytes, not %d".formatted(Metered.MOST, payload.length));
    }
    String paused = penalties.of(device.id());
    if (paused != null) {
      throw new PayloadException(RejectReason.INTERNAL, paused);
    }
    try {
      sandbox.<Object>call((cx, scope) -> {
        read(cx, scope, payload, port, receivedMicros, out);
        return Undefined.instance;
      });
    } catch (Refusal e) {
      throw e.reason();
    } catch (CutOff e) {
      throw new PayloadException(
          RejectReason.INTERNAL, penalties.add(device.id(), String.valueOf(e.getMessage())));
    } catch (StackOverflowError e) {
      throw new PayloadException(
          RejectReason.INTERNAL,
          penalties.add(device.id(), program.name() + ": called itself too deep, and was cut off"));
    }
  }

  private void read(
      Context cx,
      Scriptable scope,
      byte[] payload,
      int port,
      long receivedMicros,
      MeasurementSink out) {
    try {
      program.run(cx, scope);
      Object result = decoded(cx, scope, payload, port, receivedMicros);
      Result read = new Result(program.name(), out);
      if (program.entry() != Program.Entry.DECODE_UPLINK) {
        read.data(result);
        return;
      }
      read.errors(result);
      read.warnings(result);
      read.data(normalized(cx, scope, read, result));
    } catch (RhinoException e) {
      throw Refusal.of(Places.of(e) + Places.words(e));
    } catch (PayloadException e) {
      throw new Refusal(e);
    }
  }

  private Object decoded(
      Context cx, Scriptable scope, byte[] payload, int port, long receivedMicros) {
    Function decode = function(scope, program.entry().function);
    Scriptable bytes = cx.newArray(scope, boxed(payload));
    Object fPort = port == NO_PORT ? Undefined.instance : BYTES[port & 0xFF];
    return switch (program.entry()) {
      case DECODER -> decode.call(cx, scope, scope, new Object[] {bytes, fPort});
      case DECODE ->
          decode.call(cx, scope, scope, new Object[] {fPort, bytes, cx.newObject(scope)});
      case DECODE_UPLINK -> {
        long millis = receivedMicros / 1_000;
        Scriptable input = cx.newObject(scope);
        ScriptableObject.putProperty(input, "bytes", bytes);
        ScriptableObject.putProperty(input, "fPort", fPort);
        ScriptableObject.putProperty(
            input, "recvTime", cx.newObject(scope, "Date", new Object[] {(double) millis}));
        ScriptableObject.putProperty(input, "variables", cx.newObject(scope));
        yield decode.call(cx, scope, scope, new Object[] {input});
      }
    };
  }

  private Function function(Scriptable scope, String name) {
    Function found = Program.function(scope, name);
    if (found == null) {
      throw Refusal.of(program.name() + ": has no function " + name + " any more");
    }
    return found;
  }

  /** The data that {@code normalizeUplink} makes of the decoder's, where the script has it. */
  private Object normalized(Context cx, Scriptable scope, Result read, Object result)
      throws PayloadException {
    Object data = Result.part(result, "data");
    Function normalize = Program.function(scope, "normalizeUplink");
    if (normalize == null || !(data instanceof Scriptable)) {
      return data;
    }
    Scriptable input = cx.newObject(scope);
    ScriptableObject.putProperty(input, "data", data);
    Object other = normalize.call(cx, scope, scope, new Object[] {input});
    Object better = Result.part(other, "data");
    if (Result.says(other, "errors") || !(better instanceof Scriptable)) {
      read.oddities(other, "errors");
      return data;
    }
    read.oddities(other, "warnings");
    return better;
  }

  private static Object[] boxed(byte[] payload) {
    Object[] boxed = new Object[payload.length];
    for (int i = 0; i < payload.length; i++) {
      boxed[i] = BYTES[payload[i] & 0xFF];
    }
    return boxed;
  }
}
