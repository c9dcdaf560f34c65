package io.sluice.api.operator;

import io.sluice.api.operator.DeviceDirectory.InvalidDeviceException;
import java.time.Duration;
import java.util.List;

/**
 * Claim tokens: who shows one registers itself, as many times and as long as the token allows.
 * Thread-safe; may block on the database.
 */
public interface ClaimService {
  /**
   * Makes a claim token (256 random bits), shown this once.
   *
   * @throws InvalidDeviceException where a field is wrong; the message names it and the remedy
   */
  String issue(ClaimSpec spec) throws InvalidDeviceException;

  /** The claims that can still be used, in the order of their names. */
  List<ClaimView> list();

  /** Ends a claim. False where there is none of that name. */
  boolean withdraw(String name);

  /**
   * @param name unique among the claims
   * @param profile of the devices registered by it
   * @param pattern of the ids that they may take: {@code *} is any text, {@code ?} any character
   * @param uses 1 to 100,000 devices
   * @param expiry 1 minute to 366 days from now
   */
  record ClaimSpec(
      String name,
      String profile,
      String sector,
      String site,
      String pattern,
      int uses,
      Duration expiry) {}

  /**
   * @param usesLeft devices that may still be registered by it
   */
  record ClaimView(
      String name,
      String profile,
      String sector,
      String site,
      String pattern,
      int usesLeft,
      long createdMicros,
      long expiresMicros) {}
}
