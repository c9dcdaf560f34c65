package io.sluice.api.config;

import java.util.List;

/** A settings record with rules that go over several of its options. */
public interface Checked {
  /**
   * @param key the kebab-case key at fault, below this record
   * @param message what is wrong; what to do
   */
  record Problem(String key, String message) {}

  /** All that is wrong, empty where nothing is. Called with every single option already valid. */
  List<Problem> problems();
}
