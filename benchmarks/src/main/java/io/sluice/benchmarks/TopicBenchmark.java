package io.sluice.benchmarks;

import io.sluice.engine.config.Faults;
import io.sluice.engine.dialect.DialectPlaces;
import io.sluice.engine.dialect.Dialects;
import io.sluice.engine.dialect.RoutedTopic;
import io.sluice.engine.dialect.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What a topic means, by all dialects that are shipped, and by the code of before ({@code
 * formerly...}), which knew six of their patterns. The session's own topic allocates nothing; run
 * it with {@code -prof gc} to see it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TopicBenchmark {
  private final Topics topics =
      Dialects.load(
              new DialectPlaces(Messages.profiles().resolveSibling("dialects"), List.of()),
              new Faults())
          .topics(List.of(), Map.of());
  private String own = "telemetry";
  private String child = "telemetry/press-07";
  private String vendor = "/sys/a1SluiceDemo/pump-07/thing/event/property/post";
  private String unmapped = "tele/pump-07/LWT";

  @Benchmark
  public @Nullable RoutedTopic ownTopic() {
    return topics.route("any", own);
  }

  @Benchmark
  public @Nullable RoutedTopic childTopic() {
    return topics.route("any", child);
  }

  @Benchmark
  public @Nullable RoutedTopic vendorTopic() {
    return topics.route("any", vendor);
  }

  @Benchmark
  public @Nullable RoutedTopic unmappedTopic() {
    return topics.route("any", unmapped);
  }

  @Benchmark
  public StaticRouter.@Nullable Route formerlyOwnTopic() {
    return StaticRouter.route(own);
  }

  @Benchmark
  public StaticRouter.@Nullable Route formerlyChildTopic() {
    return StaticRouter.route(child);
  }

  @Benchmark
  public StaticRouter.@Nullable Route formerlyVendorTopic() {
    return StaticRouter.route(vendor);
  }

  @Benchmark
  public StaticRouter.@Nullable Route formerlyUnmappedTopic() {
    return StaticRouter.route(unmapped);
  }
}
