package io.sluice.api.tls;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/** The subject of a certificate as people write it. */
public final class SubjectName {
  private static final int ASCII_END = 0x80;
  private static final int LATIN_1_END = 0x100;

  private SubjectName() {}

  /**
   * A text that is the same for equal names, in whichever of the two usual orders they are written:
   * openssl prints the parts as they are encoded, RFC 2253 (section 2.1) and Java the other way
   * round, and who configures a name copies it from either. Case and repeated blanks do not count
   * (RFC 4518 section 2).
   *
   * <p>The canonical form of the platform folds characters that only look like Latin letters and
   * digits into them: full-width ones, ligatures. A name that has such equals only one that has the
   * same: else a certificate could carry another's name in other characters.
   */
  public static String canonical(X500Principal name) {
    String forward = name.getName(X500Principal.CANONICAL);
    String backward = reversed(name).getName(X500Principal.CANONICAL);
    String folded = forward.compareTo(backward) <= 0 ? forward : backward;
    String written = Normalizer.normalize(name.getName(), Normalizer.Form.NFC);
    return written.codePoints().anyMatch(SubjectName::isFoldedToAscii)
        ? folded + " (" + inOneOrder(written, reversed(name).getName()) + ')'
        : folded;
  }

  private static String inOneOrder(String forward, String backward) {
    String one = forward.toLowerCase(Locale.ROOT);
    String other = Normalizer.normalize(backward, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static boolean isFoldedToAscii(int character) {
    if (character < LATIN_1_END || !Character.isLetterOrDigit(character)) {
      return false;
    }
    String folded = Normalizer.normalize(Character.toString(character), Normalizer.Form.NFKC);
    return folded.chars().allMatch(c -> c < ASCII_END && Character.isLetterOrDigit(c));
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
