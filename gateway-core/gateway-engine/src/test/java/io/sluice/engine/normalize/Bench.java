package io.sluice.engine.normalize;

import io.sluice.api.CanonicalRecord;
import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.normalize.sample.FieldFaults;
import io.sluice.engine.normalize.sample.Normalized;
import io.sluice.engine.record.EncodedRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A profile and a device to decode with; the record comes back as an object. */
public final class Bench {
  /** 2026-01-01T00:00:00Z. */
  public static final long NOW = 1_767_225_600_000_000L;

  private final Normalizer normalizer;
  private final Device device;

  private Bench(Profiles profiles, String profile) {
    this.normalizer = new Normalizer("gw", profiles);
    this.device =
        new Device(new DeviceId("dev-1"), profile, "farm", "north", null, null, true, true, false);
  }

  /** With one of the profiles that are shipped. */
  public static Bench shipped(String profile) {
    return new Bench(shipped(), profile);
  }

  public static Profiles shipped() {
    Profiles.Loaded loaded = Profiles.load(List.of(shippedDirectory()));
    if (!loaded.faults().isEmpty()) {
      throw new AssertionError(String.join("\n", loaded.faults()));
    }
    return loaded.profiles();
  }

  public static Path shippedDirectory() {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(here.resolve("config/profiles"))) {
      here = here.getParent();
    }
    return here.resolve("config/profiles");
  }

  /** With a profile written here. */
  public static Bench of(String... lines) {
    Profiles.Loaded loaded = load(lines);
    if (!loaded.faults().isEmpty()) {
      throw new AssertionError(String.join("\n", loaded.faults()));
    }
    return new Bench(loaded.profiles(), loaded.profiles().ids().iterator().next());
  }

  /** With one of these. */
  public static Bench with(Profiles profiles, String profile) {
    return new Bench(profiles, profile);
  }

  /** Loads a profile written here as {@code test.yaml}. */
  public static Profiles.Loaded load(String... lines) {
    try {
      Path directory = Files.createTempDirectory("profiles");
      Path file =
          Files.writeString(directory.resolve("test.yaml"), String.join("\n", lines) + "\n");
      try {
        return Profiles.load(List.of(file));
      } finally {
        Files.delete(file);
        Files.delete(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public CanonicalRecord decode(String payload) throws PayloadException {
    return decode(ContentType.UNSPECIFIED, payload.getBytes(StandardCharsets.UTF_8));
  }

  public CanonicalRecord decode(ContentType type, String payload) throws PayloadException {
    return decode(type, payload.getBytes(StandardCharsets.UTF_8));
  }

  public CanonicalRecord decode(ContentType type, byte[] payload) throws PayloadException {
    return decode(MessageClass.TELEMETRY, type, payload);
  }

  /** What was wrong with fields of a payload that is taken all the same, or null. */
  @Nullable
  public FieldFaults faults(String payload) throws PayloadException {
    return normalizer
        .normalize(
            device,
            MessageClass.TELEMETRY,
            ContentType.UNSPECIFIED,
            "mqtt",
            "telemetry",
            payload.getBytes(StandardCharsets.UTF_8),
            NOW)
        .faults();
  }

  public CanonicalRecord decode(MessageClass messageClass, ContentType type, byte[] payload)
      throws PayloadException {
    Normalized normalized =
        normalizer.normalize(device, messageClass, type, "mqtt", "telemetry", payload, NOW);
    byte[] body = normalized.body();
    try {
      return new EncodedRecord()
          .wrap(body, 0, body.length, normalized.messageClass().lane(), 1, "e")
          .toRecord();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Object value(CanonicalRecord record, String name) {
    return record.measurements().stream()
        .filter(m -> m.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not in " + record.measurements()))
        .value();
  }
}
