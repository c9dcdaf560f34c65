/**
 * What adapters that serve sockets by Netty share: a TCP listener with its bounds, its TLS and its
 * stop, the choice of transport, and receipts on their way back to event loops. Adapters call it;
 * it knows no protocol.
 */
package io.sluice.adapter.netty;
