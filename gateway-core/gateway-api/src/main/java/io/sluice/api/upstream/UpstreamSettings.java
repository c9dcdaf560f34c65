package io.sluice.api.upstream;

import io.sluice.api.config.Checked.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Settings of an upstream that depend on what stands beside them in the configuration. */
public interface UpstreamSettings {
  /**
   * What no two upstreams may share.
   *
   * @param key the kebab-case key that names it
   * @param value by which it is told apart
   */
  record Sole(String key, Object value) {}

  /** What does not go with the options that every upstream has; empty where all does. */
  default List<Problem> problems(ForwardSettings forward) {
    return List.of();
  }

  /** Null where any number of upstreams may be set up alike. */
  default @Nullable Sole sole() {
    return null;
  }
}
