package io.sluice.engine.normalize.codec;

import io.sluice.api.Device;
import io.sluice.api.codec.MeasurementSink;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadCodecFactory;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.codec.SessionCodec;
import io.sluice.api.codec.SessionCodecFactory;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

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

  /**
   * Aliases as Sparkplug has them: on topic {@code event} a message says {@code 1=temp 2=hum}, on
   * another one {@code 1=21.5}, or {@code temp=21.5} whatever was said before.
   */
  public static final class Aliases implements SessionCodecFactory {
    static final int MAX_ALIASES = 100;

    @Override
    public String name() {
      return "test-aliases";
    }

    @Override
    public SessionCodec open(Device device) {
      return new AliasCodec();
    }
  }

  private static final class AliasCodec implements SessionCodec {
    private Map<String, String> names = Map.of();

    @Override
    public void decode(
        byte[] payload, Device device, String topic, long received, MeasurementSink out)
        throws PayloadException {
      Map<String, String> said = new HashMap<>();
      for (String pair : new String(payload, StandardCharsets.UTF_8).split(" ", -1)) {
        int sign = pair.indexOf('=');
        String key = pair.substring(0, Math.max(0, sign));
        String value = pair.substring(sign + 1);
        if (pair.equals("fail")) {
          throw new IllegalStateException("as the message wants");
        }
        if (key.isEmpty() || value.isEmpty()) {
          throw new PayloadException("a pair is key=value; send such");
        }
        if (topic.equals("event")) {
          said.put(key, value);
        } else {
          said.put(named(key), value);
        }
      }
      if (topic.equals("event")) {
        if (said.size() > Aliases.MAX_ALIASES) {
          throw new PayloadException("a birth has at most " + Aliases.MAX_ALIASES + " aliases");
        }
        out.put("aliases", said.size());
        names = said;
      } else {
        for (Map.Entry<String, String> each : said.entrySet()) {
          out.put(each.getKey(), each.getValue());
        }
      }
    }

    private String named(String key) throws PayloadException {
      boolean isAlias = key.chars().allMatch(Character::isDigit);
      String name = isAlias ? names.get(key) : key;
      if (name == null) {
        throw new PayloadException(
            "alias %s was not said in this session; send the birth again".formatted(key));
      }
      return name;
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
