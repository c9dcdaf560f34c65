import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A version in Maven's order (POM reference, "Version Order Specification"). */
record MavenVersion(String text, List<Token> tokens) implements Comparable<MavenVersion> {
  private static final List<String> QUALIFIERS =
      List.of("alpha", "beta", "milestone", "rc", "snapshot", "", "sp");
  private static final Token NOTHING = new Token('-', null, "");
  private static final Token ZERO = new Token('.', BigInteger.ZERO, "");

  /**
   * @param separator what stands before it: a dot or a hyphen
   * @param number null of a qualifier
   */
  private record Token(char separator, BigInteger number, String qualifier)
      implements Comparable<Token> {
    boolean isNull() {
      return number == null ? qualifier.isEmpty() : number.signum() == 0;
    }

    /** {@code .qualifier < -qualifier < -number < .number}. */
    private int kind() {
      return (number == null ? 0 : 2) + (separator == (number == null ? '-' : '.') ? 1 : 0);
    }

    @Override
    public int compareTo(Token other) {
      if (number != null && other.number != null) {
        return kind() == other.kind() ? number.compareTo(other.number) : kind() - other.kind();
      }
      if (number == null && other.number == null) {
        int byRank = Integer.compare(rank(), other.rank());
        return byRank != 0 ? byRank : qualifier.compareTo(other.qualifier);
      }
      return number == null ? -1 : 1;
    }

    private int rank() {
      int known = QUALIFIERS.indexOf(qualifier);
      return known < 0 ? QUALIFIERS.size() : known;
    }
  }

  static MavenVersion of(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT);
    List<Token> tokens = new ArrayList<>();
    char separator = '-';
    int start = 0;
    for (int i = 0; i <= lower.length(); i++) {
      boolean isEnd = i == lower.length();
      char c = isEnd ? '.' : lower.charAt(i);
      boolean isSeparator = c == '.' || c == '-' || c == '_';
      boolean isTurn = !isSeparator && i > start && isDigit(c) != isDigit(lower.charAt(i - 1));
      if (isSeparator || isTurn) {
        tokens.add(token(separator, lower.substring(start, i), isTurn && isDigit(c)));
        start = isSeparator ? i + 1 : i;
        separator = c == '.' ? '.' : '-';
      }
    }
    return new MavenVersion(text, trimmed(tokens));
  }

  private static Token token(char separator, String text, boolean beforeNumber) {
    if (text.isEmpty()) {
      return new Token(separator, BigInteger.ZERO, "");
    }
    if (isDigit(text.charAt(0))) {
      return new Token(separator, new BigInteger(text), "");
    }
    String word =
        switch (text) {
          case "a" -> beforeNumber ? "alpha" : text;
          case "b" -> beforeNumber ? "beta" : text;
          case "m" -> beforeNumber ? "milestone" : text;
          case "cr" -> "rc";
          case "final", "ga", "release" -> "";
          default -> text;
        };
    return new Token(separator, null, word);
  }

  /** Takes nulls away before each hyphen, before each word and at the end. */
  private static List<Token> trimmed(List<Token> tokens) {
    List<Token> kept = new ArrayList<>(tokens);
    for (int i = kept.size() - 1; i > 0; i--) {
      boolean isBoundary =
          i + 1 >= kept.size()
              || kept.get(i + 1).separator() == '-'
              || kept.get(i + 1).number() == null;
      if (kept.get(i).isNull() && isBoundary) {
        kept.remove(i);
      }
    }
    return List.copyOf(kept);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  @Override
  public int compareTo(MavenVersion other) {
    for (int i = 0; i < Math.max(tokens.size(), other.tokens.size()); i++) {
      int order = at(i, other).compareTo(other.at(i, this));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  /** The token there, or what the other's token is compared with where there is none. */
  private Token at(int index, MavenVersion other) {
    if (index < tokens.size()) {
      return tokens.get(index);
    }
    Token facing = other.tokens.get(index);
    return facing.number() == null ? NOTHING : new Token(facing.separator(), ZERO.number(), "");
  }
}
