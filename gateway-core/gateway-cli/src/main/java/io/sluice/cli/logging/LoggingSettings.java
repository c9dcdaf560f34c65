package io.sluice.cli.logging;

import io.sluice.api.config.Bytes;
import io.sluice.api.config.Option;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the program's log goes: the section {@code logging}. */
public record LoggingSettings(
    @Option(
            doc =
                "File of the log; where it is not given, the log goes to standard error, for the"
                    + " service manager's journal.")
        @Nullable Path file,
    @Option(
            doc = "Size at which the file is set aside as FILE.1 and begun anew.",
            def = "10MB",
            min = 4096,
            max = 1L << 30)
        Bytes maxBytes,
    @Option(
            doc = "Files set aside that are kept: FILE.1 is the latest of them.",
            def = "5",
            min = 1,
            max = 20)
        int keep) {
  public static final LoggingSettings DEFAULTS = new LoggingSettings(null, new Bytes(10 << 20), 5);
}
