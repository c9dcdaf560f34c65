package io.sluice.engine.record;

import java.io.IOException;

/**
 * What came from a topic is no record that this build can count. The message says why in one line;
 * there is no stack trace, for many may come.
 */
public final class PoisonRecordException extends IOException {
  private static final long serialVersionUID = 1;

  /** What is wrong with it; the lower-case name stands in metrics. */
  public enum Kind {
    /** It has no key, or an empty one. */
    NO_KEY,
    /** It has no value. */
    EMPTY,
    /** It is larger than what is read. */
    TOO_LARGE,
    /** It begins as JSON and is none. */
    NOT_JSON,
    /** It is neither JSON nor the message of {@code sluice-record.proto}. */
    NOT_PROTOBUF,
    /** A field is missing, or has a value that it cannot have. */
    INVALID,
    /** It is of a version that is newer than this build. */
    FUTURE_VERSION,
    /** Its key is not the device that it names. */
    KEY_DIFFERS,
    /** It lies on another partition than that of its key. */
    ELSEWHERE
  }

  private final Kind kind;

  public PoisonRecordException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  static PoisonRecordException invalid(String message) {
    return new PoisonRecordException(Kind.INVALID, message);
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
