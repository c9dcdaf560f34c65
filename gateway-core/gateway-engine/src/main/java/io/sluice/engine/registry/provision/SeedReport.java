package io.sluice.engine.registry.provision;

import java.util.List;

/**
 * What seeding did.
 *
 * @param added devices that the registry did not have
 * @param updated devices whose entry changed since it was last applied
 * @param unchanged devices whose entry is as it was: left as the registry has them
 * @param kept devices that were registered over the API before their entry appeared: left alone
 * @param refused entries that clash with what is registered: one sentence each
 */
public record SeedReport(int added, int updated, int unchanged, int kept, List<String> refused) {}
