package io.sluice.engine.dialect.unpack;

import io.sluice.engine.dialect.unpack.discovery.Announced;
import io.sluice.engine.dialect.unpack.read.LearnedUnits;

/** What earlier messages told of later ones. Thread-safe. */
final class Learned {
  private volatile Announced announced = new Announced();
  private volatile LearnedUnits units = new LearnedUnits();

  Announced announced() {
    return announced;
  }

  LearnedUnits units() {
    return units;
  }

  /** Goes on with what another one knows. */
  void continueFrom(Learned other) {
    announced = other.announced;
    units = other.units;
  }
}
