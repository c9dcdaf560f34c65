package io.sluice.engine.dialect.unpack;

import io.sluice.api.config.Services;
import io.sluice.api.dialect.Unpacker;
import io.sluice.api.dialect.UnpackerFactory;
import io.sluice.engine.dialect.unpack.discovery.EspHome;
import io.sluice.engine.dialect.unpack.discovery.HomeAssistant;
import io.sluice.engine.dialect.unpack.wrap.Gunzip;
import io.sluice.engine.dialect.unpack.wrap.Once;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What takes messages apart, by the keys of a rule. Used by one thread, at the start. */
public final class Unpackers {
  /** What may stand in {@code unpack}; those that go by what earlier messages told come last. */
  private static final Set<String> OWN =
      Set.of(
          "lorawan",
          "tasmota",
          "shelly-gen1",
          "shelly",
          "victron",
          "advantech-wise",
          "siemens-logo",
          "king-pigeon",
          "neuron",
          "telegraf-json",
          "teltonika",
          "sub-devices",
          "aws-shadow",
          "dragino",
          "hono-event",
          "nothing",
          "home-assistant",
          "esphome",
          "zigbee2mqtt",
          "wirenboard");

  private final Map<String, Unpacker> made = new HashMap<>();

  /** What the jars of the installation offer; looked for when first asked. */
  private static final class Offered {
    static final Services<UnpackerFactory> FACTORIES =
        Services.load(UnpackerFactory.class, UnpackerFactory::name);
  }

  /** Made with the first that goes by it. */
  private @Nullable Learned learned;

  /** Has these go on with what those before them were told. */
  public void continueFrom(Unpackers before) {
    if (learned != null && before.learned != null) {
      learned.continueFrom(before.learned);
    }
  }

  private Learned learned() {
    Learned now = learned == null ? new Learned() : learned;
    learned = now;
    return now;
  }

  /** The values of {@code unpack}. */
  public static Set<String> names() {
    Set<String> names = new TreeSet<>(OWN);
    names.addAll(Offered.FACTORIES.byName().keySet());
    return names;
  }

  /** That of a name, one object however often it is asked for; null where there is none. */
  public @Nullable Unpacker named(String name) {
    Unpacker known = made.get(name);
    if (known != null) {
      return known;
    }
    Unpacker found = OWN.contains(name) ? own(name) : offered(name);
    if (found != null) {
      made.put(name, found);
    }
    return found;
  }

  private static @Nullable Unpacker offered(String name) {
    UnpackerFactory offered = Offered.FACTORIES.byName().get(name);
    return offered == null ? null : offered.create();
  }

  /** The class of one is loaded here: references to their constructors would load them all. */
  private Unpacker own(String name) {
    return switch (name) {
      case "lorawan" -> new Lorawan();
      case "tasmota" -> new Tasmota();
      case "shelly-gen1" -> new ShellyGen1();
      case "shelly" -> new Shelly();
      case "victron" -> new Victron();
      case "advantech-wise" -> new AdvantechWise();
      case "siemens-logo" -> new SiemensLogo();
      case "king-pigeon" -> new KingPigeon();
      case "neuron" -> new Neuron();
      case "telegraf-json" -> new TelegrafJson();
      case "teltonika" -> new Teltonika();
      case "sub-devices" -> new SubDevices();
      case "aws-shadow" -> new ShadowUpdate();
      case "dragino" -> new Dragino();
      case "hono-event" -> new HonoEvent();
      case "home-assistant" -> new HomeAssistant(learned()::announced);
      case "esphome" -> new EspHome(learned()::announced);
      case "zigbee2mqtt" -> new Zigbee2Mqtt(learned()::units);
      case "wirenboard" -> new WirenBoard(learned()::units);
      case "nothing" -> (topic, payload, receivedMicros) -> List.of();
      default -> throw new IllegalArgumentException("no unpacker " + name);
    };
  }

  /**
   * Of messages with one value.
   *
   * @param key what tells apart rules that name differently
   * @param name the metric of a topic
   */
  public static Unpacker value(String key, UnaryOperator<String> name) {
    return new NamedValue(key, name);
  }

  /**
   * Of messages that are compressed.
   *
   * @param inner of what comes out, or null: it is one payload
   */
  public static Unpacker gunzip(@Nullable Unpacker inner) {
    return new Gunzip(inner);
  }

  /**
   * Of messages that a field tells apart, so that one that comes twice counts once.
   *
   * @param path names with dots between them
   * @param inner what takes them apart, or null: each is one payload
   */
  public static Unpacker once(String path, @Nullable Unpacker inner) {
    return new Once(List.of(path.split("\\.", -1)), inner);
  }

  /**
   * Of messages whose device a field names.
   *
   * @param path names with dots between them
   */
  public static Unpacker device(String path) {
    return DeviceField.at(path);
  }

  /**
   * Of messages of several devices.
   *
   * @param in names with dots between them, to where they stand; empty: the message itself
   * @param device field that names the device of an element, or null: keys name them
   * @param payload field that holds what the device says, or null
   */
  public static Unpacker children(String in, @Nullable String device, @Nullable String payload) {
    return Children.at(in, device, payload);
  }
}
