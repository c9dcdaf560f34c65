package io.sluice.adapter.coap.server;

import io.sluice.adapter.coap.command.CommandResource;
import io.sluice.adapter.coap.fast.Adoptions;
import io.sluice.adapter.coap.message.ContentFormats;
import io.sluice.adapter.coap.message.PublicResources;
import io.sluice.adapter.coap.message.Replies;
import io.sluice.adapter.coap.request.Admissions;
import io.sluice.adapter.coap.request.ListenerContext;
import io.sluice.adapter.coap.request.OrdinaryRequest;
import io.sluice.adapter.coap.request.Reception;
import io.sluice.adapter.coap.request.RequestsInHand;
import io.sluice.adapter.coap.request.UplinkExchange;
import io.sluice.api.ContentType;
import io.sluice.api.RejectReason;
import io.sluice.api.Rejection;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Receipt;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.server.MessageDeliverer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes each whole request from Californium's stack, on the exchange's own thread; never blocks.
 */
final class RequestRouter implements MessageDeliverer {
  private static final Logger log = LoggerFactory.getLogger(RequestRouter.class);

  private final ListenerContext listener;
  private final AdapterContext gateway;
  private final Admissions admissions;
  private final RequestsInHand inHand;
  private final Reception reception;
  private final Adoptions adoptions;
  private final CommandResource commands;
  private final PublicResources resources;
  private final InstantSource clock;
  private final int maxPayloadBytes;

  RequestRouter(
      ListenerContext listener,
      Adoptions adoptions,
      CommandResource commands,
      PublicResources resources) {
    this.listener = listener;
    this.gateway = listener.gateway();
    this.admissions = listener.admissions();
    this.inHand = listener.inHand();
    this.reception = listener.reception();
    this.adoptions = adoptions;
    this.commands = commands;
    this.resources = resources;
    this.clock = listener.clock();
    this.maxPayloadBytes = listener.maxPayloadBytes();
  }

  @Override
  public void deliverResponse(Exchange exchange, Response response) {
    // We send no requests, so none is answered; the stack has rejected it already.
  }

  @Override
  public void deliverRequest(Exchange exchange) {
    if (adoptions.claimedBy(exchange)) {
      return;
    }
    OptionSet options = exchange.getRequest().getOptions();
    Response refusal = unsupportedOption(options);
    if (refusal != null) {
      toUnverified(exchange, refusal);
      return;
    }
    List<String> path = options.getUriPath();
    CoAP.Code method = exchange.getRequest().getCode();
    if (method.value > CoAP.Code.DELETE.value) {
      refuse(
          exchange,
          RejectReason.PROTOCOL_ERROR,
          Replies.diagnostic(ResponseCode.METHOD_NOT_ALLOWED, Replies.USABLE));
      return;
    }
    String first = path.isEmpty() ? "" : path.getFirst();
    if (first.equals("command")) {
      command(exchange);
    } else if (method == CoAP.Code.POST || method == CoAP.Code.PUT) {
      uplink(exchange);
    } else {
      toUnverified(exchange, read(method, path, options));
    }
  }

  /** Critical options that we understand and cannot follow (RFC 7252 5.7.2, 5.10.8). */
  private static @Nullable Response unsupportedOption(OptionSet options) {
    if (options.hasProxyUri() || options.hasProxyScheme()) {
      return Replies.diagnostic(ResponseCode.PROXY_NOT_SUPPORTED, "this is not a proxy");
    }
    if (options.getIfMatchCount() > 0 || options.hasIfNoneMatch()) {
      return Replies.diagnostic(
          ResponseCode.PRECONDITION_FAILED, "If-Match and If-None-Match have no meaning here");
    }
    return null;
  }

  private Response read(CoAP.Code method, List<String> path, OptionSet options) {
    String name = topic(path);
    if (name != null && PublicResources.NAMES.contains(name)) {
      return method == CoAP.Code.GET
          ? resources.get(name, options)
          : Replies.diagnostic(ResponseCode.METHOD_NOT_ALLOWED, Replies.USABLE);
    }
    return switch (path.isEmpty() ? "" : path.getFirst()) {
      case "telemetry", "event", "alarm", "state", "t" ->
          Replies.diagnostic(ResponseCode.METHOD_NOT_ALLOWED, Replies.USABLE);
      default -> Replies.notFound(name);
    };
  }

  private void command(Exchange exchange) {
    admitted(
        exchange,
        sender ->
            exchange.execute(() -> {
              try {
                commands.handle(exchange, sender);
              } finally {
                inHand.release();
              }
            }));
  }

  private void uplink(Exchange exchange) {
    long nanos = System.nanoTime();
    Instant now = clock.instant();
    Request request = exchange.getRequest();
    OptionSet options = request.getOptions();
    ContentType contentType = ContentFormats.contentType(options.getContentFormat());
    Rejection rejection =
        contentType != null
            ? null
            : new Rejection(
                RejectReason.UNSUPPORTED_CONTENT_TYPE,
                "content format "
                    + options.getContentFormat()
                    + " is unknown; supported: "
                    + ContentFormats.SUPPORTED);
    if (request.getPayloadSize() > maxPayloadBytes) {
      refuse(exchange, RejectReason.TOO_LARGE, tooLarge(request.getPayloadSize()));
      return;
    }
    String topic = topic(options.getUriPath());
    if (topic == null) {
      refuse(
          exchange,
          RejectReason.UNMAPPED_TOPIC,
          Replies.diagnostic(
              ResponseCode.NOT_FOUND, "a path segment is empty or contains /; " + Replies.USABLE));
      return;
    }
    long micros = now.getEpochSecond() * 1_000_000L + now.getNano() / 1_000;
    admitted(
        exchange,
        sender -> {
          UplinkExchange uplink =
              new UplinkExchange(
                  exchange,
                  sender.device(),
                  topic,
                  contentType == null ? ContentType.UNSPECIFIED : contentType,
                  request.getPayload(),
                  rejection,
                  micros,
                  nanos,
                  inHand,
                  new AtomicReference<>());
          inHand.await(uplink);
          listener.offer(uplink);
        });
  }

  /** Null where the segments make no unambiguous topic. */
  private static @Nullable String topic(List<String> path) {
    for (String segment : path) {
      if (segment.isEmpty() || segment.indexOf('/') >= 0) {
        return null;
      }
    }
    return path.size() == 1 ? path.getFirst() : String.join("/", path);
  }

  private Response tooLarge(int bytes) {
    Response response =
        Replies.diagnostic(
            ResponseCode.REQUEST_ENTITY_TOO_LARGE,
            "payload of " + bytes + " bytes; at most " + maxPayloadBytes);
    response.getOptions().setSize1(maxPayloadBytes);
    return response;
  }

  /** Reserves a place for the request; the continuation gives it back. */
  private void admitted(Exchange exchange, Consumer<Admissions.Sender> continuation) {
    if (!reception.reserve(new OrdinaryRequest(exchange))) {
      return;
    }
    admissions.admit(
        exchange.getRequest().getSourceContext(),
        exchange.getRequest().getOptions(),
        sender -> {
          try {
            gateway.sessions().seen(sender.device(), sender.peer());
            if (sender.peer().secure()) {
              commands.heard(sender.device(), exchange.getRequest());
            }
            continuation.accept(sender);
          } catch (RuntimeException fault) {
            // of the gateway's own: the place must not be lost with the request
            log.error("coap: a request of {} failed", sender.device(), fault);
            inHand.release();
            Replies.send(exchange, Replies.to(Receipt.Rejected.FAULT, maxPayloadBytes));
          }
        },
        refusal -> {
          inHand.release();
          String topic = topic(exchange.getRequest().getOptions().getUriPath());
          listener.notAdmitted(new OrdinaryRequest(exchange), topic, refusal);
        });
  }

  private void refuse(Exchange exchange, RejectReason reason, Response response) {
    reception.refuse(new OrdinaryRequest(exchange), reason, response);
  }

  private void toUnverified(Exchange exchange, Response response) {
    reception.toUnverified(new OrdinaryRequest(exchange), response);
  }
}
