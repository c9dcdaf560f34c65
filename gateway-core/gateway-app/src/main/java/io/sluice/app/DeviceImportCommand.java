package io.sluice.app;

import io.sluice.engine.config.ConfigNode;
import io.sluice.engine.config.ConfigNode.Kind;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.ConfigNode.Scalar;
import io.sluice.engine.config.ConfigNode.Sequence;
import io.sluice.engine.config.ConfigTree;
import io.sluice.engine.config.Faults;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "import",
    description = "Registers the devices of a file, or replaces what is there.",
    footer =
        "The file is a list as in devices.yaml. Entries that are refused are named; the others go in.")
final class DeviceImportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AdminOptions admin;

  @Parameters(paramLabel = "FILE", description = "YAML list of devices.")
  private Path file;

  @Override
  public Integer call() throws CommandFailure {
    Faults faults = new Faults();
    ConfigNode root = ConfigTree.read(file, System.getenv(), faults);
    if (root instanceof Sequence devices) {
      int taken = faults.isEmpty() ? send(devices, faults) : 0;
      PrintWriter out = spec.commandLine().getOut();
      out.println(taken + " of " + devices.items().size() + " devices registered");
      out.flush();
    } else if (root != null) {
      faults.add(root, "must be a list of devices, not " + root.describe() + "; begin lines by -");
    }
    return Reports.print(faults, spec.commandLine().getErr()) ? ExitCode.FAILED : ExitCode.DONE;
  }

  private int send(Sequence devices, Faults faults) throws CommandFailure {
    int taken = 0;
    try (AdminClient client = admin.client()) {
      for (ConfigNode item : devices.items()) {
        if (item instanceof Mapping device && device.get("id") instanceof Scalar id) {
          AdminClient.Answer answer =
              client.send("PUT", "/api/v1/devices/" + AdminClient.encoded(id.text()), json(device));
          if (answer.ok()) {
            taken++;
          } else {
            faults.add(device, answer.error());
          }
        } else {
          faults.add(item, "is no device with an id; write { id: ..., profile: ..., ... }");
        }
      }
    }
    return taken;
  }

  private static JsonNode json(ConfigNode node) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (node) {
      case Mapping mapping -> {
        ObjectNode object = json.objectNode();
        mapping.entries().forEach((key, entry) -> object.set(key, json(entry.value())));
        yield object;
      }
      case Sequence sequence -> {
        ArrayNode array = json.arrayNode();
        sequence.items().forEach(item -> array.add(json(item)));
        yield array;
      }
      case Scalar scalar when scalar.kind() == Kind.NULL -> json.nullNode();
      case Scalar scalar when scalar.kind() == Kind.BOOLEAN ->
          json.booleanNode(Boolean.parseBoolean(scalar.text()));
      case Scalar scalar -> json.stringNode(scalar.text());
    };
  }
}
