package io.sluice.engine.registry.command;

import java.util.function.Supplier;

/** Where commands that are the fleet's go back to. Thread-safe, never blocks. */
public interface Sharing {
  /** Whether such commands may be given to devices now: nobody else may have been given them. */
  boolean mayGive();

  /**
   * One has come further.
   *
   * @param now how far; asked when it is noted, so that of two threads that tell of one command at
   *     once neither notes what the other has overtaken
   */
  void changed(String id, Supplier<SharedCommand> now);

  /** No fleet: no command is anybody else's. */
  Sharing NONE =
      new Sharing() {
        @Override
        public boolean mayGive() {
          return true;
        }

        @Override
        public void changed(String id, Supplier<SharedCommand> now) {}
      };
}
