package io.sluice.benchmarks;

import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.SessionCodecs;
import io.sluice.engine.normalize.TimeSettings;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.normalize.sample.ClockFloor;
import io.sluice.engine.normalize.sample.Normalized;
import io.sluice.spool.TermDictionary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/**
 * The messages that all benchmarks use: what an energy meter says, in each form, and its record.
 */
public final class Messages {
  /** 2026-01-01T00:00:00Z, microseconds. */
  public static final long NOW = 1_767_225_600_000_000L;

  /** Flat JSON of 165 bytes, as build/bench sends it. */
  static final byte[] JSON =
      ("{\"ts\":1767225599123,\"voltage\":230.12,\"current\":4.213,\"power\":968.7,"
              + "\"energy\":48213.551,\"powerFactor\":0.981,\"frequency\":49.98,"
              + "\"serial\":\"SN-0012345678\",\"seq\":1234567890}")
          .getBytes(StandardCharsets.UTF_8);

  /** The same with one field that is no number, as a script writes it. */
  static final byte[] ONE_BAD =
      new String(JSON, StandardCharsets.UTF_8)
          .replace("4.213", "\"n/a\"")
          .getBytes(StandardCharsets.UTF_8);

  /** A nested vendor form of the same, of 150 bytes (Tasmota). */
  static final byte[] NESTED =
      ("{\"Time\":\"2025-12-31T23:59:59\",\"ENERGY\":{\"TotalStartTime\":\"2025-01-01T00:00:00\","
              + "\"Total\":48213.551,\"Power\":968.7,\"Factor\":0.98,\"Voltage\":230,\"Current\":4.213}}")
          .getBytes(StandardCharsets.UTF_8);

  /** RFC 8428 section 6: a base time and five values, doubles of 32 and 64 bits. */
  static final byte[] SENML_CBOR =
      HexFormat.of()
          .parseHex(
              "85"
                  // {-3: 1767225599, 0: "voltage", 1: "V", 2: 230.125 as float}
                  + "a4221a6955b8ff"
                  + "0067766f6c74616765"
                  + "016156"
                  + "02fa43662000"
                  // {0: "current", 1: "A", 2: 4.213}
                  + "a30067"
                  + "63757272656e74"
                  + "016141"
                  + "02fb4010da1cac083127"
                  // {0: "power", 1: "W", 2: 968.7}
                  + "a30065706f776572"
                  + "016157"
                  + "02fb408e45999999999a"
                  // {0: "energy", 1: "kWh", 2: 48213}
                  + "a30066656e65726779"
                  + "01636b5768"
                  + "0219bc55"
                  // {0: "powerFactor", 1: "/", 2: 0.5}
                  + "a3006b706f776572466163746f72"
                  + "01612f"
                  + "02fa3f000000");

  static final Device DEVICE =
      new Device(
          new DeviceId("meter-0001"),
          "energy-meter",
          "factory",
          "plant-a",
          null,
          null,
          true,
          true,
          false);

  private static final int DICTIONARY_BYTES = 1 << 20;

  private Messages() {}

  /** A dictionary as large as that of a gateway. */
  static TermDictionary dictionary() {
    return new TermDictionary(DICTIONARY_BYTES);
  }

  /** With the profiles that are shipped; names go by number, as in a gateway's spool. */
  static Normalizer normalizer() {
    return normalizer(dictionary());
  }

  /** The same, by the dictionary of the spool into which the records go. */
  static Normalizer normalizer(TermDictionary dictionary) {
    return of(Profiles.load(List.of(profiles())), dictionary);
  }

  static Path profiles() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(root.resolve("config/profiles"))) {
      root = root.getParent();
      if (root == null) {
        throw new IllegalStateException("run it within the checkout: config/profiles is not found");
      }
    }
    return root.resolve("config/profiles");
  }

  private static Normalizer of(Profiles.Loaded loaded, TermDictionary dictionary) {
    if (!loaded.faults().isEmpty()) {
      throw new IllegalStateException(String.join("\n", loaded.faults()));
    }
    return new Normalizer(
        "edge-01",
        loaded.profiles(),
        any -> false,
        ClockFloor.NONE,
        TimeSettings.DEFAULTS,
        SessionCodecs.NONE,
        dictionary);
  }

  /** With the shipped profile of {@link #DEVICE}, and one more line in it. */
  static Normalizer normalizer(String line) {
    Path shipped = profiles().resolve("energy-meter.yaml");
    try {
      Path directory = Files.createTempDirectory("profiles");
      Path copy = directory.resolve("energy-meter.yaml");
      try {
        Files.writeString(copy, line + "\n" + Files.readString(shipped));
        return of(Profiles.load(List.of(copy)), dictionary());
      } finally {
        Files.deleteIfExists(copy);
        Files.delete(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Normalized normalized(Normalizer normalizer, ContentType type, byte[] payload)
      throws PayloadException {
    return normalizer.normalize(
        DEVICE, MessageClass.TELEMETRY, type, "mqtt", "telemetry", payload, NOW);
  }

  /** The record of {@link #JSON}, as a spool of this dictionary keeps it. */
  static byte[] record(TermDictionary dictionary) throws PayloadException {
    return normalized(normalizer(dictionary), ContentType.UNSPECIFIED, JSON).body();
  }
}
