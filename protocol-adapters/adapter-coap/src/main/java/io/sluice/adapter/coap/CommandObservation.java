package io.sluice.adapter.coap;

import io.sluice.api.Command;
import io.sluice.api.DeviceId;
import io.sluice.api.DeviceLink;
import io.sluice.api.Gateway;
import io.sluice.api.Peer;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.observe.ObserveNotificationOrderer;
import org.eclipse.californium.core.observe.ObserveRelation;
import org.eclipse.californium.core.server.resources.ObservableResource;
import org.eclipse.californium.elements.EndpointContext;
import org.jspecify.annotations.Nullable;

/**
 * One device that observes {@code /command} (RFC 7641): its link to the engine.
 *
 * <p>One notification is under way at a time, Confirmable: a later one would replace it, since an
 * observed resource tells its latest state only, and a command would be lost. The device's ACK, or
 * for a command of several blocks the fetching of the last, acknowledges the command. RST, time-out
 * or cancellation end the relation and return the command. Thread-safe.
 */
final class CommandObservation implements ObservableResource, DeviceLink {
  private final Gateway gateway;
  private final DeviceId device;
  private final Peer peer;
  private final Exchange exchange;
  private final ObserveNotificationOrderer order;
  private final int maxBlockBytes;
  private final Executor executor;
  private final Map<DeviceId, CommandObservation> byDevice;
  private final AtomicReference<@Nullable Command> underWay = new AtomicReference<>();
  private volatile @Nullable ObserveRelation relation;

  CommandObservation(
      Gateway gateway,
      Admissions.Sender sender,
      Exchange exchange,
      ObserveNotificationOrderer order,
      int maxBlockBytes,
      Executor executor,
      Map<DeviceId, CommandObservation> byDevice) {
    this.byDevice = byDevice;
    this.gateway = gateway;
    this.device = sender.device();
    this.peer = sender.peer();
    this.exchange = exchange;
    this.order = order;
    this.maxBlockBytes = maxBlockBytes;
    this.executor = executor;
  }

  /** After the initial response went out; on the exchange's own thread. */
  void begin() {
    if (relation != null) {
      byDevice.put(device, this);
      gateway.attach(device, peer, this);
      gateway.commands().ready(device);
    }
  }

  /** The device goes on from there (RFC 9146): what follows is sent to its new address. */
  void moved(EndpointContext to) {
    Request request = exchange.getRequest();
    if (!request.getSourceContext().getPeerAddress().equals(to.getPeerAddress())) {
      exchange.execute(() -> request.setSourceContext(to));
    }
  }

  @Override
  public boolean send(Command command) {
    if (relation == null || !take(command)) {
      return false;
    }
    exchange.execute(() -> notifyDevice(command));
    return true;
  }

  private boolean take(Command command) {
    Command previous = underWay.get();
    // A device that fetches the first block and never the last must not stop what comes later.
    boolean free = previous == null || previous.expiresMicros() < command.createdMicros();
    return free && underWay.compareAndSet(previous, command);
  }

  private void notifyDevice(Command command) {
    if (relation == null || !Objects.equals(underWay.get(), command)) {
      giveBack(command);
      return;
    }
    Response response = CommandContent.of(command);
    response.getOptions().setObserve(order.getNextObserveNumber());
    response.addMessageObserver(new Delivery(command));
    exchange.sendResponse(response);
  }

  private void delivered(Command command) {
    if (underWay.compareAndSet(command, null)) {
      gateway.seen(device, peer);
      gateway.commands().acknowledged(device, command.id());
      gateway.commands().ready(device);
    }
  }

  private void giveBack(Command command) {
    if (underWay.compareAndSet(command, null)) {
      gateway.commands().returned(device, command.id());
    }
  }

  @Override
  public void close(String reason) {
    exchange.execute(() -> {
      ObserveRelation current = relation;
      if (current == null) {
        return;
      }
      // One Non-confirmable notice: the address may be an old one of the same device.
      Response end = Replies.diagnostic(ResponseCode.FORBIDDEN, "observation ended: " + reason);
      end.setType(CoAP.Type.NON);
      exchange.sendResponse(end);
      current.cancel();
    });
  }

  @Override
  public void addObserveRelation(ObserveRelation established) {
    relation = established;
  }

  @Override
  public void removeObserveRelation(ObserveRelation ended) {
    if (Objects.equals(relation, ended)) {
      relation = null;
      byDevice.remove(device, this);
      gateway.detach(device, this);
      Command lost = underWay.get();
      if (lost != null) {
        giveBack(lost);
      }
    }
  }

  @Override
  public String getURI() {
    return "/command";
  }

  @Override
  public CoAP.Type getObserveType() {
    return CoAP.Type.CON;
  }

  @Override
  public int getNotificationSequenceNumber() {
    return order.getCurrent();
  }

  @Override
  public boolean isObservable() {
    return true;
  }

  @Override
  public int getObserverCount() {
    return relation == null ? 0 : 1;
  }

  private final class Delivery extends MessageObserverAdapter {
    private final Command command;

    Delivery(Command command) {
      this.command = command;
    }

    @Override
    public void onAcknowledgement() {
      if (command.payload().length <= maxBlockBytes) {
        // Not at once: the stack is still busy with the notification that this one would follow.
        executor.execute(() -> delivered(command));
      }
    }

    @Override
    public void onTransferComplete() {
      if (command.payload().length > maxBlockBytes) {
        // Not at once: the stack is still busy with the notification that this one would follow.
        executor.execute(() -> delivered(command));
      }
    }

    @Override
    protected void failed() {
      giveBack(command);
    }
  }
}
