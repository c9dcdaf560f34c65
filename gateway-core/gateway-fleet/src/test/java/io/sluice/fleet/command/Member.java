package io.sluice.fleet.command;

import io.sluice.api.Command;
import io.sluice.api.DeviceId;
import io.sluice.api.GatewayTime;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.LinkEnd;
import io.sluice.api.adapter.Peer;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.fleet.GatewayChannel;
import io.sluice.api.fleet.GatewayLeases.Run;
import io.sluice.api.operator.DeviceDirectory.CredentialSpec;
import io.sluice.api.operator.DeviceDirectory.DeviceSpec;
import io.sluice.engine.fleet.FleetMember;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.registry.Registry;
import io.sluice.engine.registry.credential.AccessSettings;
import io.sluice.store.postgres.PostgresCommands;
import io.sluice.store.postgres.PostgresGateways;
import io.sluice.store.postgres.PostgresLink;
import io.sluice.store.postgres.PostgresSessions;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** A gateway's registry and its place in the fleet, by the classes of the gateway. */
final class Member implements AutoCloseable {
  private static final String TOKEN = "0123456789abcdef-token-";

  final Registry registry;
  final FleetMember member;
  private final PostgresLink link;

  Member(FleetStoreSettings store, String id, Path directory, List<String> devices)
      throws Exception {
    Files.createDirectories(directory);
    registry =
        Registry.open(
            directory,
            AccessSettings.DEFAULTS,
            LimitSettings.DEFAULTS,
            Set.of("p"),
            Clock.systemUTC());
    for (String device : devices) {
      registry
          .directory()
          .put(
              new DeviceSpec(
                  new DeviceId(device),
                  "p",
                  "factory",
                  "plant",
                  Duration.ofMinutes(1),
                  null,
                  true,
                  true,
                  new CredentialSpec(null, TOKEN + device, null, null, null, null)));
    }
    link = PostgresLink.open(store, id, Clock.systemUTC());
    member =
        FleetMember.join(
            new FleetMember.Stores(
                new PostgresGateways(link.dataSource()),
                new PostgresSessions(link.dataSource()),
                new PostgresCommands(link.dataSource())),
            new Run(id, UUID.randomUUID(), "place-" + id, "host", null, "1", ""),
            registry,
            new GatewayTime(Clock.systemUTC(), System::nanoTime));
    link.onAway(member::storeIsAway);
    link.listen(GatewayChannel.of(id), member::heard, member::storeIsBack);
  }

  /** A device's session, which takes what it is given and answers at once, unless it is deaf. */
  final class Link implements DeviceLink {
    final List<String> taken = new CopyOnWriteArrayList<>();
    private final DeviceId device;
    private final boolean isDeaf;

    private Link(DeviceId device, boolean isDeaf) {
      this.device = device;
      this.isDeaf = isDeaf;
    }

    @Override
    public boolean send(Command command) {
      if (isDeaf) {
        return false;
      }
      taken.add(command.id());
      Thread.ofVirtual().start(() -> member.commands().acknowledged(device, command.id()));
      return true;
    }

    @Override
    public void close(LinkEnd reason) {
      Thread.ofVirtual().start(() -> member.sessions().detach(device, this));
    }
  }

  Link attach(String device, boolean isDeaf) {
    Peer peer = new Peer("mqtt", new InetSocketAddress("192.0.2.1", 40_000), false);
    byte[] token = (TOKEN + device).getBytes(StandardCharsets.UTF_8);
    Admission verdict =
        registry.admit(peer, new Credentials.Password(device, token)).toCompletableFuture().join();
    Link made = new Link(new DeviceId(device), isDeaf);
    if (!(verdict instanceof Admission.Admitted admitted)
        || !member.sessions().attach(admitted, peer, made)) {
      throw new IllegalStateException(verdict.toString());
    }
    member.commands().ready(made.device);
    return made;
  }

  @Override
  public void close() {
    member.close();
    registry.close();
    link.close();
  }
}
