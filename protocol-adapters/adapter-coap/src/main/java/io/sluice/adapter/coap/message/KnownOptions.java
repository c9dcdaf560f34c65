package io.sluice.adapter.coap.message;

import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.ACCEPT;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.BLOCK1;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.BLOCK2;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.CONTENT_FORMAT;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.ECHO;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.ETAG;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.IF_MATCH;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.IF_NONE_MATCH;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.LOCATION_PATH;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.LOCATION_QUERY;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.MAX_AGE;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.NO_RESPONSE;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.OBSERVE;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.PROXY_SCHEME;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.PROXY_URI;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.REQUEST_TAG;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.SIZE1;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.SIZE2;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.URI_HOST;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.URI_PATH;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.URI_PORT;
import static org.eclipse.californium.core.coap.option.StandardOptionRegistry.URI_QUERY;

import org.eclipse.californium.core.coap.option.MapBasedOptionRegistry;

/**
 * The options that this listener understands. Californium's own list also has OSCORE (RFC 8613),
 * Q-Block1 and Q-Block2 (RFC 9177), which it reads and does not follow: those are critical, and a
 * request with one is answered 4.02 (RFC 7252 section 5.4.1).
 */
final class KnownOptions {
  static final MapBasedOptionRegistry REGISTRY =
      new MapBasedOptionRegistry(
          IF_MATCH,
          URI_HOST,
          ETAG,
          IF_NONE_MATCH,
          URI_PORT,
          LOCATION_PATH,
          URI_PATH,
          CONTENT_FORMAT,
          MAX_AGE,
          URI_QUERY,
          ACCEPT,
          LOCATION_QUERY,
          PROXY_URI,
          PROXY_SCHEME,
          SIZE1,
          OBSERVE,
          BLOCK1,
          BLOCK2,
          SIZE2,
          ECHO,
          NO_RESPONSE,
          REQUEST_TAG);

  private KnownOptions() {}
}
