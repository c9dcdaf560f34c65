package io.sluice.engine.audit;

import io.sluice.api.config.Bytes;
import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import io.sluice.api.config.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the audit log is kept and for how long: the section {@code audit}. */
public record AuditSettings(
    @Option(doc = "Directory of the audit log; where it is not given, audit in the data directory.")
        @Nullable Path directory,
    @Option(
            doc = "Size at which a file of the audit log is closed and the next one begun.",
            def = "10MB",
            min = 4096,
            max = 1L << 30)
        Bytes maxFileSize,
    @Option(
            doc = "Files that are kept; the oldest beyond them are deleted, which is noted.",
            def = "10",
            min = 2,
            max = 10_000)
        int keepFiles,
    @Option(
            doc = "Age of its last event from which a file is deleted, which is noted.",
            def = "400d",
            min = 3_600_000)
        Duration keepAge,
    @Option(
            doc =
                "Key of 16 characters or more. With it the lines are chained by HMAC-SHA-256 and"
                    + " nobody without the key can rewrite them; without it by SHA-256, which shows"
                    + " changes but can be computed anew by whoever may write the files.")
        @Nullable Secret key)
    implements Checked {
  private static final int MIN_KEY_CHARACTERS = 16;

  public static final AuditSettings DEFAULTS =
      new AuditSettings(null, new Bytes(10 << 20), 10, Duration.ofDays(400), null);

  @Override
  public List<Problem> problems() {
    return key != null && key.value().length() < MIN_KEY_CHARACTERS
        ? List.of(
            new Problem(
                "key",
                "has fewer than 16 characters; make one with: head -c 32 /dev/urandom | base64"))
        : List.of();
  }
}
