package io.sluice.api.adapter;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The addresses from which a header of the PROXY protocol is taken, and asked for. Whoever else
 * sends one could call himself what he likes (PROXY protocol section 2). Immutable.
 */
public final class TrustedProxies {
  /** None: every connection is a peer's own. */
  public static final TrustedProxies NONE = new TrustedProxies(List.of());

  /** Addresses whose first bits are those. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Network(byte[] address, int bits) {
    private boolean has(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit += Byte.SIZE) {
        int mask = 0xFF << Math.max(0, bit + Byte.SIZE - bits);
        if (((address[bit / Byte.SIZE] ^ other[bit / Byte.SIZE]) & mask & 0xFF) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  private final List<Network> networks;

  private TrustedProxies(List<Network> networks) {
    this.networks = networks;
  }

  /**
   * @param networks addresses and networks, such as {@code 192.0.2.7} and {@code 2001:db8::/32};
   *     each without {@link #fault}
   */
  public static TrustedProxies of(List<String> networks) {
    List<Network> parsed = new ArrayList<>();
    for (String network : networks) {
      int slash = network.indexOf('/');
      String literal = slash < 0 ? network : network.substring(0, slash);
      byte[] address = InetAddress.ofLiteral(literal).getAddress();
      int all = address.length * Byte.SIZE;
      int bits = slash < 0 ? all : Integer.parseInt(network.substring(slash + 1));
      if (bits < 0 || bits > all) {
        throw new IllegalArgumentException("a prefix of " + bits + " bits");
      }
      parsed.add(new Network(address, bits));
    }
    return parsed.isEmpty() ? NONE : new TrustedProxies(List.copyOf(parsed));
  }

  /** What is wrong with an address or network as it is written; null where nothing is. */
  public static @Nullable String fault(String network) {
    try {
      of(List.of(network));
      return null;
    } catch (IllegalArgumentException wrong) { // no literal, no number, or a prefix too long
      return "'%s' is no address and no network; write it as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32"
          .formatted(network);
    }
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return networks.isEmpty();
  }

  /** Whether the peer is one of them. */
  public boolean trusts(InetSocketAddress peer) {
    if (networks.isEmpty()) {
      return false;
    }
    byte[] address = peer.getAddress().getAddress();
    for (Network network : networks) {
      if (network.has(address)) {
        return true;
      }
    }
    return false;
  }
}
