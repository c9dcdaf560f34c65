package io.sluice.cli;

import java.util.concurrent.CountDownLatch;
import java.util.function.IntSupplier;

/** Ends the program in order when the system asks it to. */
public final class Shutdown {
  private Shutdown() {}

  /**
   * Has the action run when the process is asked to end. The exit code is 0: ending is what was
   * asked for, and the virtual machine would answer with the signal's number.
   */
  public static void run(Runnable action, CountDownLatch done) {
    run(action, done, () -> ExitCode.DONE);
  }

  /**
   * The same for a program that may also end by itself.
   *
   * @param code the exit code, asked for once the action has run
   */
  public static void run(Runnable action, CountDownLatch done, IntSupplier code) {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("shutdown")
                .unstarted(() -> {
                  action.run();
                  done.countDown();
                  System.out.flush();
                  Runtime.getRuntime().halt(code.getAsInt());
                }));
  }
}
