package io.sluice.sim.net;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Paho's own log, which goes to stderr by java.util.logging, with the stack traces of clients that
 * were given up in the middle of connecting. What matters of it comes by the callbacks too.
 */
public final class PahoLog {
  /** Held: java.util.logging forgets the level of a logger that nobody has. */
  private static final Logger LOG = Logger.getLogger("org.eclipse.paho.mqttv5");

  private PahoLog() {}

  /** Silences it. Any thread, any number of times. */
  public static void silence() {
    LOG.setLevel(Level.OFF);
  }
}
