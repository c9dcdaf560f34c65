package io.sluice.adapter.netty;

import java.util.concurrent.atomic.AtomicInteger;

/** The places of one listener's connections. Thread-safe. */
public final class ConnectionLimit {
  private final String key;
  private final int wanted;
  private final int openFiles;
  private final int most;
  private final AtomicInteger open = new AtomicInteger();

  /**
   * @param key of the listener in the configuration, for the remedy: {@code listeners.mqtt}
   * @param wanted connections at once, as configured
   * @param openFiles the process's limit, {@link OpenFiles#limit}
   */
  public ConnectionLimit(String key, int wanted, int openFiles) {
    this.key = key;
    this.wanted = wanted;
    this.openFiles = openFiles;
    this.most = OpenFiles.connections(wanted, openFiles);
  }

  /**
   * Takes a place; false where none is left. In one step: loops set up connections side by side,
   * and the last place is one's only.
   */
  public boolean take() {
    return open.getAndUpdate(taken -> Math.min(taken + 1, most)) < most;
  }

  /** Gives one place back that was taken. */
  public void giveBack() {
    open.decrementAndGet();
  }

  /** Places that are taken. */
  public int open() {
    return open.get();
  }

  /** Why one more is refused, with the remedy. */
  public String refusal() {
    String remedy =
        most < wanted
            ? "raise the limit of open files, which is %d (ulimit -n, LimitNOFILE=)"
                .formatted(openFiles)
            : "raise %s.max-connections".formatted(key);
    return "refused: %d connections are open; %s".formatted(most, remedy);
  }
}
