package io.sluice.sim.vendor;

import org.jspecify.annotations.Nullable;

/** What stands in a CONNECT. */
public record SignIn(String clientId, @Nullable String user, @Nullable String password) {}
