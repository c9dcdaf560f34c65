package io.sluice.adapter.testkit;

import io.sluice.api.adapter.Access;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Commands;
import io.sluice.api.adapter.Ingress;
import io.sluice.api.adapter.LiveRecords;
import io.sluice.api.adapter.Meters;
import io.sluice.api.adapter.Sessions;

/** A gateway of a test: one object that is all the ports. */
public interface AllPorts
    extends AdapterContext, Ingress, Access, Sessions, Commands, Meters, LiveRecords {
  @Override
  default Ingress ingress() {
    return this;
  }

  @Override
  default Access access() {
    return this;
  }

  @Override
  default Sessions sessions() {
    return this;
  }

  @Override
  default Commands commands() {
    return this;
  }

  @Override
  default Meters meters() {
    return this;
  }

  @Override
  default LiveRecords records() {
    return this;
  }
}
