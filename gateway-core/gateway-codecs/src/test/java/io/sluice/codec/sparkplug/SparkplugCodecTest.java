package io.sluice.codec.sparkplug;

import static io.sluice.codec.sparkplug.Proto.alias;
import static io.sluice.codec.sparkplug.Proto.named;
import static io.sluice.codec.sparkplug.Proto.payload;

import io.sluice.adapter.testkit.SessionCodecContract;
import io.sluice.api.codec.SessionCodecFactory;
import java.util.List;
import java.util.Set;

/** Sparkplug's payloads as any codec with a state must read them. */
class SparkplugCodecTest implements SessionCodecContract {
  private static final long MILLIS = 1_767_225_599_000L;

  @Override
  public SessionCodecFactory factory() {
    return new SparkplugCodecFactory();
  }

  @Override
  public List<Message> messages() {
    return List.of(
        new Message(
            payload(
                MILLIS,
                0,
                named("a", 3).number(10, 7),
                named("b", 10).float64(13, 0.5),
                named("c", 12).text(15, "on")),
            Set.of("a", "b", "c")),
        new Message(payload(MILLIS, 1, named("flag", 11).number(14, 1)), Set.of("flag")));
  }

  @Override
  public List<Said> exchange() {
    return List.of(
        new Said(
            "spBv1.0/G/NBIRTH/N",
            payload(
                MILLIS, 0, named("bdSeq", 4).number(11, 3), named("load", 1, 10).float64(13, 0.5)),
            false,
            Set.of("online", "load")),
        new Said(
            "spBv1.0/G/DBIRTH/N/D",
            payload(MILLIS, 1, named("level", 2, 3).number(10, 812)),
            false,
            Set.of("online", "level")),
        new Said(
            "spBv1.0/G/NDATA/N",
            payload(MILLIS, 2, alias(1).float64(13, 0.75)),
            true,
            Set.of("load")),
        new Said(
            "spBv1.0/G/DDATA/N/D",
            payload(MILLIS, 3, alias(2).number(10, 813)),
            true,
            Set.of("level")));
  }

  @Override
  public Said growing(int number) {
    return new Said(
        "spBv1.0/G/NBIRTH/N" + number,
        payload(MILLIS, 1, named("level", 1, 3).number(10, 1)),
        false,
        Set.of("online", "level"));
  }
}
