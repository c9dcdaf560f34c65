package io.sluice.app;

import io.sluice.api.Command;
import io.sluice.api.DeviceId;
import io.sluice.api.GatewayTime;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.LinkEnd;
import io.sluice.api.adapter.Peer;
import io.sluice.api.config.Secret;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.fleet.GatewayChannel;
import io.sluice.api.fleet.GatewayLeases.Run;
import io.sluice.api.operator.CommandService;
import io.sluice.api.operator.DeviceDirectory.CredentialSpec;
import io.sluice.api.operator.DeviceDirectory.DeviceSpec;
import io.sluice.engine.fleet.FleetMember;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.registry.Registry;
import io.sluice.engine.registry.credential.AccessSettings;
import io.sluice.store.postgres.PostgresCommands;
import io.sluice.store.postgres.PostgresGateways;
import io.sluice.store.postgres.PostgresLink;
import io.sluice.store.postgres.PostgresSchema;
import io.sluice.store.postgres.PostgresSessions;
import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** What a gateway of a fleet has without its listeners: a registry, and its place in the fleet. */
final class FleetGateway implements AutoCloseable {
  private static final String TOKEN = "0123456789abcdef-token-";
  private static final int DEVICES = 12;

  final String id;
  final Registry registry;
  final FleetMember member;
  private final PostgresLink link;
  private final PostgreSql server;
  private final String database;

  private FleetGateway(
      String id, Registry registry, PostgresLink link, PostgreSql server, String database)
      throws IOException {
    this.id = id;
    this.registry = registry;
    this.link = link;
    this.server = server;
    this.database = database;
    this.member =
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

  /** Makes a database with the tables of a fleet. */
  static String newDatabase(PostgreSql server) throws IOException {
    String database = server.newDatabase();
    server.sql(
        database,
        "CREATE SCHEMA sluice",
        "CREATE TABLE sluice.schema_history (version text, success boolean)");
    for (String script : PostgresSchema.SCRIPTS) {
      try (InputStream text = PostgresSchema.class.getResourceAsStream(script + ".sql")) {
        server.sql(database, new String(text.readAllBytes(), StandardCharsets.UTF_8));
      }
      String version = script.substring(1, script.indexOf('_'));
      server.sql(database, "INSERT INTO sluice.schema_history VALUES ('" + version + "', true)");
    }
    return database;
  }

  static FleetGateway open(PostgreSql server, String database, String id, Path directory)
      throws Exception {
    Files.createDirectories(directory);
    Registry registry =
        Registry.open(
            directory,
            AccessSettings.DEFAULTS,
            LimitSettings.DEFAULTS,
            Set.of("p"),
            Clock.systemUTC());
    for (int n = 0; n < DEVICES; n++) {
      registry
          .directory()
          .put(
              new DeviceSpec(
                  new DeviceId("meter-" + n),
                  "p",
                  "factory",
                  "plant",
                  Duration.ofMinutes(1),
                  null,
                  true,
                  true,
                  new CredentialSpec(null, TOKEN + n, null, null, null, null)));
    }
    FleetStoreSettings settings =
        new FleetStoreSettings(
            server.uri(database), PostgreSql.USER, new Secret(PostgreSql.PASSWORD), null, null);
    return new FleetGateway(
        id, registry, PostgresLink.open(settings, id, Clock.systemUTC()), server, database);
  }

  CommandService service() {
    return member.commandService();
  }

  /** A device's session, which takes what it is given, and answers. */
  static final class Link implements DeviceLink {
    final DeviceId device;
    final List<Command> taken = new CopyOnWriteArrayList<>();
    final AtomicReference<@Nullable LinkEnd> closed = new AtomicReference<>();
    volatile boolean isDeaf;
    volatile Consumer<String> onTaken = id -> {};
    private volatile FleetGateway at;

    Link(FleetGateway at, String device) {
      this.at = at;
      this.device = new DeviceId(device);
    }

    @Override
    public boolean send(Command command) {
      if (isDeaf || closed.get() != null) {
        return false;
      }
      taken.add(command);
      onTaken.accept(command.id());
      FleetGateway gateway = at;
      Thread.ofVirtual().start(() -> gateway.member.commands().acknowledged(device, command.id()));
      return true;
    }

    @Override
    public void close(LinkEnd reason) {
      closed.compareAndSet(null, reason);
      FleetGateway gateway = at;
      Thread.ofVirtual().start(() -> gateway.member.sessions().detach(device, this));
    }
  }

  Link attach(String device) {
    return attach(new Link(this, device));
  }

  private Link attach(Link made) {
    Peer peer = new Peer("mqtt", new InetSocketAddress("192.0.2.1", 40_000), false);
    String number = made.device.value().substring("meter-".length());
    Admission verdict =
        registry
            .admit(
                peer,
                new Credentials.Password(
                    made.device.value(), (TOKEN + number).getBytes(StandardCharsets.UTF_8)))
            .toCompletableFuture()
            .join();
    if (!(verdict instanceof Admission.Admitted admitted)
        || !member.sessions().attach(admitted, peer, made)) {
      throw new IllegalStateException(verdict.toString());
    }
    member.commands().ready(made.device);
    return made;
  }

  /** The device of a link here signs in at another gateway. */
  void moveTo(FleetGateway other, Link link) {
    member.sessions().detach(link.device, link);
    link.at = other;
    var _ = other.attach(link);
  }

  /** Whether the fleet knows that the device is here. */
  boolean holds(String device) throws IOException {
    return server
        .sql(database, "SELECT gateway FROM sluice.session WHERE device = '" + device + "'")
        .equals(id);
  }

  /** Devices that poll are here for some seconds; then nothing of theirs is in hand here. */
  void tillItHasGivenBack() {
    Awaitility.await()
        .atMost(60, TimeUnit.SECONDS)
        .until(() ->
            registry.fleetQueues().waiting().isEmpty() && member.state().commandsUnreported() == 0);
  }

  /** Ends it as a power cut does: the fleet hears nothing of it, and its lease goes on. */
  void kill() {
    link.close();
    member.close();
    registry.close();
  }

  @Override
  public void close() {
    member.close();
    registry.close();
    link.close();
  }
}
