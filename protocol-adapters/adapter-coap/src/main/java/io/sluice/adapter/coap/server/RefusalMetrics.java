package io.sluice.adapter.coap.server;

import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Meters;
import io.sluice.api.adapter.Peer;
import java.net.InetSocketAddress;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.interceptors.MalformedMessageInterceptor;
import org.eclipse.californium.core.network.interceptors.MessageInterceptorAdapter;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.RawData;

/** Counts what Californium's stack refuses before a request is whole. */
final class RefusalMetrics extends MessageInterceptorAdapter
    implements MalformedMessageInterceptor {
  private final Meters meters;

  RefusalMetrics(Meters meters) {
    this.meters = meters;
  }

  @Override
  public void receivedMalformedMessage(RawData message) {
    refused(message.getEndpointContext().getPeerAddress(), RejectReason.PROTOCOL_ERROR);
  }

  @Override
  public void sendResponse(Response response) {
    if (!response.isInternal()) {
      return;
    }
    EndpointContext destination = response.getDestinationContext();
    if (response.getCode() == ResponseCode.REQUEST_ENTITY_TOO_LARGE) {
      refused(destination.getPeerAddress(), RejectReason.TOO_LARGE);
    } else if (response.getCode() == ResponseCode.REQUEST_ENTITY_INCOMPLETE) {
      refused(destination.getPeerAddress(), RejectReason.PROTOCOL_ERROR);
    }
  }

  private void refused(InetSocketAddress address, RejectReason reason) {
    meters.refused(new Peer(CoapOptions.PROTOCOL, address, false), reason);
  }
}
