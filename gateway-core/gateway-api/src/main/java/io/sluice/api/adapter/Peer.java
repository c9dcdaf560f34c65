package io.sluice.api.adapter;

import java.net.InetSocketAddress;

/**
 * The far end of a connection or exchange.
 *
 * @param protocol {@code mqtt} or {@code coap} ...: the label of the metrics
 * @param address its transport address
 * @param secure whether the transport is encrypted
 */
public record Peer(String protocol, InetSocketAddress address, boolean secure) {}
