package io.sluice.benchmarks;

import io.sluice.api.ByteSink;
import io.sluice.api.Lane;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.upstream.ForwardSettings.Attributes;
import io.sluice.api.upstream.ForwardSettings.BadValues;
import io.sluice.api.upstream.PayloadFormats;
import io.sluice.api.upstream.RecordEncoder;
import io.sluice.engine.record.CorruptRecordException;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.RecordJson;
import io.sluice.engine.record.TemplatedJson;
import io.sluice.spool.TermDictionary;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From an encoded record to the formats of upstreams. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncodeBenchmark {
  private final EncodedRecord view = new EncodedRecord();
  private final TemplatedJson templates = new TemplatedJson();
  private final ByteSink sink = new ByteSink(1 << 12);
  private final TermDictionary dictionary = Messages.dictionary();
  private final RecordEncoder thingsBoard = encoder("thingsboard");
  private final RecordEncoder senmlJson = encoder("senml-json");
  private final RecordEncoder senmlCbor = encoder("senml-cbor");
  private final RecordEncoder protobuf = encoder("protobuf");
  private byte[] body = {};
  private long sequence;

  private static RecordEncoder encoder(String format) {
    return Objects.requireNonNull(PayloadFormats.find(format), format)
        .create(BadValues.KEEP, Attributes.ALARMS);
  }

  @Setup
  public void makeRecord() throws PayloadException {
    body = Messages.record(dictionary);
  }

  private EncodedRecord next() throws CorruptRecordException {
    return view.wrap(
        body, 0, body.length, Lane.TELEMETRY, sequence++, "k3x9abcd", dictionary.terms());
  }

  private int written(RecordEncoder encoder) throws CorruptRecordException {
    sink.clear();
    encoder.encode(next(), sink);
    return sink.length();
  }

  @Benchmark
  public int canonicalJson() throws CorruptRecordException {
    sink.clear();
    RecordJson.write(next(), sink);
    return sink.length();
  }

  /** The same by templates, as upstreams write it. */
  @Benchmark
  public int templatedJson() throws CorruptRecordException {
    sink.clear();
    templates.write(next(), sink);
    return sink.length();
  }

  @Benchmark
  public int protobuf() throws CorruptRecordException {
    return written(protobuf);
  }

  @Benchmark
  public int thingsBoard() throws CorruptRecordException {
    return written(thingsBoard);
  }

  @Benchmark
  public int senmlJson() throws CorruptRecordException {
    return written(senmlJson);
  }

  @Benchmark
  public int senmlCbor() throws CorruptRecordException {
    return written(senmlCbor);
  }
}
