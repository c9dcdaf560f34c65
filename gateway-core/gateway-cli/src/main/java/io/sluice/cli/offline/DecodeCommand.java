package io.sluice.cli.offline;

import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadCodecs;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.codec.PayloadExplainer;
import io.sluice.api.config.Services;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Unpacker;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.cli.config.Reports;
import io.sluice.engine.config.Faults;
import io.sluice.engine.decode.FieldCheck;
import io.sluice.engine.dialect.DialectPlaces;
import io.sluice.engine.dialect.Dialects;
import io.sluice.engine.dialect.RoutedTopic;
import io.sluice.engine.dialect.TopicTable;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.normalize.sample.FieldFaults;
import io.sluice.engine.normalize.sample.Normalized;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.engine.record.StoredJson;
import io.sluice.spool.Terms;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

@Command(
    name = "decode",
    description =
        "Decodes one payload as the gateway would, without one: prints the record, or the fault"
            + " and where it is.")
public final class DecodeCommand implements Callable<Integer> {
  private static final DeviceId DEVICE = new DeviceId("device");

  @Spec private CommandSpec spec;

  @Option(
      names = "--profile",
      paramLabel = "P",
      description = "Id of the device profile; needed but for --protocol.")
  private @Nullable String profile;

  @Option(
      names = "--protocol",
      paramLabel = "NAME",
      description =
          "Explains the payload field by field, valid or not, by the rules of that protocol:"
              + " sparkplug.")
  private @Nullable String protocol;

  @Option(
      names = "--profiles",
      paramLabel = "DIR",
      description = "Where profiles are; by default those that come with the program.")
  private @Nullable Path profiles;

  @Option(
      names = "--topic",
      paramLabel = "T",
      defaultValue = "telemetry",
      description = "Topic or path that it is sent to (default ${DEFAULT-VALUE}).")
  private String topic;

  @Option(
      names = "--dialect",
      paramLabel = "D",
      description = "Dialects of the listener; by default all that are in files.")
  private List<String> dialect = List.of();

  @Option(
      names = "--content-type",
      paramLabel = "TYPE",
      description = "Media type, as the device says it; by default it says none.")
  private @Nullable String contentType;

  @Option(
      names = "--f-port",
      paramLabel = "N",
      description = "LoRaWAN's FPort by which it came, 0 to 255; by default none.")
  private @Nullable Integer fPort;

  @ArgGroup(multiplicity = "1")
  private Payload payload;

  /** Where the payload is. */
  private static final class Payload {
    @Option(names = "--file", paramLabel = "F", description = "A file that holds the payload.")
    private @Nullable Path file;

    @Option(names = "--hex", paramLabel = "H", description = "The payload in hex digits.")
    private @Nullable String hex;

    @Option(names = "--text", paramLabel = "T", description = "The payload as text.")
    private @Nullable String text;

    byte[] bytes() throws IOException, CommandFailure {
      if (file != null) {
        if (!Files.isReadable(file)) {
          throw new CommandFailure(ExitCode.USAGE, file + " cannot be read; name a file");
        }
        return Files.readAllBytes(file);
      }
      if (hex == null) {
        return String.valueOf(text).getBytes(StandardCharsets.UTF_8);
      }
      try {
        return HexFormat.of().parseHex(hex.replaceAll("[\\s:]", ""));
      } catch (IllegalArgumentException e) {
        throw new CommandFailure(ExitCode.USAGE, "--hex: " + e.getMessage(), e);
      }
    }
  }

  @Override
  public Integer call() throws IOException, CommandFailure {
    if (protocol != null) {
      return explain(protocol);
    }
    if (profile == null) {
      throw new ParameterException(
          spec.commandLine(), "Missing required option: '--profile=P' (or --protocol=NAME)");
    }
    return decode(profile);
  }

  private int explain(String name) throws IOException, CommandFailure {
    Services<PayloadExplainer> known =
        Services.load(PayloadExplainer.class, PayloadExplainer::protocol);
    PayloadExplainer explainer = known.byName().get(name);
    if (explainer == null) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "--protocol: \"%s\" is not known; there are %s"
              .formatted(name, String.join(", ", known.byName().keySet())));
    }
    boolean isTopic = spec.commandLine().getParseResult().hasMatchedOption("--topic");
    PayloadExplainer.Explanation said = explainer.explain(payload.bytes(), isTopic ? topic : "");
    PrintWriter out = spec.commandLine().getOut();
    said.lines().forEach(out::println);
    out.flush();
    if (said.fault() != null) {
      throw new CommandFailure(ExitCode.FAILED, said.fault());
    }
    return ExitCode.DONE;
  }

  private int decode(String id) throws IOException, CommandFailure {
    Profiles loaded = loadProfiles(id);
    if (loaded == null) {
      return ExitCode.USAGE;
    }
    Profile found = loaded.find(id);
    if (found == null) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "no profile \"" + id + "\"; there are " + loaded.ids().stream().sorted().toList());
    }
    TopicTable table = topics(found);
    if (table == null) {
      return ExitCode.USAGE;
    }
    RoutedTopic route = table.route(topic);
    if (route == null) {
      throw new CommandFailure(
          ExitCode.FAILED, "nothing maps the topic \"" + topic + "\"; publish to " + table.hint());
    }
    try {
      Unpacker unpacker = route.unpacker();
      if (unpacker == null) {
        print(decode(loaded, found, route));
      } else {
        long now = Clock.systemUTC().millis() * 1_000;
        for (Part part : unpacker.unpack(topic, payload.bytes(), now)) {
          print(decode(loaded, found, route, part));
        }
      }
      tell(route);
      return ExitCode.DONE;
    } catch (PayloadException e) {
      throw new CommandFailure(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
    }
  }

  /** Those with a script stand in a folder of their own, which is read for them alone. */
  private Path place(String id) {
    if (profiles != null) {
      return profiles;
    }
    Path shipped = GatewayFiles.shippedProfiles();
    Path scripted = shipped.resolve("lorawan");
    boolean isThere = id.matches("[a-z0-9._-]+") && Files.exists(scripted.resolve(id + ".yaml"));
    return isThere ? scripted : shipped;
  }

  private @Nullable Profiles loadProfiles(String id) {
    Profiles.Loaded loaded = Profiles.load(List.of(place(id)));
    PrintWriter err = spec.commandLine().getErr();
    if (!loaded.faults().isEmpty()) {
      PayloadCodecs.faults().forEach(err::println); // which may be why a profile's is not there
    }
    loaded.faults().forEach(err::println);
    loaded.warnings().forEach(each -> err.println("warning: " + each));
    err.flush();
    return loaded.faults().isEmpty() ? loaded.profiles() : null;
  }

  /** What topics mean for devices of the profile; null where the dialects have faults. */
  private @Nullable TopicTable topics(Profile found) throws CommandFailure {
    Faults faults = new Faults();
    Dialects dialects =
        Dialects.load(
            DialectPlaces.beside(List.of(place(found.id())), GatewayFiles.shippedDialects()),
            faults);
    for (String name : dialect) {
      String fault = Dialects.unknown(name, dialects.names());
      if (fault != null) {
        throw new CommandFailure(ExitCode.USAGE, "--dialect: " + fault);
      }
    }
    Map<String, String> own =
        dialect.isEmpty() && found.dialect() != null
            ? Map.of(found.id(), found.dialect())
            : Map.of();
    TopicTable table = dialects.topics(dialect, own).table(found.id());
    return Reports.print(faults, spec.commandLine().getErr()) ? null : table;
  }

  /** Which rule took the topic, where one was asked about. */
  private void tell(RoutedTopic route) {
    if (spec.commandLine().getParseResult().hasMatchedOption("--topic")) {
      PrintWriter err = spec.commandLine().getErr();
      String device = route.device() == null ? "the session's device" : route.device();
      err.println(
          "sluice: topic taken by dialect %s: %s -> %s of %s"
              .formatted(route.dialect(), route.rule(), route.messageClass().jsonName(), device));
      err.flush();
    }
  }

  private String decode(Profiles loaded, Profile found, RoutedTopic route)
      throws PayloadException, IOException, CommandFailure {
    Normalizer normalizer = new Normalizer("decode", loaded);
    Device device = device(found, null);
    ContentType type = route.contentType(type());
    byte[] bytes = payload.bytes();
    long now = Clock.systemUTC().millis() * 1_000;
    Normalized normalized =
        normalizer.normalize(
            null, device, route.messageClass(), type, "decode", topic, bytes, port(), now);
    return shown(
        normalized,
        found,
        () ->
            view(
                normalizer.normalizeAsItComes(
                    device, route.messageClass(), type, "decode", topic, bytes, now)));
  }

  /** One of the parts into which the dialect takes the message. */
  private String decode(Profiles loaded, Profile found, RoutedTopic route, Part part)
      throws PayloadException {
    String named = part.devices().isEmpty() ? route.device() : part.devices().getFirst();
    MessageClass own = part.messageClass();
    Normalized normalized =
        new Normalizer("decode", loaded)
            .normalize(
                null,
                device(found, named),
                own == null ? route.messageClass() : own,
                part,
                "decode",
                topic,
                Clock.systemUTC().millis() * 1_000);
    return shown(normalized, found, () -> null);
  }

  private static Device device(Profile found, @Nullable String named) {
    DeviceId id = named == null || !DeviceId.isValid(named) ? DEVICE : new DeviceId(named);
    return new Device(id, found.id(), found.sector(), "site", null, null, true, true, false);
  }

  private String shown(Normalized normalized, Profile found, FieldCheck.AsItComes asItComes) {
    FieldFaults faults = normalized.faults();
    if (faults != null) {
      spec.commandLine().getErr().println("sluice: kept as bad: " + faults.detail());
    }
    FieldCheck check = FieldCheck.of(found, view(normalized), asItComes);
    tell("no metric takes", check.unmapped());
    tell("did not come", check.missing());
    return StoredJson.text(view(normalized));
  }

  private void tell(String what, List<String> names) {
    if (!names.isEmpty()) {
      spec.commandLine().getErr().println("sluice: " + what + ": " + String.join(", ", names));
    }
  }

  private static EncodedRecord view(Normalized normalized) {
    return StoredJson.view(
        normalized.body(), normalized.messageClass().lane(), 1, "offline", Terms.NONE);
  }

  private int port() throws CommandFailure {
    Integer port = fPort;
    if (port != null && (port < 0 || port > 255)) {
      throw new CommandFailure(
          ExitCode.USAGE, "--f-port: %d is none; write 0 to 255".formatted(port));
    }
    return port == null ? PayloadCodec.NO_PORT : port;
  }

  private ContentType type() throws CommandFailure {
    if (contentType == null) {
      return ContentType.UNSPECIFIED;
    }
    ContentType meant = ContentType.ofMediaType(contentType);
    if (meant != null) {
      return meant;
    }
    String known =
        Arrays.stream(ContentType.values())
            .map(ContentType::mediaType)
            .filter(name -> !name.isEmpty())
            .collect(Collectors.joining(", "));
    throw new CommandFailure(
        ExitCode.USAGE, "--content-type: \"" + contentType + "\" is not known; use " + known);
  }

  private void print(String json) {
    JsonMapper mapper = new JsonMapper();
    PrintWriter out = spec.commandLine().getOut();
    out.println(mapper.writerWithDefaultPrettyPrinter().writeValueAsString(mapper.readTree(json)));
    out.flush();
  }
}
