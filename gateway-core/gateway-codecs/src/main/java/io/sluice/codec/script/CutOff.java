package io.sluice.codec.script;

import org.mozilla.javascript.EvaluatorException;

/**
 * Ends a call that went beyond its bounds. An {@link Error}, so that no script can catch it. Has no
 * stack trace of its own: the message names the script's line and function.
 */
final class CutOff extends Error {
  private static final long serialVersionUID = 1;

  private CutOff(String message) {
    super(message, null, false, false);
  }

  /**
   * Made on the thread that runs the script.
   *
   * @param why what it did: {@code "ran for more than 50 ms"}
   */
  static CutOff here(String why) {
    return new CutOff(Places.of(new EvaluatorException(why)) + why + ", and was cut off");
  }
}
