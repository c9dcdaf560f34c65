package io.sluice.adapter.testkit;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * How long a test waits for what must come, where it names no time of its own. A busy machine of CI
 * takes longer than the 10 s of Awaitility for what takes a few milliseconds elsewhere. A test that
 * passes is no slower by it.
 *
 * <p>JUnit finds it by itself in each module that has this kit (junit-platform.properties of the
 * kit); no test names it.
 */
public final class Patience implements BeforeAllCallback {

  /**
   * Below the 60 s that most tests have as a whole, so that the wait itself tells what it missed.
   */
  public static final Duration LONGEST = Duration.ofSeconds(45);

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultTimeout(LONGEST);
  }
}
