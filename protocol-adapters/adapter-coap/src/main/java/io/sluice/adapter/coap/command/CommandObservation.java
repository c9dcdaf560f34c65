package io.sluice.adapter.coap.command;

import io.sluice.adapter.coap.message.AssociationMatcher;
import io.sluice.adapter.coap.message.Replies;
import io.sluice.adapter.coap.request.Admissions;
import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.Drain;
import io.sluice.api.adapter.LinkEnd;
import io.sluice.api.adapter.Peer;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.observe.ObserveRelation;
import org.eclipse.californium.core.server.resources.ObservableResource;
import org.eclipse.californium.elements.EndpointContext;
import org.jspecify.annotations.Nullable;

/**
 * One device that observes {@code /command} (RFC 7641): its link to the engine.
 *
 * <p>One notification is under way at a time, Confirmable: a later one would replace it, since an
 * observed resource tells its latest state only, and a command would be lost. The device's ACK
 * acknowledges a command of one block. A command of several blocks is acknowledged when the device
 * fetches the last; where it stops before, the command is notified again. RST, time-out or
 * cancellation end the relation and return the command. Thread-safe.
 */
public final class CommandObservation implements ObservableResource, DeviceLink {
  /** Notifications of a command whose blocks are not fetched: as MAX_RETRANSMIT and the first. */
  public static final int MAX_NOTIFICATIONS = 5;

  /** ACK_TIMEOUT times ACK_RANDOM_FACTOR, RFC 7252 section 4.8. */
  private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** By how much messages of one device may overtake each other on the protocol threads. */
  private static final int OVERTAKING_MILLIS = 1_000;

  private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(CommandTransfers.IDLE_SECONDS);

  private final AdapterContext gateway;
  private final Admission.Admitted admitted;
  private final DeviceId device;
  private final Peer peer;
  private final Exchange exchange;
  private final ObserveNumbers numbers;
  private final CommandTransfers transfers;
  private final ScheduledExecutorService executor;
  private final Map<DeviceId, CommandObservation> byDevice;
  private final boolean isOfChildren;
  private final AtomicReference<@Nullable Sending> underWay = new AtomicReference<>();
  private volatile @Nullable ObserveRelation relation;
  private volatile boolean isEnding;

  /** The device wants no more. */
  private volatile boolean isCancelled;

  /** A drain ends it once nothing is under way. */
  private volatile boolean isHeld;

  public CommandObservation(
      AdapterContext gateway,
      Admissions.Sender sender,
      Exchange exchange,
      ObserveNumbers numbers,
      CommandTransfers transfers,
      ScheduledExecutorService executor,
      Map<DeviceId, CommandObservation> byDevice) {
    this.byDevice = byDevice;
    this.gateway = gateway;
    this.admitted = sender.admitted();
    this.device = sender.device();
    this.peer = sender.peer();
    this.exchange = exchange;
    this.numbers = numbers;
    this.transfers = transfers;
    this.executor = executor;
    this.isOfChildren = exchange.getRequest().getOptions().getUriQuery().contains("children");
  }

  /** After the initial response went out; on the exchange's own thread. */
  void begin() {
    if (relation != null) {
      byDevice.put(device, this);
      if (gateway.sessions().attach(admitted, peer, this)) {
        gateway.commands().ready(device);
      } else {
        close(LinkEnd.CREDENTIALS_CHANGED);
      }
    }
  }

  @Override
  public boolean isSession() {
    return false;
  }

  /** Whether the request comes from the endpoint that observes. */
  boolean isOf(Request request) {
    return AssociationMatcher.identity(exchange.getRequest().getSourceContext())
        .equals(AssociationMatcher.identity(request.getSourceContext()));
  }

  /**
   * Ends the observation at the device's wish (RFC 7641 section 3.6). Where an ACK is missing, it
   * may have been sent before the request and be read behind it: it still counts.
   */
  void cancel(Request request) {
    if (isOf(request) && exchange.getRequest().getToken().equals(request.getToken())) {
      isEnding = true;
      isCancelled = true; // before the look: an ACK that is read now ends it as well
      if (underWay.get() == null) {
        end();
      } else {
        var _ = executor.schedule(this::end, OVERTAKING_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
  }

  private void end() {
    exchange.execute(() -> {
      ObserveRelation current = relation;
      if (current != null) {
        current.cancel();
      }
    });
  }

  /**
   * The device goes on from there (RFC 9146): what follows is sent to its new address, and the
   * notification that has no ACK yet is sent there at once.
   */
  void moved(EndpointContext to) {
    Request request = exchange.getRequest();
    if (!request.getSourceContext().getPeerAddress().equals(to.getPeerAddress())) {
      exchange.execute(() -> {
        request.setSourceContext(to);
        Sending sending = underWay.get();
        EndpointContext sentTo = exchange.getEndpointContext();
        boolean isThere = sentTo != null && sentTo.getPeerAddress().equals(to.getPeerAddress());
        if (relation != null && sending != null && !sending.isAcknowledged && !isThere) {
          notifyDevice(sending);
        }
      });
    }
  }

  /**
   * The device polls: a command under way that it does not answer is for that poll. From another
   * endpoint the device is not there any more where it observed, which ends the observation.
   */
  void polled(Request poll) {
    Sending sending = underWay.get();
    boolean hasMoved = !isOf(poll);
    if (sending != null && (hasMoved || sending.isOverdue(System.nanoTime()))) {
      returnCommand(sending);
    }
    if (hasMoved) {
      close(LinkEnd.MOVED);
    }
  }

  /** Where it has asked for them: who does not know of them would take them for its own. */
  @Override
  public boolean takesForChildren() {
    return isOfChildren;
  }

  @Override
  public boolean send(Command command) {
    if (relation == null || isEnding || isHeld()) {
      return false;
    }
    Sending next = new Sending(command);
    Sending previous = underWay.get();
    // A device that has fetched some blocks until the command expired must not stop what is later.
    boolean isFree = previous == null || previous.command.expiresMicros() < command.createdMicros();
    if (!isFree || !underWay.compareAndSet(previous, next)) {
      return false;
    }
    if (isHeld() && underWay.compareAndSet(next, previous)) {
      return false; // a drain has looked meanwhile, and found none under way
    }
    exchange.execute(() -> notifyDevice(next));
    return true;
  }

  private void notifyDevice(Sending sending) {
    if (relation == null || !Objects.equals(underWay.get(), sending)) {
      returnCommand(sending);
      return;
    }
    Request request = exchange.getRequest();
    ContentType type = sending.command.contentType();
    if (!CommandContent.isAcceptable(sending.command, request.getOptions())) {
      // RFC 7641 section 4.2: 4.06 ends the observation, and with it goes the command back
      exchange.sendResponse(CommandContent.notAcceptable(type));
      return;
    }
    Response before = sending.response;
    Response response = transfers.begin(device, sending.command, request, sending);
    response.getOptions().setObserve(numbers.next());
    response.addMessageObserver(new Delivery(sending, response));
    sending.begin(response, transfers.isLarge(sending.command, request));
    if (before != null) {
      before.cancel();
    }
    exchange.sendResponse(response);
  }

  /** Notifies again of a command whose blocks the device has stopped to fetch. */
  void notifyStalled(long nowNanos) {
    Sending stalled = underWay.get();
    if (stalled != null && stalled.isStalled(nowNanos)) {
      exchange.execute(() -> {
        if (!stalled.isStalled(nowNanos)) {
          return;
        }
        ObserveRelation current = relation;
        if (stalled.notifications < MAX_NOTIFICATIONS || current == null) {
          notifyDevice(stalled);
        } else {
          current.cancel();
        }
      });
    }
  }

  private void delivered(Sending sending) {
    if (underWay.compareAndSet(sending, null)) {
      gateway.sessions().seen(device, peer);
      gateway.commands().acknowledged(device, sending.command.id());
      // Not at once: the stack is still busy with the message that the next one would follow.
      executor.execute(isCancelled ? this::end : () -> gateway.commands().ready(device));
    }
  }

  private void returnCommand(Sending sending) {
    if (underWay.compareAndSet(sending, null)) {
      gateway.commands().returned(device, sending.command.id(), this);
      Response response = sending.response;
      if (response != null) {
        exchange.execute(response::cancel);
      }
    }
  }

  @Override
  public void close(LinkEnd reason) {
    exchange.execute(() -> {
      ObserveRelation current = relation;
      if (current == null) {
        return;
      }
      // One Non-confirmable notice: the address may be an old one of the same device.
      Response end =
          Replies.diagnostic(ResponseCode.FORBIDDEN, "observation ended: " + reason.sentence());
      end.setType(CoAP.Type.NON);
      exchange.sendResponse(end);
      current.cancel();
    });
  }

  /**
   * Ends the observation as the gateway is drained: by a Confirmable notification 5.03, which ends
   * it (RFC 7641 section 4.2), and whose Max-Age says when to observe again (section 3.3.1; the
   * gateway that is reached then may be another), behind the command that is under way.
   */
  void sendAway(long nowNanos) {
    if (isEnding || !isAnswered(nowNanos)) {
      return;
    }
    isEnding = true;
    exchange.execute(() -> {
      if (relation != null) {
        exchange.sendResponse(Replies.busy(Drain.RETRY_MILLIS, Drain.SENTENCE));
      }
    });
  }

  /**
   * Takes no further command, as the gateway is drained; whether none is under way that is waited
   * for, as long as its acknowledgement, or the fetch of its next block, may take.
   */
  boolean isAnswered(long nowNanos) {
    isHeld = true;
    Sending sending = underWay.get();
    return sending == null || sending.isOverdue(nowNanos);
  }

  /** A look of the drain that comes behind its being called off holds nothing. */
  private boolean isHeld() {
    return isHeld && gateway.drain() != null;
  }

  /** The drain is called off. */
  void goOn() {
    isHeld = false;
    gateway.commands().ready(device);
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
      Sending lost = underWay.get();
      if (lost != null) {
        returnCommand(lost);
      }
      // last: the device's next link goes on from here
      gateway.sessions().detach(device, this);
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

  /** Is asked for once a response, the initial one. */
  @Override
  public int getNotificationSequenceNumber() {
    return numbers.next();
  }

  @Override
  public boolean isObservable() {
    return true;
  }

  @Override
  public int getObserverCount() {
    return relation == null ? 0 : 1;
  }

  /** A command under way. Confined to the exchange's thread, but for its volatile fields. */
  private final class Sending implements CommandTransfers.Progress {
    private final Command command;
    private volatile @Nullable Response response;
    private volatile boolean isAcknowledged;
    private volatile boolean isLarge;
    private volatile long usedNanos;
    private int notifications;

    Sending(Command command) {
      this.command = command;
    }

    void begin(Response next, boolean inBlocks) {
      response = next;
      usedNanos = System.nanoTime();
      isAcknowledged = false;
      isLarge = inBlocks;
      notifications++;
    }

    void acknowledged() {
      usedNanos = System.nanoTime();
      isAcknowledged = true;
      if (!isLarge) {
        delivered(this);
      }
    }

    /** A block that is fetched shows that the first has arrived, whether its ACK has or not. */
    @Override
    public void fetched(boolean isLast) {
      usedNanos = System.nanoTime();
      if (isLast) {
        delivered(this);
      }
    }

    boolean isOverdue(long nowNanos) {
      return response != null && nowNanos - usedNanos > ANSWER_NANOS;
    }

    boolean isStalled(long nowNanos) {
      return isLarge && isAcknowledged && nowNanos - usedNanos > STALLED_NANOS;
    }
  }

  private final class Delivery extends MessageObserverAdapter {
    private final Sending sending;
    private final Response response;

    Delivery(Sending sending, Response response) {
      this.sending = sending;
      this.response = response;
    }

    /** Not where another notification of the same command has taken its place. */
    private boolean isCurrent() {
      return response.equals(sending.response);
    }

    @Override
    public void onAcknowledgement() {
      if (isCurrent()) {
        sending.acknowledged();
      }
    }

    @Override
    protected void failed() {
      if (isCurrent()) {
        returnCommand(sending);
      }
    }
  }
}
