package io.sluice.adapter.http.request;

import io.sluice.adapter.http.message.BatchItems;
import io.sluice.adapter.http.message.Gunzip;
import io.sluice.adapter.http.message.Problem;
import io.sluice.adapter.http.message.RequestFault;
import io.sluice.adapter.http.message.RequestHead;
import io.sluice.adapter.http.message.Response;
import io.sluice.adapter.netty.SparseLog;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import io.sluice.api.Rejection;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Awaited;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.Drain;
import io.sluice.api.adapter.Receipt;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Serves the requests of one listener: what it is about, whose it is, its messages, its answer.
 * Each call is served on its own event loop; never blocks.
 */
public final class RequestService {
  private static final SparseLog FAULTS =
      new SparseLog(LoggerFactory.getLogger(RequestService.class), HttpOptions.PROTOCOL);

  private static final int MAX_KEY_CHARS = 255;
  private static final BitSet NONE = new BitSet();

  private final AdapterContext gateway;
  private final HttpOptions options;
  private final IdempotencyKeys keys;
  private final Router router;
  private final SignIn signIn;
  private final HeldBytes held;
  private final CommandPolls polls;
  private final CommandNumbers numbers;
  private final Cors cors;

  public RequestService(AdapterContext gateway, HttpOptions options) {
    this.gateway = gateway;
    this.options = options;
    this.router = new Router(gateway.ingress(), gateway.clock());
    this.signIn = new SignIn(gateway);
    this.numbers = gateway.shared(CommandNumbers.class, CommandNumbers::new);
    this.polls = new CommandPolls(gateway, numbers);
    this.cors = new Cors(options.corsOrigins());
    Path folder = gateway.folder();
    this.keys =
        gateway.shared(
            IdempotencyKeys.class,
            () ->
                new IdempotencyKeys(
                    System::nanoTime,
                    gateway.clock(),
                    folder == null ? null : folder.resolve("idempotency")));
    this.held = gateway.shared(HeldBytes.class, HeldBytes::new);
  }

  /** The gateway, for what a connection counts itself. */
  public AdapterContext gateway() {
    return gateway;
  }

  Cors cors() {
    return cors;
  }

  /** Takes room for a body; false where there is none. Thread-safe. */
  public boolean hold(int bytes) {
    return held.take(bytes, options.maxHeldBodies().value());
  }

  /** Gives room back. Thread-safe. */
  public void release(long bytes) {
    held.giveBack(bytes);
  }

  /** The head of a request is there: answers, or has the body come. */
  public void begin(Call call) {
    Origin origin = call.origin();
    if (origin.refusedBy != null) {
      gateway.meters().refused(origin.peer, RejectReason.QUOTA);
      call.answer(limited(origin.refusedBy));
      return;
    }
    if (gateway.drain() != null) {
      gateway.meters().refused(origin.peer, RejectReason.OVERLOAD);
      call.answer(drained());
      return;
    }
    try {
      Route route = origin.routeOf(call.head());
      if (route == null) {
        route = router.route(call.head());
        if (!(route instanceof Route.Fixed)) { // such as the time
          origin.routed(call.head(), route);
        }
      }
      call.route = route;
      switch (route) {
        case Route.Fixed fixed -> fixed(call, fixed.response());
        case Route.Uplink uplink -> uplink(call, uplink);
        case Route.Poll poll -> signIn(call, poll.token(), 0);
        case Route.Same same -> signIn(call, same.token(), 0);
        case Route.Acknowledge _ -> signIn(call, null, 0);
      }
    } catch (Awaited paths) {
      var _ = paths.ready().whenComplete((_, _) -> origin.loop.execute(() -> beginAgain(call)));
    } catch (RequestFault fault) {
      call.answer(signIn.unreadable(origin, fault));
    }
  }

  private void beginAgain(Call call) {
    if (!call.isGone()) {
      try {
        begin(call);
      } catch (RuntimeException fault) {
        FAULTS.warn(
            String.valueOf(call.origin().peer.address()), "a request was not judged: " + fault);
        call.answer(Answers.of(Receipt.Rejected.FAULT));
      }
    }
  }

  private static Response drained() {
    return Problem.of(Response.UNAVAILABLE, Drain.SENTENCE)
        .retryAfterMillis(Drain.RETRY_MILLIS)
        .last();
  }

  private static Response limited(Limit limit) {
    return Problem.of(
            Response.UNAVAILABLE, "limit of " + limit.label() + " reached; try again later")
        .retryAfterMillis(1000)
        .last();
  }

  private void fixed(Call call, Response response) {
    if (response.status() == Response.NOT_FOUND) {
      gateway.meters().refused(call.origin().peer, RejectReason.UNMAPPED_TOPIC);
    }
    call.answer(response);
  }

  private void uplink(Call call, Route.Uplink uplink) throws RequestFault {
    RequestHead head = call.head();
    int max = uplink.batch() == Route.Batch.ONE ? options.payloadBytes() : options.batchBytes();
    if (head.bodyBytes() > max) {
      tooLarge(call, max);
      return;
    }
    if (!isKnownCoding(head)) {
      call.answer(
          Problem.of(
                  Response.UNSUPPORTED_TYPE, "the only content-encoding that is known here is gzip")
              .with("accept-encoding", "gzip"));
      return;
    }
    call.key = idempotencyKey(head);
    signIn(call, uplink.token(), max);
  }

  /**
   * Has the body come where the sender is let in.
   *
   * @param token that stands in the path, or null
   * @param max bytes of the body
   */
  private void signIn(Call call, @Nullable String token, int max) throws RequestFault {
    Shown shown = call.origin().shownBy(call.head(), token);
    Admission.Admitted known = signIn.known(call.origin(), shown);
    Credentials credentials = shown.credentials();
    if (known != null) {
      admitted(call, known);
      call.proceed(max);
    } else if (credentials != null) {
      ask(
          call,
          shown,
          credentials,
          admitted -> {
            admitted(call, admitted);
            call.proceed(max);
          });
    } else {
      sign(call, shown, Math.min(max, Signed.MAX_BODY_BYTES));
    }
  }

  /** Whose it is turns out when the body is there. */
  private void sign(Call call, Shown shown, int max) throws RequestFault {
    Signed signed = Signed.of(call.head(), String.valueOf(shown.name()), call.key);
    if (call.head().bodyBytes() > max) {
      tooLarge(call, max);
      return;
    }
    call.shown = shown;
    call.signed = signed;
    call.key = call.key == null ? signed.replayKey() : call.key;
    call.proceed(max);
  }

  private static @Nullable String idempotencyKey(RequestHead head) throws RequestFault {
    String key = head.fields().only("idempotency-key");
    if (key != null && (key.isEmpty() || key.length() > MAX_KEY_CHARS)) {
      throw new RequestFault(
          Response.BAD_REQUEST, "idempotency-key must be of 1 to " + MAX_KEY_CHARS + " characters");
    }
    return key;
  }

  private static boolean isKnownCoding(RequestHead head) {
    if (head.fields().first("content-encoding") == null) {
      return true;
    }
    List<String> codings = head.fields().members("content-encoding");
    return codings.stream().allMatch(each -> each.equals("identity"))
        || (codings.size() == 1 && isGzip(codings.getFirst()));
  }

  private static boolean isGzip(String coding) {
    return coding.equals("gzip") || coding.equals("x-gzip"); // RFC 9110 section 8.4.1.3
  }

  /** Answers a body that is too large, or would be. */
  public void tooLarge(Call call, int maxBytes) {
    gateway.meters().limited(call.origin().peer, Limit.PAYLOAD_SIZE);
    gateway.meters().refused(call.origin().peer, RejectReason.TOO_LARGE);
    call.answer(
        Problem.of(
            Response.TOO_LARGE,
            "the body is larger than " + maxBytes + " bytes; send less at once"));
  }

  private interface Continuation {
    void admitted(Admission.Admitted admitted) throws RequestFault;
  }

  private void ask(Call call, Shown shown, Credentials credentials, Continuation then) {
    Origin origin = call.origin();
    var _ =
        signIn
            .verdict(origin, shown, credentials)
            .whenComplete((verdict, fault) ->
                origin.loop.execute(() -> judged(call, shown, verdict, fault, then)));
  }

  private void judged(
      Call call,
      Shown shown,
      @Nullable Admission verdict,
      @Nullable Throwable fault,
      Continuation then) {
    if (call.isGone()) {
      return;
    }
    if (verdict == null) {
      FAULTS.warn(
          String.valueOf(call.origin().peer.address()),
          "the credentials were not checked: " + fault);
      gateway.meters().refused(call.origin().peer, RejectReason.OVERLOAD);
      call.answer(Answers.busy(1000, "the gateway cannot check credentials now"));
      return;
    }
    Response refusal = SignIn.refusal(verdict);
    if (refusal != null) {
      call.answer(refusal);
    } else if (verdict instanceof Admission.Admitted admitted) {
      call.origin().admitted(shown.words(), admitted);
      try {
        then.admitted(admitted);
      } catch (RequestFault unreadable) {
        call.answer(signIn.unreadable(call.origin(), unreadable));
      }
    }
  }

  private void admitted(Call call, Admission.Admitted admitted) {
    call.admitted = admitted;
    gateway.sessions().seen(admitted.device().id(), call.origin().peer);
  }

  /** The body is whole: stores what is in it, then answers. */
  public void complete(Call call, byte[] body) {
    Shown shown = call.shown;
    Signed signed = call.signed;
    if (shown == null || signed == null) {
      store(call, body);
      return;
    }
    ask(
        call,
        shown,
        signed.credentials(call.head(), body, options.signatureWindow()),
        admitted -> {
          admitted(call, admitted);
          store(call, body);
        });
  }

  private void store(Call call, byte[] body) {
    Admission.Admitted admitted = call.admitted;
    if (admitted == null || call.route == null) {
      throw new IllegalStateException("a body that nobody asked for");
    }
    switch (call.route) {
      case Route.Uplink uplink -> store(call, admitted, uplink, body);
      case Route.Poll poll -> polls.poll(call, admitted, poll);
      case Route.Same same -> call.answer(same.response());
      case Route.Acknowledge one -> {
        gateway.commands().acknowledged(admitted.device().id(), one.command());
        call.answer(Response.of(Response.NO_CONTENT));
      }
      case Route.Fixed fixed -> call.answer(fixed.response());
    }
  }

  private void store(Call call, Admission.Admitted admitted, Route.Uplink uplink, byte[] body) {
    String type = call.head().fields().first("content-type");
    if (uplink.then() != null && body.length == 0 && MediaTypes.isEmptyNotification(type)) {
      polls.poll(call, admitted, uplink.then());
      return;
    }
    try {
      DeviceId device = admitted.device().id();
      String key = call.key;
      if (key == null) {
        deliver(call, device, uplink, unpacked(call, uplink, body), null, NONE);
      } else {
        deliverOnce(call, device, uplink, body, key);
      }
    } catch (RequestFault fault) {
      RejectReason reason =
          switch (fault.status()) {
            case Response.TOO_LARGE -> RejectReason.TOO_LARGE;
            case Response.UNAVAILABLE -> RejectReason.OVERLOAD;
            default -> RejectReason.PAYLOAD_INVALID;
          };
      gateway.meters().refused(call.origin().peer, reason);
      call.answer(reason == RejectReason.OVERLOAD ? Problem.noRoom() : Problem.of(fault));
    }
  }

  /** The body without its coding; what that takes counts until the answer. */
  private byte[] unpacked(Call call, Route.Uplink uplink, byte[] body) throws RequestFault {
    if (call.head().fields().first("content-encoding") == null) {
      return body;
    }
    List<String> codings = call.head().fields().members("content-encoding");
    if (codings.isEmpty() || !isGzip(codings.getFirst())) {
      return body;
    }
    boolean isOne = uplink.batch() == Route.Batch.ONE;
    byte[] unpacked = Gunzip.unpack(body, isOne ? options.payloadBytes() : options.batchBytes());
    if (!hold(unpacked.length)) {
      throw new RequestFault(Response.UNAVAILABLE, Problem.NO_ROOM);
    }
    call.holds(held, unpacked.length);
    return unpacked;
  }

  private void deliverOnce(Call call, DeviceId device, Route.Uplink uplink, byte[] body, String key)
      throws RequestFault {
    byte[] unpacked = unpacked(call, uplink, body);
    switch (keys.claim(
        IdempotencyKeys.Key.of(device.value(), key),
        IdempotencyKeys.fingerprint(call.head().method(), call.head().target(), unpacked),
        response -> call.origin().loop.execute(() -> call.answer(repeated(response))),
        options.idempotencyKeep().toNanos(),
        options.idempotencyKeys())) {
      case IdempotencyKeys.Claim.Mine mine ->
          deliver(call, device, uplink, unpacked, mine.entry(), mine.stored());
      case IdempotencyKeys.Claim.Known known -> call.answer(repeated(known.response()));
      case IdempotencyKeys.Claim.Waits _ -> {
        // answered with the first
      }
      case IdempotencyKeys.Claim.Mismatch _ ->
          call.answer(
              Problem.of(
                  Response.UNPROCESSABLE,
                  "idempotency-key was that of another request; take a new one for each"));
      case IdempotencyKeys.Claim.TooMany _ ->
          call.answer(
              Problem.of(Response.CONFLICT, "the first request with this key is in hand")
                  .retryAfterMillis(1000));
    }
  }

  private static Response repeated(Response response) {
    return response.with("idempotency-replayed", "true");
  }

  private void deliver(
      Call call,
      DeviceId device,
      Route.Uplink uplink,
      byte[] body,
      IdempotencyKeys.@Nullable Entry entry,
      BitSet stored)
      throws RequestFault {
    List<BatchItems.Item> items;
    try {
      items = items(uplink.batch(), body);
    } catch (RequestFault fault) {
      if (entry != null) {
        keys.settle(entry, Problem.of(fault), NONE, options.idempotencyKeys(), () -> {});
      }
      throw fault;
    }
    String type = call.head().fields().first("content-type");
    ContentType contentType = MediaTypes.of(type);
    Rejection rejection = contentType == null ? MediaTypes.UNKNOWN : null;
    Instant now = gateway.clock().instant();
    long micros = now.getEpochSecond() * 1_000_000L + now.getNano() / 1_000;
    long nanos = System.nanoTime();
    Delivery delivery =
        new Delivery(gateway, call.origin().loop, all -> delivered(call, all, uplink, entry));
    List<HttpMessage> messages = new ArrayList<>(items.size());
    for (BatchItems.Item item : items) {
      HttpMessage message =
          new HttpMessage(
              delivery,
              device,
              uplink.topic(),
              Objects.requireNonNullElse(contentType, ContentType.UNSPECIFIED),
              item.payload(),
              item.place(),
              rejection,
              micros,
              nanos);
      if (item.payload().length > options.payloadBytes()) {
        gateway.meters().refused(call.origin().peer, RejectReason.TOO_LARGE);
        message.receipt = tooLarge();
      }
      messages.add(message);
    }
    delivery.start(messages, stored);
  }

  private void delivered(
      Call call, Delivery all, Route.Uplink uplink, IdempotencyKeys.@Nullable Entry entry) {
    Response response = answer(all, uplink.batch());
    if (entry == null) {
      answered(call, uplink, response);
    } else {
      // behind its turn on the loop, whose thread may be another one's by then
      keys.settle(
          entry,
          response,
          all.stored(),
          options.idempotencyKeys(),
          () -> call.origin().loop.execute(() -> answered(call, uplink, response)));
    }
  }

  private void answered(Call call, Route.Uplink uplink, Response response) {
    Admission.Admitted admitted = call.admitted;
    if (uplink.then() != null && admitted != null && response.equals(Answers.OK)) {
      polls.poll(call, admitted, uplink.then());
    } else {
      call.answer(response);
    }
  }

  private static List<BatchItems.Item> items(Route.Batch batch, byte[] body) throws RequestFault {
    return switch (batch) {
      case ONE -> List.of(new BatchItems.Item(1, body));
      case LINES -> BatchItems.lines(body);
      case ELEMENTS -> BatchItems.elements(body);
    };
  }

  private Receipt tooLarge() {
    return new Receipt.Rejected(
        RejectReason.TOO_LARGE,
        "the message is larger than " + options.payloadBytes() + " bytes; send less at once",
        false);
  }

  private Response answer(Delivery delivery, Route.Batch batch) {
    return switch (batch) {
      case ONE -> delivery.single(numbers);
      case LINES -> BatchAnswer.of(delivery.messages(), "line");
      case ELEMENTS -> BatchAnswer.of(delivery.messages(), "element");
    };
  }
}
