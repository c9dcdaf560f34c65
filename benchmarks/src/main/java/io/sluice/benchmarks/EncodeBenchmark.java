package io.sluice.benchmarks;

import io.sluice.api.ByteSink;
import io.sluice.api.Lane;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.record.CorruptRecordException;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.RecordJson;
import io.sluice.engine.record.TemplatedJson;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From an encoded record to canonical JSON. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncodeBenchmark {
  private final EncodedRecord view = new EncodedRecord();
  private final TemplatedJson templates = new TemplatedJson();
  private final ByteSink sink = new ByteSink(1 << 12);
  private byte[] body = {};
  private long sequence;

  @Setup
  public void makeRecord() throws PayloadException {
    body = Messages.record();
  }

  @Benchmark
  public int canonicalJson() throws CorruptRecordException {
    sink.clear();
    RecordJson.write(view.wrap(body, 0, body.length, Lane.TELEMETRY, sequence++, "k3x9abcd"), sink);
    return sink.length();
  }

  /** The same by templates, as upstreams write it. */
  @Benchmark
  public int templatedJson() throws CorruptRecordException {
    sink.clear();
    templates.write(view.wrap(body, 0, body.length, Lane.TELEMETRY, sequence++, "k3x9abcd"), sink);
    return sink.length();
  }
}
