package io.sluice.engine.normalize.unit;

/**
 * {@code v · multiply / divide + add}. A factor such as 0.1 is kept as a division by 10, which
 * rounds once and gives 24.5 where a multiplication gives 24.500000000000004.
 */
public record Linear(double multiply, double divide, double add) {
  public static final Linear IDENTITY = new Linear(1, 1, 0);

  private static final double DECIMALS = 1e9;

  public static Linear of(double factor, double add) {
    double inverse = Math.rint(1 / factor);
    if (Math.abs(factor) < 1 && Math.abs(inverse) < 1e15 && 1 / inverse == factor) {
      return new Linear(1, inverse, add);
    }
    return new Linear(factor, 1, add);
  }

  public boolean isIdentity() {
    return multiply == 1 && divide == 1 && add == 0;
  }

  /** First this, then the other. */
  public Linear then(Linear next) {
    if (isIdentity()) {
      return next;
    }
    if (next.isIdentity()) {
      return this;
    }
    double factor = multiply / divide * (next.multiply / next.divide);
    return of(factor, add * next.multiply / next.divide + next.add);
  }

  /** The way back. */
  public Linear inverse() {
    return of(divide / multiply, -add * divide / multiply);
  }

  public double apply(double value) {
    double result = value * multiply / divide;
    if (add != 0 || multiply != Math.rint(multiply)) {
      result = tidy(result + add);
    }
    return result;
  }

  /** Whether integers stay integers. */
  public boolean integral() {
    return divide == 1 && multiply == Math.rint(multiply) && add == Math.rint(add);
  }

  /** Takes away the noise of binary fractions beyond the ninth decimal. */
  private static double tidy(double value) {
    double magnitude = Math.abs(value);
    return magnitude < 1e6 && magnitude > 1e-3 ? Math.rint(value * DECIMALS) / DECIMALS : value;
  }
}
