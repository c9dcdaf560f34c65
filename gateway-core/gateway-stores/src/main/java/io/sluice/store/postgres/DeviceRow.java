package io.sluice.store.postgres;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.store.StoredCredentials;
import io.sluice.api.store.StoredDevice;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code sluice.device}. What this gateway cannot decrypt is left out of the device, and
 * stays in the row as it is for as long as its credentials are not replaced.
 *
 * @param device as this gateway may know it
 * @param sealed as it is encrypted
 * @param previous as those of the generation before are encrypted
 * @param isHidden whether there is something that this gateway cannot decrypt
 */
record DeviceRow(
    StoredDevice device,
    @Nullable String region,
    long revision,
    long changedMicros,
    Sealed sealed,
    Sealed previous,
    boolean isHidden) {
  /** What is encrypted of one generation of credentials. */
  record Sealed(byte @Nullable [] pskKey, byte @Nullable [] secret) {
    static final Sealed NONE = new Sealed(null, null);

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Sealed that
          && Arrays.equals(pskKey, that.pskKey)
          && Arrays.equals(secret, that.secret);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(pskKey) + Arrays.hashCode(secret);
    }

    @Override
    public String toString() {
      return "Sealed";
    }
  }

  private static final String VALUES =
      "INSERT INTO sluice.device (id, revision, changed_us, region, profile, sector, site,"
          + " interval_ms, parent, planned, commissioned, retired, timezone, password_hash,"
          + " token_hash, psk_identity, psk_key, certificate, certificate_authority, public_key,"
          + " secret, previous_until_ms, previous_password_hash, previous_token_hash,"
          + " previous_psk_identity, previous_psk_key, previous_certificate,"
          + " previous_certificate_authority, previous_public_key, previous_secret) VALUES (?, ?,"
          + " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  /** Writes none where there is one of the id, which is another region's and not seen. */
  static final String INSERT = VALUES + " ON CONFLICT (id) DO NOTHING";

  static final String UPSERT =
      VALUES
          + " ON CONFLICT (id) DO UPDATE SET (revision, changed_us, region, profile, sector, site,"
          + " interval_ms, parent, planned, commissioned, retired, timezone, password_hash,"
          + " token_hash, psk_identity, psk_key, certificate, certificate_authority, public_key,"
          + " secret, previous_until_ms, previous_password_hash, previous_token_hash,"
          + " previous_psk_identity, previous_psk_key, previous_certificate,"
          + " previous_certificate_authority, previous_public_key, previous_secret) ="
          + " (excluded.revision, excluded.changed_us, excluded.region, excluded.profile,"
          + " excluded.sector, excluded.site, excluded.interval_ms, excluded.parent,"
          + " excluded.planned, excluded.commissioned, excluded.retired, excluded.timezone,"
          + " excluded.password_hash, excluded.token_hash, excluded.psk_identity,"
          + " excluded.psk_key, excluded.certificate, excluded.certificate_authority,"
          + " excluded.public_key, excluded.secret, excluded.previous_until_ms,"
          + " excluded.previous_password_hash, excluded.previous_token_hash,"
          + " excluded.previous_psk_identity, excluded.previous_psk_key,"
          + " excluded.previous_certificate, excluded.previous_certificate_authority,"
          + " excluded.previous_public_key, excluded.previous_secret)";

  private static final String PSK = "psk";
  private static final String SECRET = "secret";

  static DeviceRow read(ResultSet row, @Nullable CredentialCipher cipher) throws SQLException {
    String id = row.getString("id");
    Sealed sealed = new Sealed(row.getBytes("psk_key"), row.getBytes(SECRET));
    Sealed sealedBefore =
        new Sealed(row.getBytes("previous_psk_key"), row.getBytes("previous_secret"));
    StoredCredentials own = credentials(row, "", open(sealed, id, cipher));
    long untilMillis = row.getLong("previous_until_ms");
    StoredDevice.Previous before =
        row.wasNull()
            ? null
            : new StoredDevice.Previous(
                credentials(row, "previous_", open(sealedBefore, id, cipher)), untilMillis);
    return new DeviceRow(
        new StoredDevice(device(row, id), own, before),
        row.getString("region"),
        row.getLong("revision"),
        row.getLong("changed_us"),
        sealed,
        sealedBefore,
        isHidden(sealed, own) || (before != null && isHidden(sealedBefore, before.credentials())));
  }

  private static boolean isHidden(Sealed sealed, StoredCredentials shown) {
    return (sealed.pskKey() != null && shown.pskKey() == null)
        || (sealed.secret() != null && shown.secret() == null);
  }

  private static Sealed open(Sealed sealed, String id, @Nullable CredentialCipher cipher) {
    if (cipher == null) {
      return Sealed.NONE;
    }
    byte[] pskKey = sealed.pskKey();
    byte[] secret = sealed.secret();
    return new Sealed(
        pskKey == null ? null : cipher.decrypt(pskKey, id, PSK),
        secret == null ? null : cipher.decrypt(secret, id, SECRET));
  }

  private static Device device(ResultSet row, String id) throws SQLException {
    long intervalMillis = row.getLong("interval_ms");
    Duration interval = row.wasNull() ? null : Duration.ofMillis(intervalMillis);
    String parent = row.getString("parent");
    return new Device(
        new DeviceId(id),
        row.getString("profile").intern(),
        row.getString("sector").intern(),
        row.getString("site").intern(),
        interval,
        parent == null ? null : new DeviceId(parent),
        row.getBoolean("planned"),
        row.getBoolean("commissioned"),
        row.getBoolean("retired"),
        zone(row.getString("timezone")));
  }

  /** Null for none, and for one that this platform does not know. */
  private static @Nullable ZoneId zone(@Nullable String name) {
    try {
      return name == null ? null : ZoneId.of(name);
    } catch (DateTimeException e) {
      return null; // another gateway has a later list of zones
    }
  }

  private static StoredCredentials credentials(ResultSet row, String prefix, Sealed opened)
      throws SQLException {
    byte[] secret = opened.secret();
    StoredCredentials credentials =
        new StoredCredentials(
            row.getString(prefix + "password_hash"),
            row.getString(prefix + "token_hash"),
            row.getString(prefix + "psk_identity"),
            opened.pskKey(),
            row.getString(prefix + "certificate"),
            row.getString(prefix + "certificate_authority"),
            row.getString(prefix + "public_key"),
            secret == null ? null : new String(secret, StandardCharsets.UTF_8));
    return credentials.none() ? StoredCredentials.NONE : credentials;
  }

  /**
   * The row that puts a device in the place of another, or of none.
   *
   * @param region of the gateway that registers it, where it is new
   * @throws MissingKeyException where there is something to encrypt, and no key
   */
  static DeviceRow replacing(
      @Nullable DeviceRow known,
      StoredDevice device,
      @Nullable String region,
      long revision,
      long changedMicros,
      @Nullable CredentialCipher cipher) {
    StoredDevice kept = device.asStored();
    StoredDevice.Previous before = kept.previous();
    return new DeviceRow(
        kept,
        known == null ? region : known.region(),
        revision,
        changedMicros,
        sealed(known, kept.id(), kept.credentials(), cipher),
        before == null ? Sealed.NONE : sealed(known, kept.id(), before.credentials(), cipher),
        known != null && known.isHidden());
  }

  /** As it is in the row before, where it is the same; what is hidden there stays so. */
  private static Sealed sealed(
      @Nullable DeviceRow known,
      String id,
      StoredCredentials given,
      @Nullable CredentialCipher cipher) {
    if (known != null) {
      if (given.equals(known.device().credentials())) {
        return known.sealed();
      }
      StoredDevice.Previous before = known.device().previous();
      if (before != null && given.equals(before.credentials())) {
        return known.previous();
      }
    }
    byte[] pskKey = given.pskKey();
    String secret = given.secret();
    if (pskKey == null && secret == null) {
      return Sealed.NONE;
    }
    if (cipher == null) {
      throw new MissingKeyException(id);
    }
    return new Sealed(
        pskKey == null ? null : cipher.encrypt(pskKey, id, PSK),
        secret == null
            ? null
            : cipher.encrypt(secret.getBytes(StandardCharsets.UTF_8), id, SECRET));
  }

  /** A device has what is to be encrypted, and the gateway has no key for it. */
  static final class MissingKeyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MissingKeyException(String device) {
      super(
          "device "
              + device
              + " has a pre-shared key or a device secret, which leave the gateway encrypted only:"
              + " give fleet.store.key-file (docs/fleet.md)");
    }
  }

  void bind(PreparedStatement upsert) throws SQLException {
    Device own = device.device();
    upsert.setString(1, device.id());
    upsert.setLong(2, revision);
    upsert.setLong(3, changedMicros);
    upsert.setString(4, region);
    upsert.setString(5, own.profile());
    upsert.setString(6, own.sector());
    upsert.setString(7, own.site());
    Duration interval = own.interval();
    setLong(upsert, 8, interval == null ? null : interval.toMillis());
    upsert.setString(9, own.parent() == null ? null : own.parent().value());
    upsert.setBoolean(10, own.planned());
    upsert.setBoolean(11, own.commissioned());
    upsert.setBoolean(12, own.retired());
    upsert.setString(13, own.timezone() == null ? null : own.timezone().getId());
    bind(upsert, 14, device.credentials(), sealed);
    StoredDevice.Previous before = device.previous();
    setLong(upsert, 22, before == null ? null : before.untilMillis());
    bind(upsert, 23, before == null ? StoredCredentials.NONE : before.credentials(), previous);
  }

  private static void bind(
      PreparedStatement upsert, int first, StoredCredentials credentials, Sealed sealed)
      throws SQLException {
    upsert.setString(first, credentials.passwordHash());
    upsert.setString(first + 1, credentials.tokenHash());
    upsert.setString(first + 2, credentials.pskIdentity());
    upsert.setBytes(first + 3, sealed.pskKey());
    upsert.setString(first + 4, credentials.certificate());
    upsert.setString(first + 5, credentials.certificateAuthority());
    upsert.setString(first + 6, credentials.publicKey());
    upsert.setBytes(first + 7, sealed.secret());
  }

  private static void setLong(PreparedStatement upsert, int index, @Nullable Long value)
      throws SQLException {
    if (value == null) {
      upsert.setNull(index, Types.BIGINT);
    } else {
      upsert.setLong(index, value);
    }
  }

  /** Whether it has what the writer takes it to have. */
  boolean is(StoredDevice expected) {
    return Objects.equals(device, expected.asStored());
  }
}
