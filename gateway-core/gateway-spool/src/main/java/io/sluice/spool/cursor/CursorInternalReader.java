package io.sluice.spool.cursor;

import io.sluice.api.Lane;
import io.sluice.spool.InternalReader;
import io.sluice.spool.SpoolBatch;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An {@link InternalReader} over a cursor. */
public record CursorInternalReader(CursorReader reader) implements InternalReader {
  @Override
  public long position(Lane lane) {
    return reader.position(lane);
  }

  @Override
  public void seek(Lane lane, long sequence) {
    reader.seek(lane, sequence);
  }

  @Override
  public @Nullable SpoolBatch read(Lane lane, int maxRecords, int maxBytes) throws IOException {
    return reader.skim(lane, maxRecords, maxBytes);
  }

  @Override
  public double held() {
    return reader.held();
  }

  @Override
  public void release() {
    reader.release();
  }

  @Override
  public boolean awaitReadable(long timeoutMillis) throws InterruptedException {
    return reader.awaitReadable(timeoutMillis);
  }

  @Override
  public void close() {
    reader.close();
  }
}
