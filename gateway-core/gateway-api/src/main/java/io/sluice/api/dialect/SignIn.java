package io.sluice.api.dialect;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a peer claims by the form of a vendor's sign-in, before anything is checked. Immutable.
 *
 * <p>The gateway checks it: a device that is not registered, retired, or without what the claim
 * wants is refused by the same words as a wrong signature.
 */
public sealed interface SignIn {
  /**
   * What a peer has shown in its CONNECT. Shows nothing of the password by {@link #toString}.
   *
   * @param clientId at most 1,024 characters, or null where the protocol has none
   * @param userName at most 1,024 characters
   * @param password at most 2,048 bytes, empty where there is none; must not be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Shown(@Nullable String clientId, String userName, byte[] password) {
    @Override
    public String toString() {
      return "Shown[" + clientId + ", " + userName + "]";
    }
  }

  /**
   * What the sign-in names beside the device, such as the key of its product: {@link
   * Outgoing#names} has it.
   */
  Map<String, String> names();

  /** To be that device, with its password or token as the password. */
  record Named(String device, Map<String, String> names) implements SignIn {
    public Named {
      names = Map.copyOf(names);
    }
  }

  /** To be whoever has that token. Shows nothing of it by {@link #toString}. */
  record Tokened(String token, Map<String, String> names) implements SignIn {
    public Tokened {
      names = Map.copyOf(names);
    }

    @Override
    public String toString() {
      return "Tokened" + names.keySet();
    }
  }

  /** To be that device, by a signature that its secret must give. */
  record Signed(String device, Proof proof, Map<String, String> names) implements SignIn {
    public Signed {
      names = Map.copyOf(names);
    }
  }

  /** A signature as the peer showed it. Immutable. Must not block. */
  @FunctionalInterface
  interface Proof {
    /** Whether a secret gives the signature, and whether its time holds. */
    enum Verdict {
      GOOD,
      /** Another secret, or other words. */
      WRONG,
      /** Right, but its time is over or has not come. */
      OUTSIDE_CLOCK
    }

    /**
     * Compares in a time that does not tell where the two differ. The time that was signed counts
     * only where the signature is right: a peer without the secret learns nothing of it. It is
     * asked with a secret of the gateway's own where there is no such device.
     *
     * @param secret of the device, as the vendor gave it
     * @param nowMillis milliseconds since the epoch
     */
    Verdict verdict(String secret, long nowMillis);

    /** What is wrong with the time that was signed, for the operator and for the device. */
    default String clockFault(long nowMillis) {
      return "its time is over or has not come";
    }
  }
}
