package io.sluice.adapter.mqttclient;

import io.sluice.api.Command;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Awaited;
import io.sluice.api.adapter.Exchange;
import io.sluice.api.adapter.Receipt;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The way down to the devices behind a broker. Each device that was heard by the source is asked
 * for once a second; its command is published in its vendor's form, and what the broker has taken
 * is acknowledged, or handed over where the device's own answer is to come. Holds as many devices
 * as are registered, at most {@value #DEVICES_MAX}. Confined to the event loop.
 */
final class SourceCommands {
  static final int DEVICES_MAX = 100_000;
  private static final int UNDER_WAY_MAX = 20;
  private static final int TOO_LARGE = 0x95;
  private static final int FIRST_FAILURE = 0x80;

  /** After which a device is asked for again for whose command there was no form. */
  private static final long FORMLESS_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final long AT_ONCE = Long.MIN_VALUE;

  /** A command that the broker has not acknowledged. */
  private record Sent(Command command, boolean isAnswered) {}

  private final AdapterContext gateway;
  private final DeviceId source;

  /** Device → before which it is not asked for. */
  private final Map<DeviceId, Long> heard = new HashMap<>();

  private final Map<Integer, Sent> underWay = new HashMap<>();

  SourceCommands(AdapterContext gateway, DeviceId source) {
    this.gateway = gateway;
    this.source = source;
  }

  /** A message of the device has come. */
  void heard(DeviceId device) {
    if (!heard.containsKey(device) && heard.size() < DEVICES_MAX) {
      heard.put(device, AT_ONCE);
    }
  }

  /** Devices have said more of themselves: what had no form may have one now. */
  void retry() {
    heard.replaceAll((device, before) -> AT_ONCE);
  }

  /** Devices that were heard. */
  int devices() {
    return heard.size();
  }

  /** Publishes what waits. Each second. */
  void send(BrokerLink link, long now) {
    for (Map.Entry<DeviceId, Long> each : heard.entrySet()) {
      if (underWay.size() >= Math.min(UNDER_WAY_MAX, link.publicationsMax())) {
        return;
      }
      boolean isDue = each.getValue() == AT_ONCE || now - each.getValue() > 0;
      Command command = isDue ? gateway.commands().poll(each.getKey()) : null;
      if (command != null) {
        each.setValue(publish(link, command) ? AT_ONCE : now + FORMLESS_NANOS);
      }
    }
  }

  /** False where there is no form for it: it waits. */
  private boolean publish(BrokerLink link, Command command) {
    Downlink written;
    try {
      written = gateway.written(source, command);
    } catch (Awaited dialects) {
      gateway.commands().returned(command.device(), command.id());
      return true; // they are read by the next look
    }
    if (written == null) {
      gateway.commands().returned(command.device(), command.id());
      return false;
    }
    if (!link.fits(written)) {
      gateway.commands().refused(command.device(), command.id(), TOO_LARGE);
      return true;
    }
    long left = command.expiresMicros() / 1_000_000 - gateway.clock().millis() / 1_000;
    int id = link.publish(written, command.contentType().mediaType(), left);
    if (id == BrokerLink.UNCONFIRMED) {
      gateway.commands().handedOver(command.device(), command.id());
    } else {
      underWay.put(id, new Sent(command, written.isAnswered()));
    }
    return true;
  }

  /** The broker has answered a publication. */
  void acknowledged(int packetId, int code) {
    Sent sent = underWay.remove(packetId);
    if (sent == null) {
      return;
    }
    DeviceId device = sent.command().device();
    String id = sent.command().id();
    if (code >= FIRST_FAILURE) {
      gateway.commands().refused(device, id, code);
    } else if (sent.isAnswered()) {
      gateway.commands().handedOver(device, id);
    } else {
      gateway.commands().acknowledged(device, id);
    }
  }

  /** The connection is gone: what the broker did not acknowledge waits for the next. */
  void returnAll() {
    for (Sent sent : underWay.values()) {
      gateway.commands().returned(sent.command().device(), sent.command().id());
    }
    underWay.clear();
  }

  /**
   * Ends the command that a message is the answer to, by the rules of its vendor.
   *
   * @return what is answered to the message
   */
  List<Downlink> follow(SourceMessage message) {
    Exchange follows = message.exchange;
    Receipt receipt = message.receipt;
    if (follows == null || receipt == null) {
      return List.of();
    }
    Exchange.Outcome outcome = follows.after(message, receipt, gateway.clock().millis());
    end(message, outcome);
    return outcome.replies();
  }

  private void end(SourceMessage message, Exchange.Outcome outcome) {
    DeviceId device = device(message, outcome);
    String command = outcome.command();
    if (command == null || device == null) {
      return;
    }
    String id = command.isEmpty() ? gateway.commands().oldestSent(device, device.value()) : command;
    if (id != null && outcome.refusal() == 0) {
      gateway.commands().acknowledged(device, id);
    } else if (id != null) {
      gateway.commands().refused(device, id, outcome.refusal());
    }
  }

  private static @Nullable DeviceId device(SourceMessage message, Exchange.Outcome outcome) {
    DeviceId subject = message.subject;
    String named = outcome.device();
    if (subject != null) {
      return subject;
    }
    return named != null && DeviceId.isValid(named) ? new DeviceId(named) : null;
  }
}
