package io.sluice.engine.normalize.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.adapter.testkit.CodecContract;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadCodecFactory;
import io.sluice.api.codec.PayloadCodecs;
import io.sluice.engine.normalize.Bench;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.sample.Samples;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Nested;

/** Each codec of the gateway's own, found by its name, against the contract of all codecs. */
class BuiltInCodecsTest {
  private static PayloadCodec named(String name) {
    PayloadCodecFactory factory = Objects.requireNonNull(PayloadCodecs.find(name), name);
    return factory.create();
  }

  private static byte[] text(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  @Nested
  class Json implements CodecContract {
    @Override
    public PayloadCodec codec() {
      return named("json");
    }

    @Override
    public List<Message> messages() {
      return List.of(
          new Message(
              text("{\"a\":1,\"b\":{\"c\":2.5,\"d\":[true,\"x\"]},\"e\":null}"),
              Set.of("a", "b.c", "b.d.0", "b.d.1")),
          new Message(text("{\"ts\":1767225590000,\"v\":\"nan\"}"), Set.of("v")),
          new Message(
              text(
                  "[{\"ts\":1767225590000,\"v\":1},{\"ts\":1767225595000,\"v\":2,\"w\":3,\"w\":4}]"),
              Set.of("v", "w", "w#2")));
    }

    @Override
    public List<List<byte[]>> reordered() {
      return List.of(
          List.of(
              text("{\"a\":1,\"values\":{\"b\":2,\"c\":3},\"ts\":1767225590000}"),
              text("{\"ts\":1767225590000,\"values\":{\"c\":3,\"b\":2},\"a\":1}")));
    }
  }

  @Nested
  class Cbor implements CodecContract {
    @Override
    public PayloadCodec codec() {
      return named("cbor");
    }

    @Override
    public List<Message> messages() {
      return List.of(
          new Message(hex("a2616101616282f5617a"), Set.of("a", "b.0", "b.1")),
          new Message(hex("a2616241ff6163fb3ff8000000000000"), Set.of("b", "c")));
    }

    @Override
    public List<List<byte[]>> reordered() {
      return List.of(List.of(hex("a2616101616202"), hex("a2616202616101")));
    }
  }

  @Nested
  class SenmlJson implements CodecContract {
    @Override
    public PayloadCodec codec() {
      return named("senml-json");
    }

    @Override
    public List<Message> messages() {
      return List.of(
          new Message(
              text(
                  "[{\"bn\":\"dev-1/\",\"bt\":1767225590,\"n\":\"a\",\"u\":\"Cel\",\"v\":1.5},"
                      + "{\"n\":\"b\",\"vb\":true},{\"n\":\"c\",\"vs\":\"x\",\"t\":-5}]"),
              Set.of("a", "b", "c")),
          new Message(text("[{\"n\":\"a\",\"v\":1,\"s\":2}]"), Set.of("a", "a.sum")));
    }

    @Override
    public List<List<byte[]>> reordered() {
      return List.of(
          List.of(
              text("[{\"n\":\"a\",\"v\":1,\"t\":1767225590}]"),
              text("[{\"t\":1767225590,\"v\":1,\"n\":\"a\"}]")));
    }
  }

  @Nested
  class SenmlCbor implements CodecContract {
    @Override
    public PayloadCodec codec() {
      return named("senml-cbor");
    }

    @Override
    public List<Message> messages() {
      return List.of(
          new Message(hex("82a2006161020fa200616204f5"), Set.of("a", "b")),
          new Message(hex("81a3221a6955b8ff0061630203"), Set.of("c")));
    }
  }

  @Nested
  class Text implements CodecContract {
    @Override
    public PayloadCodec codec() {
      return named("text");
    }

    @Override
    public List<Message> messages() {
      return List.of(
          new Message(text("21.5"), Set.of("value")),
          new Message(text("a=1 b=on,c=2.5"), Set.of("a", "b", "c")),
          new Message(text("a: 1\nname: x"), Set.of("a", "name")));
    }

    @Override
    public List<List<byte[]>> reordered() {
      return List.of(List.of(text("a=1 b=2"), text("b=2;a=1")));
    }
  }

  /** A layout is a profile's, which it is given here. */
  @Nested
  class InfluxLine implements CodecContract {
    @Override
    public PayloadCodec codec() {
      return named("influx-line");
    }

    @Override
    public List<Message> messages() {
      return List.of(
          new Message(
              text("m a=1i,b=\"x\",c=2.5 1767225590000000000"), Set.of("m.a", "m.b", "m.c")),
          new Message(text("# x\nm,h=q a=t\nn a=nan\n"), Set.of("m[h=q].a", "n.a")));
    }

    @Override
    public List<List<byte[]>> reordered() {
      return List.of(
          List.of(
              text("m,k=1,h=2 a=1i,b=t 1767225590\nn c=1 1767225590"),
              text("n c=1 1767225590\nm,h=2,k=1 b=t,a=1i 1767225590")));
    }
  }

  @Nested
  class Bytes implements CodecContract {
    @Override
    public PayloadCodec codec() {
      PlannedCodec codec = (PlannedCodec) named("bytes");
      Profile profile =
          Objects.requireNonNull(
              Bench.load(
                      "id: laid-out",
                      "metrics: { a: { unit: Cel }, b: {} }",
                      "layout: { fields: [ { metric: a, offset: 0, type: i16, scale: 0.1 },"
                          + " { metric: b, offset: 2, type: f32, optional: true } ] }")
                  .profiles()
                  .find("laid-out"));
      return (payload, device, received, out) -> {
        Samples samples = new Samples();
        samples.clear(profile, profile.forms().times());
        codec.decode(payload, profile, device, received, samples);
        SampleReplay.to(out, samples);
      };
    }

    @Override
    public List<Message> messages() {
      return List.of(
          new Message(hex("00d7"), Set.of("a")),
          new Message(hex("ff85" + "41200000"), Set.of("a", "b")));
    }
  }
}
