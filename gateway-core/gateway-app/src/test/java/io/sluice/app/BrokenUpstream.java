package io.sluice.app;

import io.sluice.api.ByteSink;
import io.sluice.api.config.Option;
import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.OutboundBatch;
import io.sluice.api.upstream.Upstream;
import io.sluice.api.upstream.UpstreamFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;

/** An upstream with a fault built in: one record in ten thousand is lost, or comes twice. */
final class BrokenUpstream implements Upstream {
  static final int ONE_IN = 10_000;

  /** What is wrong with it. */
  public enum Fault {
    LOSES,
    DOUBLES
  }

  /** Of the configuration. */
  public record Settings(
      @Option(doc = "Where it writes.", required = true) Path directory,
      @Option(doc = "What is wrong with it.", required = true) Fault fault) {}

  private final Settings settings;
  private final ByteSink line = new ByteSink(1 << 12);
  private OutputStream out;
  private long count;

  private BrokenUpstream(Settings settings) {
    this.settings = settings;
  }

  @Override
  public void open() throws IOException {
    Files.createDirectories(settings.directory());
    out =
        Files.newOutputStream(
            settings.directory().resolve("records.jsonl"),
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
  }

  @Override
  public CompletableFuture<Delivery> send(OutboundBatch batch) {
    try {
      for (int i = 0; i < batch.count(); i++) {
        line.clear();
        batch.encode(i, line);
        line.write('\n');
        boolean isHit = ++count % ONE_IN == 0;
        for (int times = isHit ? (settings.fault() == Fault.LOSES ? 0 : 2) : 1;
            times > 0;
            times--) {
          out.write(line.bytes(), 0, line.length());
        }
      }
      return CompletableFuture.completedFuture(new Delivery.Delivered());
    } catch (IOException e) {
      return CompletableFuture.completedFuture(new Delivery.Retry(0, e.toString()));
    }
  }

  @Override
  public void close() {
    try {
      if (out != null) {
        out.close();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Type {@code broken}. */
  public static final class Factory implements UpstreamFactory<Settings> {
    @Override
    public String type() {
      return "broken";
    }

    @Override
    public Class<Settings> settings() {
      return Settings.class;
    }

    @Override
    public Upstream create(String gateway, String name, Settings settings) {
      return new BrokenUpstream(settings);
    }
  }
}
