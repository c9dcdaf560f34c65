package io.sluice.cli;

import java.util.concurrent.CountDownLatch;

/** Ends the program in order when the system asks it to. */
public final class Shutdown {
  private Shutdown() {}

  /**
   * Has the action run when the process is asked to end. The exit code is 0: ending is what was
   * asked for, and the virtual machine would answer with the signal's number.
   */
  public static void run(Runnable action, CountDownLatch done) {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("shutdown")
                .unstarted(() -> {
                  action.run();
                  done.countDown();
                  System.out.flush();
                  Runtime.getRuntime().halt(ExitCode.DONE);
                }));
  }
}
