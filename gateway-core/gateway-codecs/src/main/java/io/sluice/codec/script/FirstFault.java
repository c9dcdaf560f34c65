package io.sluice.codec.script;

import org.mozilla.javascript.ErrorReporter;
import org.mozilla.javascript.EvaluatorException;

/** Ends compilation at the first fault; warnings are for the script's author. */
final class FirstFault implements ErrorReporter {
  @Override
  public void warning(String message, String source, int line, String text, int column) {}

  @Override
  public void error(String message, String source, int line, String text, int column) {
    throw runtimeError(message, source, line, text, column);
  }

  @Override
  public EvaluatorException runtimeError(
      String message, String source, int line, String text, int column) {
    return new EvaluatorException(message, source, line, text, column);
  }
}
