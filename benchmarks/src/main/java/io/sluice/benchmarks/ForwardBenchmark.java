package io.sluice.benchmarks;

import io.sluice.api.ByteSink;
import io.sluice.api.Lane;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.upstream.ForwardSettings;
import io.sluice.api.upstream.OutboundBatch;
import io.sluice.engine.forward.RecordBatch;
import io.sluice.spool.SpoolBatch;
import io.sluice.spool.SpoolReader;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Reading records from the spool and writing them in an upstream's format. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ForwardBenchmark {
  private static final int BATCH = 1_000;
  private static final int BATCHES = 100;

  private final ByteSink sink = new ByteSink(1 << 12);
  private SpoolFolder folder;
  private SpoolReader reader;
  private Function<SpoolBatch, OutboundBatch> encoder;

  @Setup
  public void fill() throws IOException, InterruptedException, PayloadException {
    folder = new SpoolFolder();
    reader = folder.spool.reader("benchmark");
    encoder = RecordBatch.encoder(folder.spool::epoch, new ForwardSettings("json", 50, 2_000));
    for (int i = 0; i < BATCHES; i++) {
      folder.append(Messages.record(folder.spool.dictionary()), BATCH);
    }
  }

  /** A whole batch; the rest at the end of a segment is passed over. */
  private SpoolBatch next() throws IOException {
    SpoolBatch batch = readOne();
    while (batch == null || batch.count() != BATCH) {
      if (batch == null) {
        reader.rewind();
      }
      batch = readOne();
    }
    return batch;
  }

  private @Nullable SpoolBatch readOne() throws IOException {
    return reader.read(Lane.TELEMETRY, SpoolBatch.Stream.LIVE, BATCH, 1 << 20);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int read() throws IOException {
    return next().length(0);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long readAndEncode() throws IOException {
    OutboundBatch batch = encoder.apply(next());
    long bytes = 0;
    for (int i = 0; i < batch.count(); i++) {
      sink.clear();
      batch.encode(i, sink);
      bytes += sink.length();
    }
    return bytes;
  }

  @TearDown
  public void close() throws IOException {
    reader.close();
    folder.close();
  }
}
