package io.sluice.api.fleet;

import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What makes a gateway one of many: the section {@code fleet}. Without it nothing is shared. */
public record FleetSettings(
    @Option(
            doc =
                "The fleet's registry in PostgreSQL. Without it the gateway has a registry of its"
                    + " own alone.")
        @Nullable FleetStoreSettings store,
    @Option(
            doc =
                "The Kafka cluster on which the gateway tells the fleet of itself and of who is"
                    + " there. Without it the gateway tells nothing.")
        @Nullable FleetBusSettings bus,
    @Option(
            doc = "Name of the region that this gateway is in, for operators and for rights.",
            pattern = "[A-Za-z0-9._-]{1,64}",
            hint = "write 1 to 64 letters, digits and . _ -")
        @Nullable String region,
    @Option(doc = "Which devices of the fleet this gateway follows; without it all.")
        @Nullable FleetScope scope,
    @Option(doc = "What this gateway takes of the fleet's configurations; without it nothing.")
        @Nullable FleetConfiguration configuration)
    implements Checked {
  public static final FleetSettings DEFAULTS = new FleetSettings(null, null, null, null, null);

  /** Without a bus. */
  public FleetSettings(
      @Nullable FleetStoreSettings store, @Nullable String region, @Nullable FleetScope scope) {
    this(store, null, region, scope, null);
  }

  @Override
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>(0);
    if (scope != null && store == null) {
      problems.add(new Problem("scope", "has no effect without store; add store or remove it"));
    }
    if (takesConfiguration() && store == null) {
      problems.add(
          new Problem(
              "configuration", "has nowhere to come from without store; add store or remove it"));
    }
    return problems;
  }

  /** Whether it takes its configuration from the fleet. */
  public boolean takesConfiguration() {
    return configuration != null && configuration.take();
  }
}
