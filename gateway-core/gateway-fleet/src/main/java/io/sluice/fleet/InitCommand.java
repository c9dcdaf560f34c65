package io.sluice.fleet;

import io.sluice.api.fleet.FleetBusSettings;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.fleet.config.FleetFile;
import io.sluice.fleet.init.FleetTopicMaker;
import io.sluice.fleet.init.RegistrySchema;
import io.sluice.fleet.run.BusClients;
import io.sluice.store.postgres.PostgresRoles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "init",
    description =
        "Makes the tables in PostgreSQL and the topics in Kafka that are not there yet. What is"
            + " there is kept; where a topic differs from the plan, that is said.")
final class InitCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The fleet's configuration, with a user who may make tables and topics.")
  private @Nullable Path file;

  @Option(
      names = "--roles",
      description =
          "Makes nothing; prints the roles of gateways and of the fleet in PostgreSQL as SQL, for"
              + " its administrator.")
  private boolean roles;

  @Option(
      names = "--gateway-user",
      paramLabel = "NAME=REGION",
      description =
          "Gives a user that the database has the rights of gateways of a region; * is every"
              + " region. Whoever does it owns the tables. May be given more than once.")
  private Map<String, String> gatewayUsers = Map.of();

  @Option(
      names = "--view-user",
      paramLabel = "NAME",
      description = "Gives a user that the database has the rights of the fleet's view.")
  private List<String> viewUsers = List.of();

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description =
          "Partitions of each topic by device; without it as those that are there, else 24. They"
              + " cannot be changed later without making the topics anew.")
  private @Nullable Integer partitions;

  @Option(
      names = "--replication",
      paramLabel = "N",
      description = "Copies of each partition; without it 3, or as many as there are brokers.")
  private @Nullable Integer replication;

  @Override
  public Integer call() throws IOException, InterruptedException, CommandFailure {
    if (roles) {
      spec.commandLine().getOut().println(PostgresRoles.sql());
      return ExitCode.DONE;
    }
    if (file == null) {
      throw new CommandFailure(
          ExitCode.USAGE, "--config is missing; name the file of the fleet's configuration");
    }
    FleetFile config = FleetFile.load(file, System.getenv(), spec.commandLine().getErr());
    if (config == null) {
      return ExitCode.USAGE;
    }
    requirePositive("--partitions", partitions, 10_000);
    requirePositive("--replication", replication, 100);
    FleetStoreSettings store = config.store();
    FleetBusSettings bus = config.bus();
    boolean hasUsers = !gatewayUsers.isEmpty() || !viewUsers.isEmpty();
    if (store == null && hasUsers) {
      throw new CommandFailure(
          ExitCode.USAGE, file + ": fleet.store is missing; add the database that has the users");
    }
    if (store == null && bus == null) {
      throw new CommandFailure(
          ExitCode.USAGE,
          file + ": names neither fleet.store nor fleet.bus; add what is to be made");
    }
    PrintWriter out = spec.commandLine().getOut();
    if (store != null) {
      RegistrySchema.Done done = RegistrySchema.migrate(store);
      out.println("tables version " + done.version() + ", " + done.scripts() + " scripts were run");
      out.flush();
      give(store, out);
    }
    return bus == null ? ExitCode.DONE : topics(bus, out);
  }

  private static void requirePositive(String name, @Nullable Integer value, int most)
      throws CommandFailure {
    if (value != null && (value < 1 || value > most)) {
      throw new CommandFailure(
          ExitCode.USAGE, name + " " + value + " is out of range; write 1 to " + most);
    }
  }

  private void give(FleetStoreSettings store, PrintWriter out) throws IOException {
    List<PostgresRoles.User> users = new ArrayList<>();
    gatewayUsers.forEach(
        (name, region) -> users.add(new PostgresRoles.User(name, PostgresRoles.GATEWAY, region)));
    viewUsers.forEach(name ->
        users.add(new PostgresRoles.User(name, PostgresRoles.VIEW, PostgresRoles.EVERY_REGION)));
    if (users.isEmpty()) {
      return;
    }
    RegistrySchema.give(store, users);
    users.forEach(user ->
        out.println("user " + user.name() + " is of " + user.role() + ", region " + user.region()));
    out.flush();
  }

  private Integer topics(FleetBusSettings bus, PrintWriter out)
      throws IOException, InterruptedException {
    try {
      FleetTopicMaker.Done done =
          FleetTopicMaker.make(BusClients.common(bus), bus, partitions, replication);
      done.made().forEach(topic -> out.println("topic " + topic + " made"));
      done.there().forEach(topic -> out.println("topic " + topic + " there"));
      done.differences().forEach(line -> out.println("differs " + line));
      out.flush();
      return done.isUsable() ? ExitCode.DONE : ExitCode.FAILED;
    } catch (KafkaException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException("Kafka: " + cause.getMessage(), e);
    }
  }
}
