package io.sluice.engine.dialect.unpack;

import io.sluice.api.config.Services;
import io.sluice.api.dialect.Unpacker;
import io.sluice.api.dialect.UnpackerFactory;
import io.sluice.engine.dialect.unpack.discovery.EspHome;
import io.sluice.engine.dialect.unpack.discovery.HomeAssistant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What takes messages apart, by the keys of a rule. Used by one thread, at the start. */
public final class Unpackers {
  /** By the name in {@code unpack}; the class of one is loaded when it is asked for. */
  private static final Map<String, Supplier<Unpacker>> CODED =
      Map.ofEntries(
          Map.entry("lorawan", Lorawan::new),
          Map.entry("tasmota", Tasmota::new),
          Map.entry("shelly-gen1", ShellyGen1::new),
          Map.entry("shelly", Shelly::new),
          Map.entry("victron", Victron::new),
          Map.entry("advantech-wise", AdvantechWise::new),
          Map.entry("siemens-logo", SiemensLogo::new),
          Map.entry("king-pigeon", KingPigeon::new),
          Map.entry("neuron", Neuron::new),
          Map.entry("telegraf-json", TelegrafJson::new),
          Map.entry("teltonika", Teltonika::new),
          Map.entry("sub-devices", SubDevices::new),
          Map.entry("aws-shadow", ShadowUpdate::new),
          Map.entry("dragino", Dragino::new),
          Map.entry("hono-event", HonoEvent::new),
          Map.entry("nothing", () -> (topic, payload, receivedMicros) -> List.of()));

  /** Those that go by what earlier messages told. */
  private static final Map<String, Function<Learned, Unpacker>> LEARNING =
      Map.of(
          "home-assistant", learned -> new HomeAssistant(learned::announced),
          "esphome", learned -> new EspHome(learned::announced),
          "zigbee2mqtt", learned -> new Zigbee2Mqtt(learned::units),
          "wirenboard", learned -> new WirenBoard(learned::units));

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
    Set<String> names = new TreeSet<>(CODED.keySet());
    names.addAll(Offered.FACTORIES.byName().keySet());
    names.addAll(LEARNING.keySet());
    return names;
  }

  /** That of a name, one object however often it is asked for; null where there is none. */
  public @Nullable Unpacker named(String name) {
    Supplier<Unpacker> coded = CODED.get(name);
    if (coded != null) {
      return made.computeIfAbsent(name, _ -> coded.get());
    }
    Function<Learned, Unpacker> learning = LEARNING.get(name);
    if (learning != null) {
      return made.computeIfAbsent(name, _ -> learning.apply(learned()));
    }
    UnpackerFactory offered = Offered.FACTORIES.byName().get(name);
    return offered == null ? null : made.computeIfAbsent(name, _ -> offered.create());
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
