package io.sluice.engine.normalize.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.Metric;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.normalize.sample.ClockFloor;
import io.sluice.engine.normalize.sample.Normalized;
import io.sluice.engine.normalize.sample.RecordMaker;
import io.sluice.engine.normalize.sample.Samples;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reader of plain objects, held to the one that reads all. */
class PlainObjectTest {
  private static final long NOW = 1_767_225_600_000_000L;

  private static final String[] NAMES = {
    "P",
    "power",
    "count",
    "level",
    "open",
    "serial",
    "temp",
    "x",
    "y",
    "device",
    "status",
    "severity",
    "hist",
    "values",
    "id",
    "method",
    "a b",
    "é",
    "q\\u0061",
    "",
    "t",
    "ts",
    "t"
  };

  private final long seed = System.nanoTime();
  private final SplittableRandom random = new SplittableRandom(seed);
  private final DocumentCodec whole = codec(null);
  private PlainObject plain = new PlainObject();
  private DocumentCodec quick = codec(plain);
  private final Samples samples = new Samples();
  private final Samples others = new Samples();
  private final RecordMaker maker = new RecordMaker(ClockFloor.NONE, null);
  private final RecordMaker otherMaker = new RecordMaker(ClockFloor.NONE, null);
  private int taken;

  @TempDir Path directory;

  private static DocumentCodec codec(@Nullable PlainObject plain) {
    return new DocumentCodec(DocumentFormat.JSON, new ObjectCodec(), plain);
  }

  @Test
  void everyDocumentBecomesTheSameRecordByBoth() throws Exception {
    List<Profile> profiles = profiles();
    for (int i = 0; i < 30_000; i++) {
      Profile profile = profiles.get(random.nextInt(profiles.size()));
      compare(profile, document(profile, random.nextInt(3) > 0));
    }
    assertThat(taken).as("seed %d", seed).isGreaterThan(5_000);
  }

  @Test
  void damagedDocumentsHaveTheSameFaultByBoth() throws Exception {
    List<Profile> profiles = profiles();
    for (int i = 0; i < 30_000; i++) {
      Profile profile = profiles.get(random.nextInt(profiles.size()));
      byte[] bytes = document(profile, true).clone();
      if (random.nextInt(3) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(1, bytes.length + 3));
      } else {
        for (int n = random.nextInt(1, 4); n > 0; n--) {
          int at = random.nextInt(bytes.length);
          bytes[at] =
              random.nextBoolean()
                  ? (byte) "{}[]\",:.eE-+0129 \\\ntfn\u0000".charAt(random.nextInt(23))
                  : (byte) random.nextInt();
        }
      }
      compare(profile, bytes);
    }
  }

  @Test
  void aPlainObjectIsTakenWithoutTheOther() throws Exception {
    Profile profile = profiles().getFirst();
    assertThat(profile.id()).isEqualTo("own");
    byte[] bytes =
        "{ \"ts\": 1767225599123 ,\"P\":12.5,\"count\":-3,\"open\":true,\"serial\":\"A-1\",\"x\":0.5}"
            .getBytes(StandardCharsets.UTF_8);
    samples.clear(profile, profile.forms().times());
    assertThat(plain.read(bytes, 0, bytes.length, profile, samples, NOW)).isTrue();
    assertThat(samples.count).isEqualTo(5);
  }

  private List<Profile> profiles() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String unknown : List.of("keep", "drop", "reject")) {
      for (String tolerate : List.of("field", "none")) {
        Path file = directory.resolve("own-" + unknown + tolerate + ".yaml");
        String id = files.isEmpty() ? "own" : "own-" + unknown + "-" + tolerate;
        Files.writeString(
            file,
            """
            id: own
            unknown: %s
            tolerate: %s
            metrics:
              power: { unit: W, min: -10, max: 1000, from: [{ path: P, unit: kW }] }
              count: { type: integer }
              level: { type: integer, values: { low: 1, high: 2, "3": 3 } }
              open: { type: boolean }
              serial: { type: string }
              temp: { unit: Cel, numbers-as-strings: true }
            """
                .formatted(unknown, tolerate)
                .replace("id: own", "id: " + id));
        files.add(file);
      }
    }
    Path root = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(root.resolve("config/profiles"))) {
      root = root.getParent();
    }
    try (Stream<Path> shipped = Files.list(root.resolve("config/profiles"))) {
      shipped.filter(file -> file.toString().endsWith(".yaml")).sorted().forEach(files::add);
    }
    Profiles.Loaded loaded = Profiles.load(files);
    assertThat(loaded.faults()).isEmpty();
    return loaded.profiles().ids().stream()
        .sorted((a, b) -> Boolean.compare(b.equals("own"), a.equals("own")))
        .map(loaded.profiles()::find)
        .toList();
  }

  private void compare(Profile profile, byte[] bytes) {
    if (random.nextInt(8) == 0) { // one that has not given up
      plain = new PlainObject();
      quick = codec(plain);
    }
    samples.clear(profile, profile.forms().times());
    if (plain.read(bytes, 0, bytes.length, profile, samples, NOW)) {
      taken++;
    }
    String told = "seed %d, %s: %s".formatted(seed, profile.id(), text(bytes));
    assertThat(outcome(quick, samples, maker, profile, bytes))
        .as(told)
        .isEqualTo(outcome(whole, others, otherMaker, profile, bytes));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** All that a message leads to. */
  private static String outcome(
      DocumentCodec codec, Samples samples, RecordMaker maker, Profile profile, byte[] bytes) {
    Device device =
        new Device(new DeviceId("d-1"), profile.id(), "s", "t", null, null, true, true, false);
    samples.clear(profile, profile.forms().times());
    try {
      codec.decode(bytes, profile, device, NOW, samples);
      samples.requireSomething();
    } catch (PayloadException e) {
      return e.reason() + ": " + e.getMessage();
    }
    Normalized made =
        maker.make(
            samples,
            profile,
            device,
            "g",
            MessageClass.TELEMETRY,
            "mqtt",
            "telemetry",
            "json",
            NOW);
    return samples.claimedDevice()
        + " "
        + made.messageClass()
        + " "
        + made.faults()
        + " "
        + HexFormat.of().formatHex(made.body());
  }

  private byte[] document(Profile profile, boolean isPlain) {
    StringBuilder text = new StringBuilder(isPlain ? "" : blanks()).append('{');
    List<String> names = new ArrayList<>();
    if (random.nextInt(3) > 0) {
      names.add("ts");
    }
    List<Metric> metrics = profile.metrics();
    for (int i = random.nextInt(1, 9); i > 0; i--) {
      boolean isMetric = !metrics.isEmpty() && random.nextInt(3) > 0;
      names.add(
          isMetric
              ? metrics.get(random.nextInt(metrics.size())).name()
              : NAMES[random.nextInt(NAMES.length - (isPlain ? 7 : 0))]);
    }
    if (isPlain) {
      names = names.stream().distinct().toList();
    }
    for (int i = 0; i < names.size(); i++) {
      text.append(i == 0 ? "" : ",").append(blanks()).append('"').append(names.get(i)).append('"');
      text.append(blanks()).append(':').append(blanks());
      String name = names.get(i);
      boolean isTime = name.equals("ts") && random.nextInt(8) > 0;
      text.append(isTime ? time() : isPlain ? fitting(profile.metric(name)) : value(false));
      text.append(blanks());
    }
    return text.append('}')
        .append(isPlain ? "" : blanks())
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  private String fitting(@Nullable Metric metric) {
    if (metric == null || random.nextInt(40) == 0) {
      return value(true);
    }
    return switch (metric.type()) {
      case NUMBER -> Double.toString(random.nextInt(-1_000, 100_000) / 100.0);
      case INTEGER -> Integer.toString(random.nextInt(-500, 500));
      case BOOLEAN -> pick("true", "false", "0", "1");
      default -> pick("\"a\"", "\"B-2\"", "7", "0.5", "\"open\"");
    };
  }

  private String time() {
    long millis = NOW / 1_000 - random.nextLong(400_000);
    return switch (random.nextInt(5)) {
      case 0 -> Long.toString(millis / 1_000);
      case 1 -> millis / 1_000 + "." + random.nextInt(1_000);
      case 2 -> "\"2025-12-31T23:59:5" + random.nextInt(10) + "Z\"";
      default -> Long.toString(millis);
    };
  }

  private String value(boolean isPlain) {
    return switch (random.nextInt(isPlain ? 7 : 16)) {
      case 0 -> Integer.toString(random.nextInt(-500, 500));
      case 1, 2 -> Double.toString(random.nextInt(-100_000, 100_000) / 100.0);
      case 3 -> random.nextBoolean() ? "true" : "false";
      case 4 -> '"' + Integer.toString(random.nextInt(100)) + '"';
      case 5 -> "\"text " + random.nextInt() + '"';
      case 6 -> Long.toString(random.nextLong() >> random.nextInt(64));
      case 7 -> Double.toString(Double.longBitsToDouble(random.nextLong()));
      case 8 -> Double.toString(random.nextDouble());
      case 9 -> "null";
      case 10 -> "{\"value\":" + random.nextInt(9) + ",\"b\":[1,2]}";
      case 11 -> "[" + random.nextInt() + ",true]";
      case 12 -> pick("\"low\"", "\"3\"", "3", "1", "0", "\"on\"", "\"n/a\"", "\"NaN\"", "\"inf\"");
      case 13 ->
          pick("-0", "-0.0", "00", "01", "1.", ".5", "-", "1e3", "1E-2", "123456789012345678901");
      case 14 ->
          pick("\"\"", "\"ü\"", "\"a\\nb\"", "\"\\ud800\"", "\"d-2\"", "\"Severe\"", "\"Actual\"");
      default ->
          pick("0.1234567890123", "123456789.1234567", "1234567890123.5", "9007199254740993.0");
    };
  }

  private String pick(String... of) {
    return of[random.nextInt(of.length)];
  }

  private String blanks() {
    return random.nextInt(6) == 0 ? pick(" ", "\n", "\t ", "\r\n", "") : "";
  }
}
