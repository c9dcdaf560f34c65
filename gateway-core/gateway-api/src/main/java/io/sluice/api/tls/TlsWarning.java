package io.sluice.api.tls;

/**
 * What the operator has to know about certificate files that can be used all the same.
 *
 * @param found what is wrong, without the listener's name
 * @param remedy what to do
 */
public record TlsWarning(String found, String remedy) {
  @Override
  public String toString() {
    return found + "; " + remedy;
  }
}
