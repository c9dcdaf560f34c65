package io.sluice.benchmarks;

import io.sluice.api.ContentType;
import io.sluice.engine.normalize.Normalized;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.PayloadException;
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

  @Benchmark
  public Normalized flatJson() throws PayloadException {
    return Messages.normalized(normalizer, ContentType.UNSPECIFIED, Messages.JSON);
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
