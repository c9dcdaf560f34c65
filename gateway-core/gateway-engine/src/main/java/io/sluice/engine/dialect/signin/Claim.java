package io.sluice.engine.dialect.signin;

import io.sluice.api.adapter.Admission;
import io.sluice.api.dialect.SignIn;

/** What a peer claims by the form of a vendor's sign-in, before anything is checked. Immutable. */
public sealed interface Claim {
  /** Dialect and names, for the session. */
  Admission.Vendor vendor();

  /** To be that device, with its password or token as the password. */
  record Named(Admission.Vendor vendor, String device) implements Claim {}

  /** To have that token. */
  record Tokened(Admission.Vendor vendor, String token) implements Claim {
    @Override
    public String toString() {
      return "Tokened[" + vendor.dialect() + "]";
    }
  }

  /** To be that device, by a signature that its secret must give. */
  record Signed(Admission.Vendor vendor, String device, SignIn.Proof signature) implements Claim {}
}
