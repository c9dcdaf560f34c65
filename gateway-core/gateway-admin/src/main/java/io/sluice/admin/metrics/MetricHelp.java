package io.sluice.admin.metrics;

import java.util.Map;
import java.util.Set;

/** What each metric means: the HELP line of a scrape. */
public final class MetricHelp {
  private static final Map<String, String> TEXTS =
      Map.ofEntries(
          Map.entry(
              "sluice.alarm.states.unknown",
              "Messages that said of an alarm what is no known state; it stayed as it was"),
          Map.entry("sluice.alarms", "Alarms that are open, by state"),
          Map.entry("sluice.alarms.open", "Alarms that are open, by severity"),
          Map.entry(
              "sluice.alarms.left.out",
              "Alarms left out, by the bound: of a device, the book, or the outbox of records"),
          Map.entry(
              "sluice.certificate.expiry.seconds",
              "Time until an own certificate ends, negative after that, by place"),
          Map.entry(
              "sluice.config.rollout.state",
              "1 at the state of the newest configuration of the fleet that this gateway has looked"
                  + " at, else 0"),
          Map.entry(
              "sluice.config.version",
              "Configuration of the fleet by which this gateway runs; 0: the box's own alone"),
          Map.entry(
              "sluice.configuration.reloads",
              "Reloads since the start, by what became of them: applied, unchanged, refused"),
          Map.entry(
              "sluice.configuration.restart.keys",
              "Keys of the configuration that were changed and wait for a restart"),
          Map.entry(
              "sluice.configuration.version",
              "1 at the start, one more with each reload that changed anything"),
          Map.entry("sluice.connections", "Sessions and CoAP endpoints now, by protocol"),
          Map.entry(
              "sluice.endpoint.up", "Whether a listener listens, or a far end is there: 1 or 0"),
          Map.entry(
              "sluice.coverage.expected",
              "Devices that are to report: commissioned, not retired, not in an approved stop"),
          Map.entry(
              "sluice.coverage.ratio",
              "Coverage from 0 to 1, by kind and window (plan and connection: window now alone); no"
                  + " series where nothing is expected"),
          Map.entry(
              "sluice.crl.expiry.seconds",
              "Time until the first authority's revocation list ends, negative after that"),
          Map.entry("sluice.dead.letters", "Messages kept that were not understood"),
          Map.entry(
              "sluice.devices",
              "Devices of the registry, by state; one device has several states: do not add them"),
          Map.entry("sluice.drain.sessions", "Sessions that the drain under way has still to end"),
          Map.entry(
              "sluice.fleet.bus.connected", "Whether the fleet's Kafka cluster is there: 1 or 0"),
          Map.entry(
              "sluice.fleet.bus.published",
              "Values of devices and of the gateway that the fleet's bus has taken"),
          Map.entry(
              "sluice.fleet.bus.waiting",
              "Devices, and values of the gateway, of which the fleet's bus lacks the newest"),
          Map.entry(
              "sluice.fleet.store.behind",
              "Revisions that the copy of the fleet's registry lacks, as far as is known"),
          Map.entry(
              "sluice.fleet.store.connected",
              "Whether the fleet's registry is there and the copy has caught up: 1 or 0"),
          Map.entry(
              "sluice.fleet.store.revision",
              "Revision up to which the copy has followed the fleet's registry"),
          Map.entry(
              "sluice.fleet.clock.offset.seconds",
              "This box's clock less that of the fleet's store, as measured last"),
          Map.entry(
              "sluice.fleet.commands.taken", "Commands that this gateway took from its fleet"),
          Map.entry(
              "sluice.fleet.commands.unreported",
              "Commands of which the fleet has still to hear how far they have come"),
          Map.entry(
              "sluice.fleet.id.held",
              "Whether this gateway holds its id in the fleet: 1 or 0; 0 also while the fleet's store"
                  + " is away"),
          Map.entry(
              "sluice.fleet.sessions.taken.over",
              "Sessions that ended here as their device signed in at another gateway"),
          Map.entry("sluice.draining", "Whether the gateway is drained and takes no new sessions"),
          Map.entry("sluice.dropped", "Records accepted that an upstream will not get, by reason"),
          Map.entry("sluice.faults", "What background tasks and threads threw, by task"),
          Map.entry(
              "sluice.forward.lag.seconds",
              "Age of the oldest record that an upstream lacks, by upstream and lane"),
          Map.entry("sluice.forwarded", "Records delivered, by upstream and lane"),
          Map.entry("sluice.handshakes.failed", "TLS and DTLS handshakes that failed, by reason"),
          Map.entry("sluice.limited", "Messages and connections held back by a limit"),
          Map.entry("sluice.messages.accepted", "Messages stored and acknowledged"),
          Map.entry("sluice.messages.rejected", "Messages refused, by reason"),
          Map.entry(
              "sluice.messages.repeated", "Messages that came again: acknowledged, and not kept"),
          Map.entry(
              "sluice.fields.faulty",
              "Fields of accepted messages that could not be taken as they came, by reason"),
          Map.entry("sluice.spool.bytes", "Bytes on disk, by lane"),
          Map.entry("sluice.spool.capacity.bytes", "Bound of the bytes on disk, by lane"),
          Map.entry(
              "sluice.spool.hours.left",
              "Hours until a lane is full at this rate; 0 at its bound, +Inf where none grows"),
          Map.entry(
              "sluice.spool.oldest.seconds",
              "Age of the oldest record that any upstream lacks, by lane"),
          Map.entry("sluice.spool.records", "Records on disk, by lane"),
          Map.entry(
              "sluice.upstream.backlog.records", "Records that the upstream does not have yet"),
          Map.entry("sluice.upstream.connected", "1 where the upstream is connected"),
          Map.entry(
              "sluice.upstream.missing.destinations",
              "Topics and the like that are not there; their records wait"),
          Map.entry("sluice.upstream.reconnects", "Connections made anew since start, by upstream"),
          Map.entry(
              "sluice.webhook.posts",
              "Posts of escalated alarms to the webhook: delivered, refused (an attempt), given up"),
          Map.entry(
              "sluice.webhook.undelivered", "Escalated alarms that the webhook does not have yet"));

  private MetricHelp() {}

  public static Set<String> names() {
    return TEXTS.keySet();
  }

  static String of(String name) {
    return TEXTS.getOrDefault(name, name);
  }
}
