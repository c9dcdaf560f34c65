package io.sluice.api.store;

import java.util.List;

/** One step of a change to a {@link RegistryStore}. */
public sealed interface Step {
  /**
   * Registers a device.
   *
   * @param device with an id that is not stored yet, else it is a conflict
   */
  record InsertDevice(StoredDevice device) implements Step {}

  /**
   * Changes a device. It is a conflict where the device stored is another than {@code before}, or
   * there is none: another gateway was first.
   *
   * @param before as the writer knows it; report intervals are compared to the millisecond
   * @param after of the same id
   */
  record UpdateDevice(StoredDevice before, StoredDevice after) implements Step {}

  /** Registers or changes a device, whatever is stored. */
  record SaveDevice(StoredDevice device) implements Step {}

  /** Removes a device with its credentials; does nothing where there is none. */
  record RemoveDevice(String device) implements Step {}

  /** Keeps what a device file's entry said when it was applied. It outlives the device. */
  record SaveSeedDigest(String device, String digest) implements Step {}

  /**
   * Keeps that a device does not come back by itself.
   *
   * @param keep how many such devices are kept, the first barred go; an {@link UnbarDevice} follows
   *     for each that goes
   */
  record BarDevice(String device, int keep) implements Step {}

  /** Lets a device come back by itself; does nothing where it may. */
  record UnbarDevice(String device) implements Step {}

  /** Adds a claim, or replaces the one with the same token. */
  record SaveClaim(StoredClaim claim) implements Step {}

  /** Removes a claim; does nothing where there is none. */
  record RemoveClaim(String tokenHash) implements Step {}

  /** Takes one use of a claim. It is a conflict where none is left, or there is no such claim. */
  record UseClaim(String tokenHash) implements Step {}

  /** Keeps what a claim gave to a device. */
  record MarkClaimed(ClaimedDevice device) implements Step {}

  /**
   * Keeps that a claim gave a device another token. It is a conflict where the one before is not
   * {@code issuedHash}.
   */
  record ReissueClaimed(String device, String issuedHash, String nextHash) implements Step {}

  /** Forgets what a claim gave to a device, where it is still this. */
  record SettleClaimed(String device, String issuedHash) implements Step {}

  /**
   * Keeps digests of known places.
   *
   * @param keep how many are kept at most, the first ones go
   */
  record AddKnownPlaces(List<Long> digests, int keep) implements Step {
    public AddKnownPlaces {
      digests = List.copyOf(digests);
    }
  }

  /** Adds a command, or replaces the one with the same number. */
  record SaveCommand(StoredCommand command) implements Step {}

  /** Removes a command; does nothing where there is none. */
  record RemoveCommand(long sequence) implements Step {}

  /** Ends the commands of a device that wait, as expired, and drops their payloads. */
  record EndCommands(String device) implements Step {}

  /**
   * Keeps up to where a copy has followed the fleet's store, in the change that brings it there.
   *
   * @param registry id of what is followed
   * @param revision up to and including which all is in the copy
   * @param scope which part of it is followed; a copy of another scope is read anew
   */
  record FollowTo(String registry, long revision, String scope) implements Step {}
}
