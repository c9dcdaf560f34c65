package io.sluice.benchmarks;

import io.sluice.api.codec.PayloadException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Appending records until they are on disk, by the thousand as a loaded gateway does. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SpoolBenchmark {
  private static final int GROUP = 1_000;

  private SpoolFolder folder;
  private byte[] body = {};

  @Setup
  public void open() throws IOException, PayloadException {
    folder = new SpoolFolder();
    body = Messages.record(folder.spool.dictionary());
  }

  @Benchmark
  @OperationsPerInvocation(GROUP)
  public void appendSynced() throws InterruptedException {
    folder.append(body, GROUP);
  }

  @TearDown
  public void close() throws IOException {
    folder.close();
  }
}
