package io.sluice.upstream.file;

import io.sluice.adapter.testkit.UpstreamContract;
import io.sluice.api.config.Bytes;
import io.sluice.api.upstream.Upstream;
import io.sluice.upstream.file.FileSettings.Compression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@Tag("slow")
class FileUpstreamContractTest implements UpstreamContract {
  @TempDir private Path temporary;

  /** A directory, in whose place a file stands while it is away. */
  private record Archive(Path directory) implements FarEnd {
    private Path aside() {
      return directory.resolveSibling("aside");
    }

    @Override
    public List<String> ids() throws IOException {
      List<String> ids = new ArrayList<>();
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file :
            files.filter(each -> each.toString().contains(".jsonl")).sorted().toList()) {
          for (String line : Files.readAllLines(file)) {
            ids.add(line.substring("{\"id\":\"".length(), line.indexOf("\",\"pad")));
          }
        }
      }
      return ids;
    }

    @Override
    public void goAway() throws IOException {
      Files.createDirectories(directory);
      Files.move(directory, aside());
      Files.createFile(directory);
    }

    @Override
    public void comeBack() throws IOException {
      Files.delete(directory);
      Files.move(aside(), directory);
    }

    @Override
    public void close() {
      // the test's folder goes with it
    }
  }

  @Override
  public FarEnd farEnd() {
    return new Archive(temporary.resolve("archive"));
  }

  @Override
  public Upstream upstream(FarEnd farEnd) {
    FileSettings settings =
        new FileSettings(
            ((Archive) farEnd).directory(),
            new Bytes(1 << 20),
            Duration.ofHours(1),
            Compression.NONE,
            true,
            null,
            null,
            null);
    return new FileUpstreamFactory().create("edge-01", "archive", settings);
  }
}
