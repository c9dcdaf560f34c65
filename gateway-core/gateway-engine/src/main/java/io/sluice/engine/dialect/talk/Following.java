package io.sluice.engine.dialect.talk;

import io.sluice.api.adapter.Exchange;
import io.sluice.api.adapter.Uplink;
import io.sluice.engine.dialect.signin.ChildProof;
import org.jspecify.annotations.Nullable;

/** What follows the messages of a topic. Thread-safe. */
public interface Following extends Exchange {
  /** Whether the message is to be stored. */
  boolean isKept(Uplink uplink);

  /** How its messages prove the devices that they name; null: they need not. */
  default @Nullable ChildProof proof() {
    return null;
  }
}
