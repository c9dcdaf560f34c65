package io.sluice.spool.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The random name of a spool, in a file of its own. */
public record SpoolEpoch(SpoolFiles files) {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolEpoch.class);
  private static final String DIGITS = "abcdefghijkmnpqrstuvwxyz23456789";
  private static final int CHARS = 8;

  /**
   * @param isNew whether it was made just now
   */
  public record Found(String name, boolean isNew) {}

  /** As it is in the file; made where there is none, or what stands there is no name. */
  public Found of(Path file) throws IOException {
    if (files.exists(file)) {
      String epoch = text(file);
      if (isName(epoch)) {
        return new Found(epoch, false);
      }
      Path aside = DamagedFiles.setAside(files, file);
      LOG.error(
          "spool: {} is damaged or cannot be read; it is kept as {}, and records have new ids from now on",
          file,
          aside.getFileName());
    }
    String made = random();
    new SmallFile(file, files).write(made + "\n");
    return new Found(made, true);
  }

  /** Empty where the disk does not give it: a bad sector holds up no start. */
  private String text(Path file) {
    try {
      return new SmallFile(file, files).readPatiently().strip();
    } catch (IOException e) {
      LOG.error("spool: {}: {}", file, e.getMessage());
      return "";
    }
  }

  static boolean isName(String text) {
    return text.length() == CHARS && text.chars().allMatch(c -> DIGITS.indexOf(c) >= 0);
  }

  static String random() {
    SecureRandom random = new SecureRandom();
    StringBuilder made = new StringBuilder();
    for (int i = 0; i < CHARS; i++) {
      made.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
    }
    return made.toString();
  }
}
