package io.sluice.engine.dialect.signin;

import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Admission;
import io.sluice.api.dialect.Dialect;
import io.sluice.api.dialect.SignIn;
import org.jspecify.annotations.Nullable;

/** The sign-in of a vendor's jar. Thread-safe. */
public record CodedSignIn(Dialect dialect) implements Way {
  @Override
  public @Nullable Claim claim(@Nullable String clientId, String user, byte[] password) {
    boolean isTooLong =
        user.length() > MAX_CHARS
            || (clientId != null && clientId.length() > MAX_CHARS)
            || password.length > MAX_PASSWORD_BYTES;
    SignIn claimed = isTooLong ? null : dialect.signIn(new SignIn.Shown(clientId, user, password));
    if (claimed == null) {
      return null;
    }
    Admission.Vendor vendor = new Admission.Vendor(dialect.name(), claimed.names());
    return switch (claimed) {
      case SignIn.Named named ->
          isId(named.device()) ? new Claim.Named(vendor, named.device()) : null;
      case SignIn.Tokened tokened -> new Claim.Tokened(vendor, tokened.token());
      case SignIn.Signed signed ->
          isId(signed.device()) ? new Claim.Signed(vendor, signed.device(), signed.proof()) : null;
    };
  }

  private static boolean isId(String device) {
    return DeviceId.isValid(device);
  }
}
