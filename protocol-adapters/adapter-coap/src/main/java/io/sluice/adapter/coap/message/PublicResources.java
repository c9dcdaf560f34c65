package io.sluice.adapter.coap.message;

import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.server.resources.DiscoveryResource;

/** What anyone may read without credentials: the links (RFC 6690) and the time. */
public final class PublicResources {
  private static final String LINKS = ".well-known/core";
  private static final String TIME = "time";

  /** Their paths; they are there to be read only. */
  public static final Set<String> NAMES = Set.of(LINKS, TIME);

  private static final int TEXT = 0;
  private static final int LINK_FORMAT = 40;
  private static final int CBOR = 60;
  private static final int CBOR_UINT64 = 0x1b;

  private final InstantSource clock;
  private final CoapResource root = new CoapResource("");
  private final DiscoveryResource discovery = new DiscoveryResource(root);

  public PublicResources(InstantSource clock) {
    this.clock = clock;
    for (String name : List.of("telemetry", "event", "alarm", "state")) {
      link(name, "sluice.uplink", ContentFormats.NUMBERS);
    }
    link("command", "sluice.command", ContentFormats.NUMBERS).setObservable(true);
    link(TIME, "sluice.time", List.of(TEXT, CBOR));
  }

  private CoapResource link(String name, String type, List<Integer> contentFormats) {
    CoapResource resource = new CoapResource(name);
    resource.getAttributes().addResourceType(type);
    contentFormats.forEach(resource.getAttributes()::addContentType);
    root.add(resource);
    return resource;
  }

  /**
   * @param name one of {@link #NAMES}
   */
  public Response get(String name, OptionSet options) {
    return name.equals(LINKS) ? links(options) : time(options);
  }

  /** {@code /.well-known/core}, filtered by one query (RFC 6690 4.1). */
  private Response links(OptionSet options) {
    if (options.hasAccept() && !options.isAccept(LINK_FORMAT)) {
      return Replies.diagnostic(ResponseCode.NOT_ACCEPTABLE, "links are content format 40");
    }
    if (options.getURIQueryCount() > 1) {
      return Replies.diagnostic(ResponseCode.BAD_REQUEST, "filter by one query at the most");
    }
    String links = discovery.discoverTree(root, options.getUriQuery());
    BlockOption asked = options.getBlock2();
    if (asked != null && asked.getOffset() > 0 && asked.getOffset() >= links.length()) {
      return Replies.diagnostic(
          ResponseCode.BAD_OPTION, "no such block; the links have " + links.length() + " bytes");
    }
    Response response = new Response(ResponseCode.CONTENT);
    response.setPayload(links);
    response.getOptions().setContentFormat(LINK_FORMAT);
    return response;
  }

  /** {@code /time}: milliseconds since the epoch, UTC, as text or as a CBOR unsigned integer. */
  private Response time(OptionSet options) {
    int format = options.hasAccept() ? options.getAccept() : TEXT;
    if (format != TEXT && format != CBOR) {
      return Replies.diagnostic(
          ResponseCode.NOT_ACCEPTABLE, "the time is content format 0 text or 60 CBOR");
    }
    long millis = clock.millis();
    Response response = new Response(ResponseCode.CONTENT);
    if (format == TEXT) {
      response.setPayload(Long.toString(millis));
    } else {
      response.setPayload(
          ByteBuffer.allocate(1 + Long.BYTES).put((byte) CBOR_UINT64).putLong(millis).array());
    }
    response.getOptions().setContentFormat(format).setMaxAge(0);
    return response;
  }
}
