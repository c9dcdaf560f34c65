package io.sluice.adapter.coap.request;

import io.sluice.adapter.coap.message.Amplification;
import java.net.InetSocketAddress;
import org.eclipse.californium.core.coap.Response;

/** A request that has not been answered, whichever way it was read. */
public interface Answerable {
  InetSocketAddress address();

  /** Makes the response as small as {@link Amplification} wants it; true where it had to. */
  boolean bound(Response response);

  /** Sends the response. */
  void answer(Response response);
}
