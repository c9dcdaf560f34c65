package io.sluice.adapter.coap.command;

import io.sluice.adapter.coap.message.Replies;
import io.sluice.adapter.coap.request.Admissions;
import io.sluice.adapter.coap.request.SessionDrain;
import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.api.Command;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Drain;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.observe.ObserveManager;
import org.eclipse.californium.elements.config.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * {@code /command}: GET takes the oldest command that waits, GET with Observe gets each as it
 * comes, {@code ?ack={id}} or DELETE {@code /command/{id}} acknowledges one that was taken. All
 * methods run on the exchange's own thread.
 */
public final class CommandResource {
  private final AdapterContext gateway;
  private final ObserveManager observers;
  private final ObserveNumbers numbers;
  private final CommandTransfers transfers;
  private final ScheduledExecutorService executor;
  private volatile @Nullable SessionDrain drain;

  /** No more than there are observers. */
  private final ConcurrentHashMap<DeviceId, CommandObservation> observing =
      new ConcurrentHashMap<>();

  public CommandResource(
      AdapterContext gateway,
      Configuration configuration,
      CoapOptions settings,
      ScheduledExecutorService executor) {
    this.executor = executor;
    this.gateway = gateway;
    this.observers = new ObserveManager(configuration);
    this.numbers = new ObserveNumbers(gateway.clock());
    this.transfers = new CommandTransfers(settings.maxTransfers(), settings.blockSize());
  }

  public int observers() {
    return observers.getNumberOfObserverRelations();
  }

  /** Ends the observations that are open, spread over the drain's time. */
  public void drain(Drain how) {
    long now = System.nanoTime();
    drain = new SessionDrain(how, observing.size(), now);
    drainOn(now);
  }

  /** Ends no further observations for a drain. */
  public synchronized void resume() {
    drain = null;
    observing.values().forEach(CommandObservation::goOn);
  }

  /**
   * Takes no further command for a device whose DTLS session a drain is to end, until {@link
   * #resume}; whether none is under way that is waited for.
   */
  public boolean isAnswered(DeviceId device) {
    CommandObservation observation = observing.get(device);
    return observation == null || observation.isAnswered(System.nanoTime());
  }

  /** Ends the observations whose turn has come; called again and again. */
  public synchronized void drainOn(long nowNanos) {
    SessionDrain current = drain;
    if (current == null) {
      return;
    }
    int due = current.due(observing.size(), nowNanos);
    for (CommandObservation each : observing.values()) {
      if (due > 0) {
        each.sendAway(nowNanos);
        due--;
      }
    }
  }

  /** Of the block-wise transfers: ends the idle ones; called every few seconds. */
  public void sweep(long nowNanos) {
    transfers.sweep(nowNanos);
    observing.values().forEach(observation -> observation.notifyStalled(nowNanos));
  }

  /** A request of the device came by a DTLS session, perhaps from another address than before. */
  public void heard(DeviceId device, Request request) {
    CommandObservation observation = observing.get(device);
    if (observation != null && observation.isOf(request)) {
      observation.moved(request.getSourceContext());
    }
  }

  public void handle(Exchange exchange, Admissions.Sender sender) {
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
              path.size() > 2 ? ResponseCode.NOT_FOUND : ResponseCode.METHOD_NOT_ALLOWED,
              "GET /command, or DELETE /command/{id}"));
    }
  }

  private void get(Exchange exchange, Admissions.Sender sender) {
    Request request = exchange.getRequest();
    String acknowledged = acknowledgedId(request.getOptions());
    if (acknowledged != null) {
      gateway.commands().acknowledged(sender.device(), acknowledged);
    }
    if (Replies.isSuppressed(request, ResponseCode.CONTENT)) {
      // no response is wanted, so no command either: it would count as sent (RFC 7967 section 2)
      Replies.send(exchange, new Response(ResponseCode.CONTENT));
    } else if (request.isObserve()) {
      observe(exchange, sender);
    } else if (request.isObserveCancel()) {
      CommandObservation observation = observing.get(sender.device());
      if (observation != null) {
        observation.cancel(request);
      }
      Replies.send(exchange, CommandContent.once(CommandContent.none()));
    } else {
      BlockOption block = request.getOptions().getBlock2();
      if (block != null && block.getNum() > 0) {
        Replies.send(exchange, CommandContent.once(transfers.next(sender.device(), request)));
      } else {
        fetchAndPoll(exchange, sender.device(), request);
      }
    }
  }

  /** Answers when what may wait elsewhere for the device is here. */
  private void fetchAndPoll(Exchange exchange, DeviceId device, Request request) {
    CompletableFuture<Void> fetched = gateway.commands().fetch(device).toCompletableFuture();
    if (fetched.isDone()) {
      Replies.send(exchange, CommandContent.once(poll(device, request)));
    } else {
      request.setProtectFromOffload(); // it is read once more
      var _ =
          fetched.thenRunAsync(
              () -> Replies.send(exchange, CommandContent.once(poll(device, request))), executor);
    }
  }

  private void observe(Exchange exchange, Admissions.Sender sender) {
    CommandObservation observation =
        new CommandObservation(gateway, sender, exchange, numbers, transfers, executor, observing);
    observers.addObserveRelation(exchange, observation);
    exchange.getRequest().setProtectFromOffload();
    // The initial response is not acknowledged by the device, so it carries no command.
    exchange.sendResponse(CommandContent.none());
    observation.begin();
  }

  private Response poll(DeviceId device, Request request) {
    CommandObservation observation = observing.get(device);
    if (observation != null) {
      observation.polled(request);
    }
    Command command = gateway.commands().poll(device);
    if (command == null) {
      if (observation != null) {
        // behind this answer: what was taken from the observation is over
        executor.execute(() -> gateway.commands().ready(device));
      }
      return CommandContent.none();
    }
    if (!CommandContent.isAcceptable(command, request.getOptions())) {
      gateway.commands().returned(device, command.id());
      return CommandContent.notAcceptable(command.contentType());
    }
    return transfers.begin(device, command, request, null);
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
