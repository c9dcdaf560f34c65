package io.sluice.engine.dialect.signin;

import io.sluice.api.adapter.Credentials;
import java.util.ArrayList;
import java.util.List;

/** The ways to sign in at one listener, in the order of its dialects. Immutable, thread-safe. */
public final class SignIns {
  public static final SignIns NONE = new SignIns(List.of());

  private final List<Way> ways;

  public SignIns(List<Way> ways) {
    this.ways = List.copyOf(ways);
  }

  public boolean isEmpty() {
    return ways.isEmpty();
  }

  /**
   * All that the peer may mean by what it shows, in order; empty where it is of no vendor's form.
   */
  public List<Claim> claims(Credentials.Password shown) {
    byte[] password = shown.password() == null ? new byte[0] : shown.password();
    List<Claim> claims = new ArrayList<>(1);
    for (Way way : ways) {
      Claim claim = way.claim(shown.clientId(), shown.userName(), password);
      if (claim != null) {
        claims.add(claim);
      }
    }
    return claims;
  }
}
