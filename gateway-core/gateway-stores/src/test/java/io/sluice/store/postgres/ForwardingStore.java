package io.sluice.store.postgres;

import io.sluice.api.store.AppliedChange;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.Step;
import java.util.List;
import java.util.function.Consumer;

/** A store that is another, but for what an implementation changes. */
interface ForwardingStore extends RegistryStore {
  RegistryStore to();

  @Override
  default long load(Loader loader) {
    return to().load(loader);
  }

  @Override
  default long apply(List<Step> steps) {
    return to().apply(steps);
  }

  @Override
  default void changes(Consumer<AppliedChange> listener) {
    to().changes(listener);
  }

  @Override
  default void probe() {
    to().probe();
  }

  @Override
  default void close() {
    to().close();
  }
}
