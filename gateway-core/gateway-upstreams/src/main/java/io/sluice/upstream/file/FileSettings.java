package io.sluice.upstream.file;

import io.sluice.api.config.Bytes;
import io.sluice.api.config.Option;
import java.nio.file.Path;
import java.time.Duration;
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
        @Nullable Integer keepFiles) {
  /** How finished files are compressed. */
  public enum Compression {
    NONE,
    ZSTD
  }
}
