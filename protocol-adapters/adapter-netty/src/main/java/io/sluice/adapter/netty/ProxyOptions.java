package io.sluice.adapter.netty;

import io.sluice.api.adapter.TrustedProxies;
import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import java.util.List;
import java.util.Objects;

/** What a TCP listener is told of the proxies before it. */
public record ProxyOptions(
    @Option(
            doc =
                "Addresses and networks of proxies and balancers before this listener: their"
                    + " connections must begin with a header of the PROXY protocol, version 1 or 2,"
                    + " and count as those of the device that it names.",
            hint = "a list of addresses and networks, like [ 192.0.2.7, 10.0.0.0/8 ]")
        List<String> proxyProtocolFrom)
    implements Checked {
  /** Every connection is a device's own. */
  public static final ProxyOptions NONE = new ProxyOptions(List.of());

  @Override
  public List<Problem> problems() {
    return proxyProtocolFrom.stream()
        .map(TrustedProxies::fault)
        .filter(Objects::nonNull)
        .map(fault -> new Problem("proxy-protocol-from", fault))
        .toList();
  }

  /** The same, ready to ask. */
  public TrustedProxies trusted() {
    return TrustedProxies.of(proxyProtocolFrom);
  }
}
