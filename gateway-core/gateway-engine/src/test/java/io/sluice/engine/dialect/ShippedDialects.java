package io.sluice.engine.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.engine.config.Faults;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The dialects of the checkout, as tests need them. */
public final class ShippedDialects {
  static final Path FOLDER = Path.of("../../config/dialects");

  private ShippedDialects() {}

  static Dialects load() {
    Faults faults = new Faults();
    Dialects dialects = Dialects.load(new DialectPlaces(FOLDER, List.of()), faults);
    assertThat(faults.list()).isEmpty();
    return dialects;
  }

  /** What topics mean where the configuration says nothing about it, all dialects read. */
  public static Topics usual() {
    Topics topics = asleep();
    assertThat(topics.table("any").hint()).isNotEmpty();
    return topics;
  }

  /** The same as a gateway begins. */
  public static Topics asleep() {
    return load().topics(List.of(), Map.of());
  }
}
