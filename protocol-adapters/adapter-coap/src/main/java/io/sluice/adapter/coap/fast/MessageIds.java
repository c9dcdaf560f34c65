package io.sluice.adapter.coap.fast;

import org.eclipse.californium.core.coap.Response;

/** Message IDs for what is no reply to one, from the same source as Californium's. Thread-safe. */
public interface MessageIds {
  /** Gives the response the next for its peer; negative where none is free. */
  int next(Response response);
}
