package io.sluice.adapter.coap.message;

import java.security.Principal;
import org.eclipse.californium.elements.DtlsEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.util.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Tells endpoints over DTLS apart by their security association (RFC 7252 sections 1.2 and 9.1).
 * Each handshake makes another endpoint, an abbreviated one too: a device that starts anew may use
 * its Message IDs and tokens again. The address is no part of the endpoint: with a connection id
 * (RFC 9146) an association survives a change of address. Thread-safe.
 */
public final class AssociationMatcher implements EndpointContextMatcher {

  /** One handshake of one peer. The session id alone would be the same after a resumption. */
  private record Association(
      Principal principal,
      @Nullable Bytes session,
      @Nullable Long handshakeMillis,
      @Nullable Bytes connectionId) {}

  @Override
  public String getName() {
    return "security association";
  }

  @Override
  public Object getEndpointIdentity(EndpointContext context) {
    return identity(context);
  }

  /** The address where there is no association. */
  public static Object identity(EndpointContext context) {
    Principal principal = context.getPeerIdentity();
    return principal == null
        ? context.getPeerAddress()
        : new Association(
            principal,
            context.get(DtlsEndpointContext.KEY_SESSION_ID),
            context.get(DtlsEndpointContext.KEY_HANDSHAKE_TIMESTAMP),
            context.get(DtlsEndpointContext.KEY_READ_CONNECTION_ID));
  }

  @Override
  public boolean isResponseRelatedToRequest(EndpointContext request, EndpointContext response) {
    return identity(request).equals(identity(response));
  }

  /** An answer leaves in the association of its request only (RFC 7252 section 9.1.2). */
  @Override
  public boolean isToBeSent(EndpointContext message, @Nullable EndpointContext connection) {
    return connection == null || identity(message).equals(identity(connection));
  }

  @Override
  public String toRelevantState(@Nullable EndpointContext context) {
    return context == null ? "n.a." : String.valueOf(context.getPeerIdentity());
  }
}
