package io.sluice.api.config;

/** A secret: never printed. Its key may also be given as {@code key-file}, naming a file. */
public record Secret(String value) {
  @Override
  public String toString() {
    return "***";
  }
}
