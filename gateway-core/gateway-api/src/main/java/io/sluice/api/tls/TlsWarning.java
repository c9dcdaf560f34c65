package io.sluice.api.tls;

/**
 * What the operator has to know about certificate files that can be used all the same.
 *
 * @param found what is wrong, without the listener's name
 * @param remedy what to do
 * @param isBroken whether peers are refused, or refuse, by now
 */
public record TlsWarning(String found, String remedy, boolean isBroken) {
  TlsWarning(String found, String remedy) {
    this(found, remedy, false);
  }

  @Override
  public String toString() {
    return found + "; " + remedy;
  }
}
