package io.sluice.engine.forward.format;

import io.sluice.api.ByteSink;
import java.io.OutputStream;

/** A sink as what generators write to. */
final class JacksonSink extends OutputStream {
  private final ByteSink sink;

  JacksonSink(ByteSink sink) {
    this.sink = sink;
  }

  @Override
  public void write(int b) {
    sink.write(b);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    sink.write(bytes, offset, length);
  }
}
