package io.sluice.api.adapter;

/**
 * Makes the adapter for one kind of listener. Found by {@link java.util.ServiceLoader}: a vendor's
 * jar is an adapter too.
 *
 * @param <S> its settings: a record whose components are annotated with {@link
 *     io.sluice.api.config.Option}
 */
public interface AdapterFactory<S extends java.lang.Record> {
  /** The key below {@code listeners}: {@code mqtt}, {@code coap}. */
  String kind();

  /** The label {@code protocol} of the metrics and of {@link Peer}. */
  String protocol();

  Class<S> settings();

  Adapter create(S settings);
}
