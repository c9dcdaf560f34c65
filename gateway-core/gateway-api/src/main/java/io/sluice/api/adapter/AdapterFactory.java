package io.sluice.api.adapter;

/**
 * Makes the adapters of one type. Found by {@link java.util.ServiceLoader}: a vendor's jar is an
 * adapter too. Each entry of {@code listeners} or {@code sources} with this type is one adapter.
 *
 * @param <S> its settings: a record whose components are annotated with {@link
 *     io.sluice.api.config.Option}; {@code name} and {@code type} are keys of every adapter and no
 *     components
 */
public interface AdapterFactory<S extends java.lang.Record> {
  /**
   * The word {@code type} of the configuration: {@code mqtt}, {@code coap}. Unique among listeners,
   * and among sources.
   */
  String type();

  /** The label {@code protocol} of the metrics and of {@link Peer}. */
  String protocol();

  /** Where its adapters stand in the configuration. */
  default Direction direction() {
    return Direction.LISTENER;
  }

  /**
   * What a listener's {@code port} is a port of. Two listeners may have the same number where one
   * is TCP and the other UDP. Without meaning for a source.
   */
  default Transport transport() {
    return Transport.TCP;
  }

  /** The class that the configuration is read into. */
  Class<S> settings();

  /**
   * Makes an adapter, which does nothing before {@link Adapter#start}.
   *
   * @param name of this adapter in the configuration, for logs and faults
   */
  Adapter create(String name, S settings);

  /** The transport protocol of a listener's port. */
  enum Transport {
    TCP,
    UDP
  }

  /** Who connects to whom. */
  enum Direction {
    /** Devices connect to the adapter: below {@code listeners}. */
    LISTENER,
    /** The adapter connects to devices or brokers: below {@code sources}. */
    SOURCE
  }
}
