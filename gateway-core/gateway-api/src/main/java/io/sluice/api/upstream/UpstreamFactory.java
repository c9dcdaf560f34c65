package io.sluice.api.upstream;

/**
 * Makes upstreams of one type. Found by {@link java.util.ServiceLoader}.
 *
 * @param <S> its settings: a record whose components are annotated with {@link
 *     io.sluice.api.config.Option}; the configuration's common keys ({@code name}, {@code type},
 *     and those of {@link ForwardSettings}) are not part of it
 */
public interface UpstreamFactory<S extends java.lang.Record> {
  /** The value of {@code type}: {@code file}, {@code mqtt}, {@code kafka}. */
  String type();

  Class<S> settings();

  /**
   * @param gateway id of this gateway
   * @param name of the upstream, unique in the configuration
   */
  Upstream create(String gateway, String name, S settings);
}
