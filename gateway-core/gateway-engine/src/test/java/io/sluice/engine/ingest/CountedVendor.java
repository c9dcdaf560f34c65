package io.sluice.engine.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.api.Downlink;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.SessionUnpacker;
import io.sluice.api.dialect.Unpacker;
import io.sluice.api.dialect.UnpackerFactory;
import io.sluice.api.dialect.VendorSession;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A vendor whose messages are numbers, which come in order from 0 on; one that runs ahead waits,
 * and where what is missing does not come it is asked for. {@code come NAME} and {@code go NAME}
 * tell of devices. {@code of NAME} is two values of a device, -1 and -2, and {@code 7 of NAME} a
 * number of it. {@code count} is the number that is due.
 */
public final class CountedVendor implements UnpackerFactory {
  static final long PATIENCE_MICROS = 2_000_000;

  /** What was taken apart and did not wait, in order. */
  static final List<String> unpacked = new CopyOnWriteArrayList<>();

  @Override
  public String name() {
    return "counted";
  }

  @Override
  public Unpacker create() {
    return (SessionUnpacker) _ -> new Counted();
  }

  private static final class Counted implements VendorSession {
    private final List<Downlink> wanted = new ArrayList<>();
    private int next;

    @Override
    public long patienceMicros() {
      return PATIENCE_MICROS;
    }

    @Override
    public @Nullable List<Part> unpack(
        String topic, byte[] payload, long receivedMicros, boolean mayWait)
        throws PayloadException {
      String text = new String(payload, UTF_8);
      if (text.startsWith("of ")) {
        unpacked.add(text);
        return again(topic, payload, receivedMicros);
      }
      if (text.startsWith("come ")) {
        return List.of(Part.of(new byte[0]).ofDevice(text.substring(5)).telling(Part.Life.BIRTH));
      }
      if (text.startsWith("go ")) {
        return List.of(Part.of(new byte[0]).ofDevice(text.substring(3)).telling(Part.Life.DEATH));
      }
      if (text.equals("what")) {
        throw new PayloadException("is no number; send one");
      }
      if (text.equals("count")) {
        return again(topic, payload, receivedMicros);
      }
      int number = number(text);
      if (number > next && mayWait) {
        return null;
      }
      if (number > next) {
        wanted.add(new Downlink("ask", String.valueOf(next).getBytes(UTF_8)));
      }
      next = Math.max(next, number + 1);
      unpacked.add(text);
      return again(topic, payload, receivedMicros);
    }

    @Override
    public List<Part> again(String topic, byte[] payload, long receivedMicros) {
      String text = new String(payload, UTF_8);
      if (text.equals("count")) {
        return List.of(part(next, null));
      }
      int at = text.indexOf("of ");
      String device = at < 0 ? null : text.substring(at + 3);
      return at == 0
          ? List.of(part(-1, device), part(-2, device))
          : List.of(part(number(text), device));
    }

    private static Part part(int number, @Nullable String device) {
      Part part = Part.of(out -> out.put("n", number));
      return device == null ? part : part.ofDevice(device);
    }

    private static int number(String text) {
      int end = text.indexOf(' ');
      return Integer.parseInt(end < 0 ? text : text.substring(0, end));
    }

    @Override
    public List<Downlink> requests(long nowMicros) {
      List<Downlink> now = List.copyOf(wanted);
      wanted.clear();
      return now;
    }
  }
}
