package io.sluice.engine.config;

import io.sluice.engine.config.ConfigNode.Scalar;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where relative paths start from.
 *
 * @param own the directory of the configuration's file
 * @param pushed the folder of a configuration that came from the fleet, or null: paths that stand
 *     in its file name what is in it, where that is there
 */
record PathBase(Path own, @Nullable Path pushed) {
  /**
   * @throws java.nio.file.InvalidPathException where the text is no path
   */
  Path resolve(Scalar scalar) {
    if (pushed != null
        && scalar.location().file().equals(pushed.resolve(PushedConfiguration.FILE).toString())) {
      Path there = pushed.resolve(scalar.text());
      if (Files.exists(there)) {
        return there.normalize();
      }
    }
    return own.resolve(scalar.text());
  }
}
