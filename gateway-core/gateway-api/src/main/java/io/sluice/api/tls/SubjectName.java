package io.sluice.api.tls;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/** The subject of a certificate as people write it. */
public final class SubjectName {
  private SubjectName() {}

  /**
   * A text that is the same for equal names, in whichever of the two usual orders they are written:
   * openssl prints the parts as they are encoded, RFC 2253 (section 2.1) and Java the other way
   * round, and who configures a name copies it from either.
   */
  public static String canonical(X500Principal name) {
    String forward = name.getName(X500Principal.CANONICAL);
    String backward = reversed(name).getName(X500Principal.CANONICAL);
    return forward.compareTo(backward) <= 0 ? forward : backward;
  }

  private static X500Principal reversed(X500Principal name) {
    try {
      List<Rdn> parts = new ArrayList<>(new LdapName(name.getName()).getRdns());
      Collections.reverse(parts);
      return new X500Principal(new LdapName(parts).toString());
    } catch (InvalidNameException e) {
      throw new IllegalStateException("a principal's name is a distinguished name", e);
    }
  }
}
