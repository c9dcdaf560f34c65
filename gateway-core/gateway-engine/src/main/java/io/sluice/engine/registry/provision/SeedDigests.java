package io.sluice.engine.registry.provision;

import io.sluice.api.files.OwnerOnly;
import io.sluice.api.operator.DeviceDirectory.CredentialSpec;
import io.sluice.api.operator.DeviceDirectory.DeviceSpec;
import io.sluice.api.operator.DeviceDirectory.PskSpec;
import io.sluice.engine.registry.credential.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Digests of seed entries. Keyed, by a key in a file of its own beside the database: an entry holds
 * a password, and a plain digest in the database would let whoever has a copy of it guess quickly.
 */
public final class SeedDigests {
  private static final int KEY_BYTES = 32;

  private final byte[] key;

  private SeedDigests(byte[] key) {
    this.key = key;
  }

  /** Reads the key, or makes it where there is none (then every entry counts as changed). */
  public static SeedDigests open(Path file) throws IOException {
    if (!Files.exists(file)) {
      byte[] key = new byte[KEY_BYTES];
      new SecureRandom().nextBytes(key);
      OwnerOnly.makeMissing(file);
      Files.write(file, key);
    }
    byte[] key = Files.readAllBytes(file);
    if (key.length != KEY_BYTES) {
      throw new IOException(
          file
              + ": is not "
              + KEY_BYTES
              + " bytes long; remove it, and the device files are"
              + " applied anew");
    }
    return new SeedDigests(key);
  }

  /** A key for one other purpose, the same at each start. */
  public byte[] keyFor(String purpose) {
    return bytes(Digests.hmacHex(key, bytes(purpose)));
  }

  public Map<String, String> of(List<DeviceSpec> specs) {
    Map<String, String> digests = new HashMap<>();
    for (DeviceSpec spec : specs) {
      digests.put(spec.id().value(), digest(spec));
    }
    return digests;
  }

  private String digest(DeviceSpec spec) {
    CredentialSpec credentials = spec.credentials();
    PskSpec psk = credentials == null ? null : credentials.psk();
    String authority = credentials == null ? null : credentials.certificateAuthority();
    byte[][] parts = {
      bytes(spec.id()),
      bytes(spec.profile()),
      bytes(spec.sector()),
      bytes(spec.site()),
      bytes(spec.interval()),
      bytes(spec.parent()),
      bytes(spec.planned()),
      bytes(spec.commissioned()),
      bytes(credentials == null ? null : credentials.password()),
      bytes(credentials == null ? null : credentials.token()),
      bytes(psk == null ? null : psk.identity()),
      bytes(psk == null ? null : psk.keyHex()),
      bytes(credentials == null ? null : credentials.certificate())
    };
    String timezone = spec.timezone();
    String secret = credentials == null ? null : credentials.secret();
    if (authority == null && timezone == null && secret == null) {
      return Digests.hmacHex(key, parts); // as it was before there were bound names and zones
    }
    byte[][] more =
        Arrays.copyOf(parts, parts.length + (secret != null ? 3 : timezone == null ? 1 : 2));
    more[parts.length] = bytes(authority);
    if (timezone != null || secret != null) {
      more[parts.length + 1] = bytes(timezone);
    }
    if (secret != null) {
      more[parts.length + 2] = bytes(secret);
    }
    return Digests.hmacHex(key, more);
  }

  private static byte[] bytes(@Nullable Object value) {
    return value == null ? new byte[0] : value.toString().getBytes(StandardCharsets.UTF_8);
  }
}
