package io.sluice.adapter.coap;

import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.Gateway;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.observe.ObserveManager;
import org.eclipse.californium.core.observe.ObserveNotificationOrderer;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.config.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * {@code /command}: GET takes the oldest command that waits, GET with Observe gets each as it
 * comes, {@code ?ack={id}} or DELETE {@code /command/{id}} acknowledges one that was taken. All
 * methods run on the exchange's own thread.
 */
final class CommandResource {
  private final Gateway gateway;
  private final ObserveManager observers;
  private final ObserveNotificationOrderer order = new ObserveNotificationOrderer();
  private final int maxBlockBytes;
  private final Executor executor;

  /** No more than there are observers. */
  private final ConcurrentHashMap<DeviceId, CommandObservation> observing =
      new ConcurrentHashMap<>();

  CommandResource(
      Gateway gateway, Configuration configuration, int maxBlockBytes, Executor executor) {
    this.executor = executor;
    this.gateway = gateway;
    this.observers = new ObserveManager(configuration);
    this.maxBlockBytes = maxBlockBytes;
  }

  int observers() {
    return observers.getNumberOfObserverRelations();
  }

  /** A request of the device came by its DTLS session, perhaps from another address than before. */
  void heard(DeviceId device, EndpointContext from) {
    CommandObservation observation = observing.get(device);
    if (observation != null) {
      observation.moved(from);
    }
  }

  void handle(Exchange exchange, Admissions.Sender sender) {
    CoAP.Code method = exchange.getRequest().getCode();
    List<String> path = exchange.getRequest().getOptions().getUriPath();
    if (method == CoAP.Code.GET && path.size() == 1) {
      get(exchange, sender);
    } else if (method == CoAP.Code.DELETE && path.size() == 2) {
      gateway.commands().acknowledged(sender.device(), path.get(1));
      Replies.send(exchange, new Response(ResponseCode.DELETED));
    } else {
      Replies.send(
          exchange,
          Replies.diagnostic(
              ResponseCode.METHOD_NOT_ALLOWED, "GET /command, or DELETE /command/{id}"));
    }
  }

  private void get(Exchange exchange, Admissions.Sender sender) {
    Request request = exchange.getRequest();
    String acknowledged = acknowledgedId(request.getOptions());
    if (acknowledged != null) {
      gateway.commands().acknowledged(sender.device(), acknowledged);
    }
    if (request.isObserve()) {
      observe(exchange, sender);
    } else if (request.isObserveCancel()) {
      observers.cancelObserveRelation(exchange);
      Replies.send(exchange, CommandContent.once(CommandContent.none()));
    } else {
      Replies.send(exchange, poll(sender.device(), request.getOptions()));
    }
  }

  private void observe(Exchange exchange, Admissions.Sender sender) {
    CommandObservation observation =
        new CommandObservation(
            gateway, sender, exchange, order, maxBlockBytes, executor, observing);
    observers.addObserveRelation(exchange, observation);
    exchange.getRequest().setProtectFromOffload();
    // The initial response is not acknowledged by the device, so it carries no command.
    exchange.sendResponse(CommandContent.none());
    observation.begin();
  }

  private Response poll(DeviceId device, OptionSet options) {
    BlockOption block = options.getBlock2();
    if (block != null && block.getNum() > 0) {
      // A later block whose transfer is gone must not take the next command.
      return Replies.diagnostic(
          ResponseCode.REQUEST_ENTITY_INCOMPLETE, "transfer is over; begin at block 0");
    }
    Command command = gateway.commands().poll(device);
    if (command == null) {
      return CommandContent.once(CommandContent.none());
    }
    ContentType type = command.contentType();
    if (options.hasAccept()
        && type != ContentType.UNSPECIFIED
        && !options.isAccept(type.coapContentFormat())) {
      gateway.commands().returned(device, command.id());
      return Replies.diagnostic(
          ResponseCode.NOT_ACCEPTABLE,
          "the next command is "
              + type.mediaType()
              + ", content format "
              + type.coapContentFormat());
    }
    return CommandContent.once(CommandContent.of(command));
  }

  private static @Nullable String acknowledgedId(OptionSet options) {
    for (String parameter : options.getUriQuery()) {
      if (parameter.startsWith("ack=")) {
        return parameter.substring(4);
      }
    }
    return null;
  }
}
