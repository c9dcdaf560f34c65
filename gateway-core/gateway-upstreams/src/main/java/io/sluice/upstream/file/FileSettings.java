package io.sluice.upstream.file;

import io.sluice.api.config.Bytes;
import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import io.sluice.api.upstream.ForwardSettings;
import io.sluice.api.upstream.PayloadFormats;
import io.sluice.api.upstream.RecordEncoderFactory;
import io.sluice.api.upstream.UpstreamSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Options of a file upstream. */
public record FileSettings(
    @Option(
            doc = "Directory of the archive, made where it is missing. One upstream per directory.",
            required = true)
        Path directory,
    @Option(
            doc = "Size from which a file is finished and the next one begun.",
            def = "64MB",
            min = 1024)
        Bytes rotateBytes,
    @Option(
            doc = "Age from which a file is finished, whether or not records still come.",
            def = "1h",
            min = 1_000)
        Duration rotateAfter,
    @Option(doc = "Compression of finished files.", def = "none") Compression compress,
    @Option(
            doc =
                "Whether records count as delivered only when the disk has them (fdatasync). Without"
                    + " it a power failure loses what the operating system had not yet written.",
            def = "true")
        boolean fsync,
    @Option(
            doc =
                "Bound of the finished files together: beyond it the oldest are deleted. Without it"
                    + " none is.",
            min = 1024)
        @Nullable Bytes keepBytes,
    @Option(
            doc =
                "Bound of the number of finished files: beyond it the oldest are deleted. Without it"
                    + " none is.",
            min = 1)
        @Nullable Integer keepFiles,
    @Option(
            doc =
                "Path at or above the directory where a disk must be mounted: without it nothing is"
                    + " written, and the records wait in the spool.")
        @Nullable Path mountPoint)
    implements Checked, UpstreamSettings {
  /** How finished files are compressed. */
  public enum Compression {
    NONE,
    ZSTD
  }

  @Override
  public List<Problem> problems() {
    Path point = mountPoint;
    if (point == null || directory.normalize().startsWith(point.normalize())) {
      return List.of();
    }
    return List.of(new Problem("mount-point", "is not above directory; name a path above it"));
  }

  @Override
  public List<Problem> problems(ForwardSettings forward) {
    RecordEncoderFactory format = PayloadFormats.find(forward.format());
    if (format == null || !format.isBinary()) {
      return List.of();
    }
    return List.of(
        new Problem(
            "format",
            forward.format() + " has no lines, which a file is made of; write senml-json or json"));
  }

  @Override
  public Sole sole() {
    return new Sole("directory", realPath(directory));
  }

  /** Without links, as far as it is there. */
  private static Path realPath(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    try {
      return absolute.toRealPath();
    } catch (IOException e) {
      // Not there yet: as its parent is, or as it is written.
      Path parent = absolute.getParent();
      return parent == null ? absolute : realPath(parent).resolve(absolute.getFileName());
    }
  }
}
