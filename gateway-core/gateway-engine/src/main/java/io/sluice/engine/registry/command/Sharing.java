package io.sluice.engine.registry.command;

/** Where commands that are the fleet's go back to. Thread-safe, never blocks. */
public interface Sharing {
  /** Whether such commands may be given to devices now: nobody else may have been given them. */
  boolean mayGive();

  /** One has come further. */
  void changed(SharedCommand command);

  /** No fleet: no command is anybody else's. */
  Sharing NONE =
      new Sharing() {
        @Override
        public boolean mayGive() {
          return true;
        }

        @Override
        public void changed(SharedCommand command) {}
      };
}
