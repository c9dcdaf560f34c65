package io.sluice.adapter.coap.upload;

import io.sluice.adapter.coap.message.AssociationMatcher;
import io.sluice.adapter.coap.message.Replies;
import io.sluice.adapter.coap.request.Admissions;
import io.sluice.adapter.coap.request.ListenerContext;
import io.sluice.adapter.coap.request.OrdinaryRequest;
import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Peer;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.EmptyMessage;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.option.StandardOptionRegistry;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.stack.Layer;
import org.jspecify.annotations.Nullable;

/**
 * Puts together what comes in blocks, below Californium's own block-wise layer, which then sees
 * whole requests only. Each block carries the credentials, and they are checked before it takes any
 * room: a sender that is not admitted costs no more than its datagram.
 */
public final class UploadLayer implements Layer {
  private final ListenerContext listener;
  private final Uploads uploads;
  private final int largestSzx;
  private @Nullable Layer above;
  private @Nullable Layer below;

  public UploadLayer(ListenerContext listener, Uploads uploads, int blockBytes) {
    this.listener = listener;
    this.uploads = uploads;
    this.largestSzx = BlockOption.size2Szx(blockBytes);
  }

  @Override
  public void receiveRequest(Exchange exchange, Request request) {
    BlockOption block = request.getOptions().getBlock1();
    if (block == null) {
      upper().receiveRequest(exchange, request);
      return;
    }
    if (!isUplink(request)) {
      deliver(exchange, request, null);
      return;
    }
    if (block.isM() && request.getPayloadSize() != block.getSize()) {
      listener
          .reception()
          .refuse(
              new OrdinaryRequest(exchange),
              RejectReason.PROTOCOL_ERROR,
              Replies.diagnostic(
                  ResponseCode.BAD_REQUEST,
                  "a block that is not the last has as many bytes as its option says"));
      return;
    }
    if (!listener.reception().reserve(new OrdinaryRequest(exchange))) {
      return;
    }
    listener
        .admissions()
        .admit(
            request.getSourceContext(),
            request.getOptions(),
            sender ->
                exchange.execute(() -> {
                  listener.inHand().release();
                  receiveBlock(exchange, request, block, sender);
                }),
            refusal -> {
              listener.inHand().release();
              String topic = String.join("/", request.getOptions().getUriPath());
              listener.notAdmitted(new OrdinaryRequest(exchange), topic, refusal);
            });
  }

  /** Whether it may end as a message; for all else one block is enough to refuse it. */
  private static boolean isUplink(Request request) {
    Code method = request.getCode();
    List<String> path = request.getOptions().getUriPath();
    return (method == Code.POST || method == Code.PUT)
        && (path.isEmpty() || !path.getFirst().equals("command"));
  }

  private void receiveBlock(
      Exchange exchange, Request request, BlockOption block, Admissions.Sender sender) {
    OptionSet options = request.getOptions();
    int max = listener.maxPayloadBytes();
    boolean isAnnouncedTooLarge = options.hasSize1() && options.getSize1() > max;
    Uploads.Step step =
        isAnnouncedTooLarge
            ? new Uploads.Step.TooLarge()
            : uploads.add(
                key(request, sender),
                block,
                options.getContentFormat(),
                request.getPayload() == null ? new byte[0] : request.getPayload());
    switch (step) {
      case Uploads.Step.More _ -> {
        Response next = new Response(ResponseCode.CONTINUE);
        next.getOptions()
            .setBlock1(Math.min(block.getSzx(), largestSzx), block.isM(), block.getNum());
        answer(exchange, request, next);
      }
      case Uploads.Step.Whole whole -> {
        exchange.setBlock1ToAck(block);
        deliver(exchange, request, whole.body());
      }
      case Uploads.Step.Incomplete incomplete ->
          refuse(
              exchange,
              request,
              RejectReason.PROTOCOL_ERROR,
              Replies.diagnostic(ResponseCode.REQUEST_ENTITY_INCOMPLETE, incomplete.detail()));
      case Uploads.Step.TooLarge _ -> {
        Response response =
            Replies.diagnostic(
                ResponseCode.REQUEST_ENTITY_TOO_LARGE, "a body has at most " + max + " bytes");
        response.getOptions().setSize1(max);
        refuse(exchange, request, RejectReason.TOO_LARGE, response);
      }
      case Uploads.Step.Full full ->
          refuse(
              exchange,
              request,
              RejectReason.OVERLOAD,
              Replies.busy(full.retryAfterMillis(), "too many block-wise transfers are under way"));
    }
  }

  private void refuse(Exchange exchange, Request request, RejectReason reason, Response response) {
    boolean isSecure = request.getSourceContext().getPeerIdentity() != null;
    listener
        .gateway()
        .meters()
        .refused(
            new Peer(CoapOptions.PROTOCOL, request.getSourceContext().getPeerAddress(), isSecure),
            reason);
    answer(exchange, request, response);
  }

  private void answer(Exchange exchange, Request request, Response response) {
    response.setDestinationContext(request.getSourceContext());
    lower().sendResponse(exchange, response);
  }

  /** Hands on what the blocks make together, as one request. */
  private void deliver(Exchange exchange, Request last, byte @Nullable [] body) {
    Request whole = new Request(last.getCode());
    whole.setOptions(new OptionSet(last.getOptions()));
    whole.getOptions().removeBlock1();
    whole.getOptions().removeSize1();
    whole.setSourceContext(last.getSourceContext());
    whole.setType(last.getType());
    whole.setMID(last.getMID());
    whole.setToken(last.getToken());
    whole.setScheme(last.getScheme());
    if (body != null) {
      whole.setPayload(body);
    }
    exchange.setRequest(whole);
    upper().receiveRequest(exchange, whole);
  }

  private static Uploads.Key key(Request request, Admissions.Sender sender) {
    OptionSet options = request.getOptions();
    return new Uploads.Key(
        sender.device(),
        AssociationMatcher.identity(request.getSourceContext()),
        request.getCode(),
        List.copyOf(options.getUriPath()),
        options.getUriQuery().stream()
            .filter(parameter -> !parameter.startsWith("d=") && !parameter.startsWith("k="))
            .toList(),
        options.getOthers(StandardOptionRegistry.REQUEST_TAG).stream()
            .map(tag -> HexFormat.of().formatHex(tag.getValue()))
            .toList());
  }

  private Layer upper() {
    return Objects.requireNonNull(above, "a layer of no stack");
  }

  private Layer lower() {
    return Objects.requireNonNull(below, "a layer of no stack");
  }

  @Override
  public void sendRequest(Exchange exchange, Request request) {
    lower().sendRequest(exchange, request);
  }

  @Override
  public void sendResponse(Exchange exchange, Response response) {
    lower().sendResponse(exchange, response);
  }

  @Override
  public void sendEmptyMessage(Exchange exchange, EmptyMessage message) {
    lower().sendEmptyMessage(exchange, message);
  }

  @Override
  public void receiveResponse(Exchange exchange, Response response) {
    upper().receiveResponse(exchange, response);
  }

  @Override
  public void receiveEmptyMessage(Exchange exchange, EmptyMessage message) {
    upper().receiveEmptyMessage(exchange, message);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // it is about the same layer
  public void setUpperLayer(Layer layer) {
    if (above != layer) {
      above = layer;
      layer.setLowerLayer(this); // each tells the other, as Californium's layers do
    }
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // it is about the same layer
  public void setLowerLayer(Layer layer) {
    if (below != layer) {
      below = layer;
      layer.setUpperLayer(this);
    }
  }

  @Override
  public void setExecutors(
      ScheduledExecutorService executor, ScheduledExecutorService secondaryExecutor) {
    // has no time of its own
  }

  @Override
  public void start() {
    // has nothing that runs
  }

  @Override
  public void destroy() {
    // what is unfinished goes with it
  }
}
