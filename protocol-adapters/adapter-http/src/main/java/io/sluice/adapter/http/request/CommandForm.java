package io.sluice.adapter.http.request;

import io.sluice.adapter.http.message.Problem;
import io.sluice.adapter.http.message.Response;
import io.sluice.api.Command;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Admission;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** How a command stands in an answer, and what is answered where there is none. */
enum CommandForm {
  /** The payload, with name and id as header fields; 204. */
  OWN {
    @Override
    Response of(
        Command command, Admission.Admitted by, AdapterContext gateway, CommandNumbers numbers) {
      return withPayload(command)
          .with("x-sluice-command", command.name())
          .with("x-sluice-command-id", command.id());
    }

    @Override
    Response none() {
      return Response.of(Response.NO_CONTENT);
    }
  },

  /**
   * thingsboard.io, "HTTP Device API Reference", "Server-side RPC": {@code id}, {@code method},
   * {@code params}; 408 after the time-out.
   */
  THINGSBOARD {
    @Override
    @Nullable Response of(
        Command command, Admission.Admitted by, AdapterContext gateway, CommandNumbers numbers) {
      int number = numbers.of(by.device().id(), command.id());
      Downlink written =
          gateway
              .dialogue(by)
              .write(command, number, topic -> topic.startsWith(Router.THINGSBOARD_REQUESTS));
      if (written == null || written.payload().length < 2 || written.payload()[0] != '{') {
        return null;
      }
      String request = new String(written.payload(), StandardCharsets.UTF_8);
      return Answers.json(Response.OK, "{\"id\":" + number + ',' + request.substring(1));
    }

    @Override
    Response none() {
      return Problem.of(Response.REQUEST_TIMEOUT, "no command came in time");
    }
  },

  /** eclipse.dev/hono, "HTTP Adapter", "Specifying the Time a Device will wait for a Response". */
  HONO {
    @Override
    Response of(
        Command command, Admission.Admitted by, AdapterContext gateway, CommandNumbers numbers) {
      Response response =
          withPayload(command)
              .with("hono-command", command.name())
              .with("hono-cmd-req-id", command.id());
      DeviceId device = command.device();
      return device.equals(by.device().id())
          ? response
          : response.with("hono-cmd-target-device", device.value());
    }

    @Override
    Response none() {
      return Answers.OK;
    }
  };

  /** Null where the vendor has no form that reaches the device: the command goes back. */
  abstract @Nullable Response of(
      Command command, Admission.Admitted by, AdapterContext gateway, CommandNumbers numbers);

  /** The answer where no command comes. */
  abstract Response none();

  private static Response withPayload(Command command) {
    String type = command.contentType().mediaType();
    return Response.of(
        Response.OK, type.isEmpty() ? "application/octet-stream" : type, command.payload());
  }
}
