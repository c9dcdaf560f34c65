package io.sluice.adapter.http.request;

import io.sluice.adapter.http.message.RequestFault;
import io.sluice.adapter.http.message.Response;
import io.sluice.api.Command;
import io.sluice.api.DeviceId;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.LinkEnd;
import io.sluice.api.health.Guarded;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /command}: the oldest command that waits, at once or as soon as there is one. A
 * request that waits is a link of its device, which takes over from another one, and is told of a
 * command; the command itself is taken as a poll takes it, so that one which is not acknowledged
 * comes again. Confined to the event loop of each call, but for what a link is told.
 */
// what runs on an event loop is guarded: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class CommandPolls {
  /** Less than what proxies and clients let a request take. */
  static final long MAX_WAIT_MILLIS = 55_000;

  /** How often a command is looked for of which a request was told, and how far apart. */
  private static final int TAKES = 50;

  private static final long TAKE_AGAIN_MILLIS = 5;

  private static final Guarded TIMEOUTS = Guarded.of("http-command-wait");

  private final AdapterContext gateway;
  private final CommandNumbers numbers;

  /**
   * @param numbers under which devices answer
   */
  CommandPolls(AdapterContext gateway, CommandNumbers numbers) {
    this.gateway = gateway;
    this.numbers = numbers;
  }

  /**
   * How long a request is ready to wait: {@code 30s}, {@code 500ms}, or seconds.
   *
   * @throws RequestFault where it is none of that
   */
  static long waitMillis(@Nullable String text) throws RequestFault {
    if (text == null) {
      return 0;
    }
    boolean isMillis = text.endsWith("ms");
    String digits = text.replaceAll("m?s$", "");
    if (digits.isEmpty() || digits.length() > 6 || !digits.chars().allMatch(Character::isDigit)) {
      throw new RequestFault(Response.BAD_REQUEST, "wait must be like 30s or 500ms");
    }
    long number = Long.parseLong(digits);
    return Math.min(MAX_WAIT_MILLIS, isMillis ? number : number * 1000);
  }

  /** Answers with a command, or by what its form says where none comes in time. */
  void poll(Call call, Admission.Admitted admitted, Route.Poll poll) {
    DeviceId device = admitted.device().id();
    if (poll.acknowledged() != null) {
      gateway.commands().acknowledged(device, poll.acknowledged());
    }
    Command command = gateway.commands().poll(device);
    if (command != null) {
      call.answer(answer(command, admitted, poll.form()));
      return;
    }
    CompletableFuture<Void> fetched = gateway.commands().fetch(device).toCompletableFuture();
    if (fetched.isDone()) {
      awaitOne(call, admitted, poll);
    } else {
      var _ = fetched.thenRun(() -> call.origin().loop.execute(() -> again(call, admitted, poll)));
    }
  }

  /** What waited elsewhere for the device is here. */
  private void again(Call call, Admission.Admitted admitted, Route.Poll poll) {
    DeviceId device = admitted.device().id();
    Command command = call.isGone() ? null : gateway.commands().poll(device);
    if (command != null) {
      call.answer(answer(command, admitted, poll.form()));
    } else {
      awaitOne(call, admitted, poll);
    }
  }

  private void awaitOne(Call call, Admission.Admitted admitted, Route.Poll poll) {
    if (poll.waitMillis() == 0) {
      call.answer(poll.form().none());
    } else {
      new Waiting(call, admitted, poll.form()).begin(poll.waitMillis());
    }
  }

  private Response answer(Command command, Admission.Admitted admitted, CommandForm form) {
    Response response = form.of(command, admitted, gateway, numbers);
    if (response == null) {
      gateway.commands().returned(admitted.device().id(), command.id());
    }
    return response == null ? form.none() : response;
  }

  /** One request that waits. */
  private final class Waiting implements DeviceLink {
    private final Call call;
    private final Admission.Admitted admitted;
    private final CommandForm form;
    private boolean hasEnded;
    private @Nullable ScheduledFuture<?> timeout;

    private Waiting(Call call, Admission.Admitted admitted, CommandForm form) {
      this.call = call;
      this.admitted = admitted;
      this.form = form;
    }

    private DeviceId device() {
      return admitted.device().id();
    }

    private void begin(long millis) {
      call.whenGone(this::end);
      if (!gateway.sessions().attach(admitted, call.origin().peer, this)) {
        hasEnded = true;
        gateway.meters().refused(call.origin().peer, RejectReason.NOT_AUTHENTICATED);
        call.answer(
            Answers.refused(
                RejectReason.NOT_AUTHENTICATED, "the credentials of this device changed", ""));
        return;
      }
      timeout =
          call.origin()
              .loop
              .loop()
              .schedule(
                  TIMEOUTS.task(() -> call.origin().loop.run(() -> answer(null))),
                  millis,
                  TimeUnit.MILLISECONDS);
      gateway.commands().ready(device());
    }

    /** Told that there is one: it is not taken here, but by a poll, and so stays queued. */
    @Override
    public boolean send(Command command) {
      call.origin().loop.execute(() -> take(TAKES));
      return false;
    }

    /** Until the gateway has heard that the link did not take it, it is nobody else's. */
    private void take(int tries) {
      Command waiting = hasEnded ? null : gateway.commands().poll(device());
      if (waiting != null) {
        answer(waiting);
      } else if (!hasEnded && tries > 1) {
        call.origin()
            .loop
            .loop()
            .schedule(
                TIMEOUTS.task(() -> call.origin().loop.run(() -> take(tries - 1))),
                TAKE_AGAIN_MILLIS,
                TimeUnit.MILLISECONDS);
      }
    }

    @Override
    public boolean isSession() {
      return false;
    }

    @Override
    public void close(LinkEnd reason) {
      call.origin().loop.execute(() -> answer(null));
    }

    private void answer(@Nullable Command command) {
      end();
      if (command != null && call.isGone()) {
        gateway.commands().returned(device(), command.id());
      } else {
        call.answer(
            command == null ? form.none() : CommandPolls.this.answer(command, admitted, form));
      }
    }

    private void end() {
      if (!hasEnded) {
        hasEnded = true;
        if (timeout != null) {
          timeout.cancel(false);
        }
        gateway.sessions().detach(device(), this);
      }
    }
  }
}
