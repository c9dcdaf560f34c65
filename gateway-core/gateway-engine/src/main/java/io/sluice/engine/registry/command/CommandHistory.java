package io.sluice.engine.registry.command;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The commands of all devices that ended, oldest first; {@value #MAX_ENDED} at most. Thread-safe.
 */
final class CommandHistory {
  static final int MAX_ENDED = 10_000;

  private final Deque<CommandEntry> ended = new ArrayDeque<>();
  private final Consumer<CommandEntry> forget;

  /**
   * @param forget told of each command that leaves the history, under its lock
   */
  CommandHistory(Consumer<CommandEntry> forget) {
    this.forget = forget;
  }

  /** Takes a command of before, at start. */
  synchronized void restore(CommandEntry entry) {
    ended.add(entry);
  }

  /**
   * Takes a command that has ended, and forgets what is too much.
   *
   * @param surplus what its device has too much of; null where it has not
   */
  synchronized void add(CommandEntry entry, @Nullable CommandEntry surplus) {
    ended.add(entry);
    if (surplus != null && ended.remove(surplus)) {
      forget.accept(surplus);
    }
    while (ended.size() > MAX_ENDED) {
      forget.accept(ended.remove());
    }
  }
}
