package io.sluice.benchmarks;

import io.sluice.api.ContentType;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.sample.Normalized;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** From a payload to an encoded record. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NormalizeBenchmark {
  private final Normalizer normalizer = Messages.normalizer();
  private final Normalizer strict = Messages.normalizer("tolerate: none");

  @Benchmark
  public Normalized flatJson() throws PayloadException {
    return Messages.normalized(normalizer, ContentType.UNSPECIFIED, Messages.JSON);
  }

  /** The same, by a profile that refuses the message for one bad field. */
  @Benchmark
  public Normalized flatJsonTolerateNone() throws PayloadException {
    return Messages.normalized(strict, ContentType.UNSPECIFIED, Messages.JSON);
  }

  /** One field in nine says that nothing was measured: it is kept as bad. */
  @Benchmark
  public Normalized flatJsonOneFieldBad() throws PayloadException {
    return Messages.normalized(normalizer, ContentType.UNSPECIFIED, Messages.ONE_BAD);
  }

  @Benchmark
  public Normalized nestedJson() throws PayloadException {
    return Messages.normalized(normalizer, ContentType.JSON, Messages.NESTED);
  }

  @Benchmark
  public Normalized senmlCbor() throws PayloadException {
    return Messages.normalized(normalizer, ContentType.SENML_CBOR, Messages.SENML_CBOR);
  }
}
