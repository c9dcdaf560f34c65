package com.example.sluice;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.api.Command;
import io.sluice.api.DeviceId;
import io.sluice.api.Limit;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.LinkEnd;
import io.sluice.api.adapter.Peer;
import io.sluice.api.adapter.Receipt;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One connection. The device sends {@code hello DEVICE PASSWORD}, then a line for each message,
 * which is answered {@code ok} or {@code no REASON}. It asks for a command by {@code command?} and
 * says {@code done ID} when it has it.
 */
final class LineSession implements DeviceLink {
  private static final Duration SIGN_IN = Duration.ofSeconds(10);

  private final AdapterContext context;
  private final Peer peer;
  private final Lines lines;
  private final Duration idle;

  LineSession(AdapterContext context, Peer peer, Lines lines, Duration idle) {
    this.context = context;
    this.peer = peer;
    this.lines = lines;
    this.idle = idle;
  }

  /** Serves the connection to its end. Blocks: on a virtual thread. */
  void serve() {
    Limit limit = context.access().enter(peer);
    try {
      if (limit != null) {
        lines.write("no " + limit.label());
      } else if (signIn() instanceof Admission.Admitted admitted
          && context.sessions().attach(admitted, peer, this)) {
        serve(admitted.device().id());
      } else {
        lines.write("no device has this name and password; mend one of them");
      }
    } catch (IOException gone) {
      // an end, or a silence, of the device: there is nobody to tell
    } finally {
      lines.close();
      if (limit == null) {
        context.access().leave(peer);
      }
    }
  }

  private Admission signIn() throws IOException {
    String[] hello = lines.read(SIGN_IN).split(" ", 3);
    if (hello.length != 3 || !hello[0].equals("hello")) {
      throw new IOException("no hello DEVICE PASSWORD");
    }
    try {
      return context
          .access()
          .admit(peer, new Credentials.Password(hello[1], hello[2].getBytes(UTF_8)))
          .toCompletableFuture()
          .get(SIGN_IN.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("closing", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the gateway does not answer", e);
    }
  }

  private void serve(DeviceId device) throws IOException {
    try {
      lines.write("ok");
      while (true) {
        String line = lines.read(idle);
        if (line.equals("command?")) {
          Command command = context.commands().poll(device);
          lines.write(
              command == null
                  ? "none"
                  : command.id()
                      + " "
                      + command.name()
                      + " "
                      + new String(command.payload(), UTF_8));
        } else if (line.startsWith("done ")) {
          context.commands().acknowledged(device, line.substring(5));
        } else {
          Message message = new Message(device, line.getBytes(UTF_8), context.clock());
          lines.write(answer(message.give(context)));
        }
      }
    } finally {
      context.sessions().detach(device, this);
    }
  }

  private static String answer(Receipt receipt) {
    return switch (receipt) {
      case Receipt.Stored _ -> "ok";
      case Receipt.Rejected rejected -> "no " + rejected.detail();
      case Receipt.Limited limited -> "no " + limited.detail();
      case Receipt.Busy busy -> "no room; send it again in " + busy.retryAfterMillis() + " ms";
    };
  }

  /** What is in hand is answered still. */
  void takeNoMore() {
    try {
      lines.endOfInput();
    } catch (IOException gone) {
      end();
    }
  }

  void end() {
    lines.close();
  }

  /** A device asks for its commands; none is sent unasked. */
  @Override
  public boolean send(Command command) {
    return false;
  }

  @Override
  public void close(LinkEnd reason) {
    end();
  }
}
