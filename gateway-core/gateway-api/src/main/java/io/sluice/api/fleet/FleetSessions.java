package io.sluice.api.fleet;

import io.sluice.api.store.StoreUnavailableException;
import java.util.List;

/**
 * Where each device signed in last, in the whole fleet. Of two sign-ins the later has the device,
 * whichever is written first: a sign-in says how long ago it was, so that no box's clock counts.
 * Thread-safe; blocks on the network.
 */
public interface FleetSessions {
  /**
   * @param ageMicros how long ago it was, by a timer that nobody sets
   */
  record SignIn(String device, long ageMicros) {}

  /**
   * @param won whether the gateway has the device; else {@code holder} has
   * @param epoch greater each time that another gateway has it
   */
  record Claimed(String device, boolean won, String holder, long epoch) {}

  /**
   * Writes sign-ins at a gateway in one transaction. Each gateway that loses a device by it is
   * told.
   *
   * @throws StoreUnavailableException where nothing was written, or nobody knows
   */
  List<Claimed> claim(String gateway, List<SignIn> signIns);

  /**
   * Who has these devices now; those that never signed in are left out.
   *
   * @return with {@code won} where the gateway has it
   * @throws StoreUnavailableException where the database cannot be asked
   */
  List<Claimed> holders(String gateway, List<String> devices);
}
