/**
 * What adapters that serve sockets by Netty share: the choice of transport, TLS, receipts on their
 * way back to event loops, limits of connections and of what is not admitted. Adapters call it; it
 * knows no protocol.
 */
package io.sluice.adapter.netty;
