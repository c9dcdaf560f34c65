package io.sluice.api.config;

import java.util.Collection;

/** The values that an option of text may have, where an installation decides which there are. */
public interface OptionNames {
  /** In the order in which they are shown. */
  Collection<String> names();
}
