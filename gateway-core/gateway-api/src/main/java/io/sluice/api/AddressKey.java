package io.sluice.api;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The key under which everything that is counted for each address is counted: limits, delays after
 * wrong credentials, wrong tokens. An IPv4 address counts as it is. An IPv6 address counts with its
 * whole /64, which is what one host may choose from (RFC 4291 section 2.5.4, RFC 6177): counted
 * singly, it would have 2^64 accounts. An IPv4 address counts the same in whichever IPv6 form it
 * arrives: mapped (RFC 4291 section 2.5.5.2), or by the well-known prefix of translators (RFC 6052
 * section 2.1). Immutable.
 *
 * @param bits the upper 64 bits of an IPv6 address; of IPv4 the address within 0:1::/32, which is
 *     reserved and belongs to no host (RFC 4291 section 2.4)
 */
public record AddressKey(long bits) {
  private static final long IPV4 = 1L << 32;

  /** Upper bits of 64:ff9b::/96. */
  private static final long TRANSLATED = 0x0064_FF9BL << 32;

  private static final int IPV6_BYTES = 16;

  /** Of what has no address: unresolved names share this one. */
  public static final AddressKey UNKNOWN = new AddressKey(IPV4);

  public static AddressKey of(InetSocketAddress from) {
    return of(from.getAddress());
  }

  public static AddressKey of(@Nullable InetAddress address) {
    if (address == null) {
      return UNKNOWN;
    }
    byte[] bytes = address.getAddress();
    if (!(address instanceof Inet6Address)) {
      return new AddressKey(IPV4 | number(bytes, 0, 4));
    }
    long upper = number(bytes, 0, 4) << 32 | number(bytes, 4, 4);
    boolean isMapped = upper == 0 && number(bytes, 8, 4) == 0xFFFFL;
    boolean isTranslated = upper == TRANSLATED && number(bytes, 8, 4) == 0;
    return new AddressKey(
        isMapped || isTranslated ? IPV4 | number(bytes, IPV6_BYTES - 4, 4) : upper);
  }

  /**
   * As an address is written: {@code 192.0.2.1}, {@code 2001:db8::1}. Asks no name server.
   *
   * @return {@link #UNKNOWN} where it is none
   */
  public static AddressKey of(String literal) {
    try {
      return of(InetAddress.ofLiteral(literal));
    } catch (IllegalArgumentException e) {
      return UNKNOWN; // a name, or an interface that this machine does not have
    }
  }

  private static long number(byte[] bytes, int at, int count) {
    long number = 0;
    for (int i = at; i < at + count; i++) {
      number = (number << 8) | (bytes[i] & 0xFF);
    }
    return number;
  }
}
