package io.sluice.cli;

/** What a command's exit code says. */
public final class ExitCode {
  public static final int DONE = 0;

  /** Failed while running. */
  public static final int FAILED = 1;

  /** Bad usage or configuration. */
  public static final int USAGE = 2;

  /** An audit does not hold. */
  public static final int AUDIT = 3;

  /** The gateway is to be started again, by whatever starts it: EX_TEMPFAIL of sysexits.h. */
  public static final int RESTART = 75;

  private ExitCode() {}
}
