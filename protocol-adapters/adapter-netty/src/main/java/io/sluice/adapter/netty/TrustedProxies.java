package io.sluice.adapter.netty;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import java.net.Inet6Address;
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
  /** None: every connection is a device's own. */
  public static final TrustedProxies NONE = new TrustedProxies(List.of());

  private static final int IPV4_BITS = 32;
  private static final int IPV6_BITS = 128;

  private final List<IpSubnetFilterRule> networks;

  private TrustedProxies(List<IpSubnetFilterRule> networks) {
    this.networks = networks;
  }

  /**
   * @param networks addresses and networks, such as {@code 192.0.2.7} and {@code 2001:db8::/32};
   *     each without {@link #fault}
   */
  public static TrustedProxies of(List<String> networks) {
    List<IpSubnetFilterRule> rules = new ArrayList<>();
    for (String network : networks) {
      InetAddress address = InetAddress.ofLiteral(address(network));
      int bits = address instanceof Inet6Address ? IPV6_BITS : IPV4_BITS;
      int slash = network.indexOf('/');
      int prefix = slash < 0 ? bits : Integer.parseInt(network.substring(slash + 1));
      rules.add(new IpSubnetFilterRule(address, prefix, IpFilterRuleType.ACCEPT));
    }
    return rules.isEmpty() ? NONE : new TrustedProxies(List.copyOf(rules));
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

  private static String address(String network) {
    int slash = network.indexOf('/');
    return slash < 0 ? network : network.substring(0, slash);
  }

  boolean trusts(InetSocketAddress peer) {
    for (IpSubnetFilterRule network : networks) {
      if (network.matches(peer)) {
        return true;
      }
    }
    return false;
  }
}
