package io.sluice.api.operator;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The device registry, as operators use it. Thread-safe; may block on the database. */
public interface DeviceDirectory {
  /**
   * Devices in the order of their ids.
   *
   * @param after id after which to begin, or null
   * @param limit 1 to 1000
   */
  List<DeviceView> list(Filter filter, @Nullable String after, int limit);

  @Nullable DeviceView get(DeviceId id);

  /**
   * Adds a device, or replaces what is there; credentials that the spec leaves out stay.
   *
   * @throws InvalidDeviceException where a field is wrong: unknown profile, parent that is missing
   */
  DeviceView put(DeviceSpec spec) throws InvalidDeviceException;

  /**
   * As {@link #put(DeviceSpec)}, if the condition holds; nothing changes between its test and the
   * change.
   *
   * @return null where it does not hold
   */
  @Nullable DeviceView put(DeviceSpec spec, Condition condition) throws InvalidDeviceException;

  /** Takes a device out of service; its live session is closed. False where it is unknown. */
  boolean retire(DeviceId id);

  /** Removes a device and its credentials. False where it is unknown. */
  boolean remove(DeviceId id);

  /** As {@link #remove(DeviceId)}; false too where the condition does not hold. */
  boolean remove(DeviceId id, Condition condition);

  /**
   * Makes a new token (256 random bits), shown this once. Null where the device is unknown.
   *
   * @param overlap how long the credentials before stay valid beside it: 0 to 30 days; at its end
   *     live sessions have to sign in again, with 0 at once
   */
  @Nullable String issueToken(DeviceId id, Duration overlap);

  /**
   * Replaces the credentials that the spec gives; the others stay. Null where the device is
   * unknown.
   *
   * @param overlap as for {@link #issueToken}
   * @throws InvalidDeviceException where one is wrong, or another device has it
   */
  @Nullable DeviceView rotate(DeviceId id, CredentialSpec credentials, Duration overlap)
      throws InvalidDeviceException;

  /**
   * Takes all its credentials away and ends its live sessions at once; the device stays registered
   * and can be given new ones. False where it is unknown.
   */
  boolean revoke(DeviceId id);

  /** What a change depends on. Must not block. */
  interface Condition {
    Condition NONE = before -> true;

    /**
     * @param before the device as it is, null where it is unknown
     */
    boolean holds(@Nullable Device before);
  }

  record Filter(
      @Nullable String sector, @Nullable String site, @Nullable String profile, boolean retired) {}

  /**
   * @param connected whether a session is live
   * @param lastSeenMicros last accepted message or sign of life; null where never
   * @param address of the session or last exchange
   * @param overlapUntilMicros until when credentials that were replaced stay valid, or null
   * @param lastRefusal why its last message was refused, or null
   */
  record DeviceView(
      Device device,
      boolean connected,
      @Nullable Long lastSeenMicros,
      @Nullable String address,
      @Nullable String lastRefusal,
      List<String> credentialKinds,
      @Nullable Long overlapUntilMicros) {}

  record PskSpec(String identity, String keyHex) {
    @Override
    public String toString() {
      return "PskSpec[" + identity + "]";
    }
  }

  /**
   * @param certificateAuthority name of the authority that alone may give that subject, or null
   * @param secret device secret of a vendor's sign-in, as the vendor gave it, or null
   */
  record CredentialSpec(
      @Nullable String password,
      @Nullable String token,
      @Nullable PskSpec psk,
      @Nullable String certificate,
      @Nullable String certificateAuthority,
      @Nullable String publicKey,
      @Nullable String secret) {
    /** Without a device secret. */
    public CredentialSpec(
        @Nullable String password,
        @Nullable String token,
        @Nullable PskSpec psk,
        @Nullable String certificate,
        @Nullable String certificateAuthority,
        @Nullable String publicKey) {
      this(password, token, psk, certificate, certificateAuthority, publicKey, null);
    }

    @Override
    public String toString() {
      return "CredentialSpec[***]";
    }
  }

  /**
   * @param retired whether it is registered as out of service
   * @param timezone zone of the times that it writes without one, such as {@code Asia/Kolkata} or
   *     {@code +05:30}, or null
   */
  record DeviceSpec(
      DeviceId id,
      String profile,
      String sector,
      String site,
      @Nullable Duration interval,
      @Nullable DeviceId parent,
      boolean planned,
      boolean commissioned,
      boolean retired,
      @Nullable CredentialSpec credentials,
      @Nullable String timezone) {
    /** One in service. */
    public DeviceSpec(
        DeviceId id,
        String profile,
        String sector,
        String site,
        @Nullable Duration interval,
        @Nullable DeviceId parent,
        boolean planned,
        boolean commissioned,
        @Nullable CredentialSpec credentials,
        @Nullable String timezone) {
      this(
          id,
          profile,
          sector,
          site,
          interval,
          parent,
          planned,
          commissioned,
          false,
          credentials,
          timezone);
    }

    /** One in service, in the zone of its site or profile. */
    public DeviceSpec(
        DeviceId id,
        String profile,
        String sector,
        String site,
        @Nullable Duration interval,
        @Nullable DeviceId parent,
        boolean planned,
        boolean commissioned,
        @Nullable CredentialSpec credentials) {
      this(id, profile, sector, site, interval, parent, planned, commissioned, credentials, null);
    }
  }

  /** A device that cannot be registered so; the message names the field and the remedy. */
  final class InvalidDeviceException extends Exception {
    private static final long serialVersionUID = 1;

    public InvalidDeviceException(String message) {
      super(message);
    }
  }
}
