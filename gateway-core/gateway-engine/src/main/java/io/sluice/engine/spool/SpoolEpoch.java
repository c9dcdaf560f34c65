package io.sluice.engine.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The random name of a spool, in a file of its own. */
record SpoolEpoch(SpoolFiles files) {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolEpoch.class);
  private static final String DIGITS = "abcdefghijkmnpqrstuvwxyz23456789";
  private static final int CHARS = 8;

  /** As it is in the file; made where there is none, or what stands there is no name. */
  String of(Path file) throws IOException {
    if (files.exists(file)) {
      String epoch = new SmallFile(file, files).read().strip();
      if (epoch.length() == CHARS && epoch.chars().allMatch(c -> DIGITS.indexOf(c) >= 0)) {
        return epoch;
      }
      Path aside = DamagedFiles.setAside(files, file);
      LOG.error(
          "spool: {} is damaged; it is kept as {}, and records have new ids from now on",
          file,
          aside.getFileName());
    }
    SecureRandom random = new SecureRandom();
    StringBuilder made = new StringBuilder();
    for (int i = 0; i < CHARS; i++) {
      made.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
    }
    new SmallFile(file, files).write(made + "\n");
    return made.toString();
  }
}
