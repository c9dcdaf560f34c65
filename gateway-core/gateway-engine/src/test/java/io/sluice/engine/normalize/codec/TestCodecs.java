package io.sluice.engine.normalize.codec;

import io.sluice.api.Device;
import io.sluice.api.codec.MeasurementSink;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadCodecFactory;
import io.sluice.api.codec.PayloadException;
import java.nio.charset.StandardCharsets;

/** Codecs as a vendor's jar has them, of which the services of the test class path tell. */
final class TestCodecs {
  private TestCodecs() {}

  /** Lines of {@code path kind value}; what {@link MeasurementSink} has is a kind. */
  public static final class Lines implements PayloadCodecFactory {
    @Override
    public String name() {
      return "test-lines";
    }

    @Override
    public PayloadCodec create() {
      return Lines::read;
    }

    private static void read(byte[] payload, Device device, long received, MeasurementSink out)
        throws PayloadException {
      int at = 0;
      for (String line : new String(payload, StandardCharsets.UTF_8).split("\n", -1)) {
        out.at(at);
        at += line.length() + 1;
        String[] parts = line.split(" ", 3);
        String path = parts[0];
        String value = parts.length > 2 ? parts[2] : "";
        switch (parts.length > 1 ? parts[1] : "") {
          case "long" -> out.put(path, Long.parseLong(value));
          case "double" -> out.put(path, Double.parseDouble(value));
          case "boolean" -> out.put(path, Boolean.parseBoolean(value));
          case "text" -> out.put(path, value);
          case "bytes" -> out.put(path, value.getBytes(StandardCharsets.UTF_8));
          case "refuse" -> out.refuse(path, value);
          case "time" -> out.time(Long.parseLong(value));
          case "sample" -> out.sample();
          case "historical" -> out.historical();
          default -> throw new PayloadException("byte " + at + ": no line of this form; send one");
        }
      }
    }
  }

  /** Fails as its payload says. */
  public static final class Faulty implements PayloadCodecFactory {
    @Override
    public String name() {
      return "test-faulty";
    }

    @Override
    public PayloadCodec create() {
      return (payload, device, received, out) -> {
        out.put("seen", 1);
        switch (new String(payload, StandardCharsets.UTF_8)) {
          case "runtime" -> throw new ArrayIndexOutOfBoundsException("Index 9\nout of bounds");
          case "linkage" -> throw new NoClassDefFoundError("com/example/Missing");
          case "deep" -> deeper(Integer.MAX_VALUE);
          default -> out.put("fine", true);
        }
      };
    }

    private static int deeper(int depth) {
      return depth == 0 ? 0 : 1 + deeper(depth - 1);
    }
  }

  /** Puts for as long as it may, and minds no refusal. */
  public static final class Greedy implements PayloadCodecFactory {
    @Override
    public String name() {
      return "test-greedy";
    }

    @Override
    public PayloadCodec create() {
      return (payload, device, received, out) -> {
        boolean isTold = false;
        for (long i = 0; !isTold; i++) {
          try {
            out.put(payload[0] == 's' ? "same" : "v" + i, i);
          } catch (PayloadException swallowed) {
            isTold = true;
          }
        }
      };
    }
  }

  /** One that no profile names. */
  public static final class Unnamed implements PayloadCodecFactory {
    static volatile boolean isLoaded;

    @Override
    public String name() {
      return "test-unnamed";
    }

    @Override
    public PayloadCodec create() {
      return new UnnamedCodec();
    }
  }

  private static final class UnnamedCodec implements PayloadCodec {
    static {
      Unnamed.isLoaded = true;
    }

    @Override
    public void decode(byte[] payload, Device device, long received, MeasurementSink out)
        throws PayloadException {
      out.put("length", payload.length);
    }
  }
}
