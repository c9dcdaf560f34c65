package io.sluice.engine.adapters;

import io.sluice.api.adapter.Access;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Commands;
import io.sluice.api.adapter.Ingress;
import io.sluice.api.adapter.LiveRecords;
import io.sluice.api.adapter.Meters;
import io.sluice.api.adapter.Sessions;
import io.sluice.api.adapter.SharedParts;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * The ports of a gateway, the same for all its adapters but for the meaning of topics. Thread-safe.
 */
public record EngineContext(
    Ingress ingress,
    Access access,
    Sessions sessions,
    Commands commands,
    Meters meters,
    LiveRecords records,
    InstantSource clock,
    SharedParts parts)
    implements AdapterContext {
  /** The same gateway for an adapter with a way in of its own. */
  public EngineContext with(Ingress own) {
    return new EngineContext(own, access, sessions, commands, meters, records, clock, parts);
  }

  @Override
  public <T> T shared(Class<T> type, Supplier<T> maker) {
    return parts.of(type, maker);
  }
}
