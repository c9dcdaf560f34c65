package io.sluice.cli.config;

import io.sluice.engine.config.Fault;
import io.sluice.engine.config.Faults;
import java.io.PrintWriter;
import java.util.List;

/** How faults are told. */
public final class Reports {
  private Reports() {}

  /** Prints faults, one a line; returns whether there are any. */
  public static boolean print(Faults faults, PrintWriter err) {
    return print(faults.list(), faults.count(), err);
  }

  public static boolean print(List<Fault> faults, int count, PrintWriter err) {
    faults.forEach(err::println);
    if (count > faults.size()) {
      err.println("sluice: and " + (count - faults.size()) + " faults more");
    }
    err.flush();
    return count > 0;
  }
}
