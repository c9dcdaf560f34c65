package io.sluice.adapter.coap.dtls;

import io.sluice.api.adapter.Access;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.PskPublicInformation;
import org.eclipse.californium.scandium.dtls.PskSecretResult;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedPskStore;
import org.eclipse.californium.scandium.util.SecretUtil;
import org.eclipse.californium.scandium.util.ServerNames;
import org.jspecify.annotations.Nullable;

/**
 * Pre-shared keys as the registry has them. An unknown identity gets a key that nobody has, so that
 * it fails just as a wrong key does: who asks does not learn which identities there are (RFC 4279
 * section 2). Thread-safe.
 */
final class RegistryPskStore implements AdvancedPskStore {
  private static final int DECOY_BYTES = 16;

  private final Access access;
  private final HandshakeFailures failures;
  private final byte[] processKey = new byte[32];

  RegistryPskStore(Access access, HandshakeFailures failures) {
    this.access = access;
    this.failures = failures;
    new SecureRandom().nextBytes(processKey);
  }

  @Override
  public boolean hasEcdhePskSupported() {
    return true;
  }

  @Override
  public PskSecretResult requestPskSecretResult(
      ConnectionId connection,
      ServerNames serverNames,
      PskPublicInformation identity,
      String hmacAlgorithm,
      SecretKey otherSecret,
      byte[] seed,
      boolean useExtendedMasterSecret) {
    byte[] known = access.pskKey(identity.getPublicInfoAsString());
    failures.shown(connection, identity.getPublicInfoAsString(), known != null);
    byte[] key = known == null ? decoy(identity.getPublicInfoAsString()) : known;
    return new PskSecretResult(
        connection, identity, SecretUtil.create(key, PskSecretResult.ALGORITHM_PSK));
  }

  private byte[] decoy(String identity) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(processKey, "HmacSHA256"));
      return Arrays.copyOf(mac.doFinal(identity.getBytes(StandardCharsets.UTF_8)), DECOY_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  @Override
  public @Nullable PskPublicInformation getIdentity(
      InetSocketAddress peer, ServerNames serverNames) {
    return null; // a server has none
  }

  @Override
  public void setResultHandler(HandshakeResultHandler handler) {
    // the result is there at once
  }
}
