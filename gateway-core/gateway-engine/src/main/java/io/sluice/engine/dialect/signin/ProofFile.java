package io.sluice.engine.dialect.signin;

import io.sluice.api.config.Option;

/** How a message proves the devices that it names, as a dialect's file says it. Immutable. */
public record ProofFile(
    @Option(
            doc = "Path in the message to what is said of one device, or to a list of several.",
            required = true)
        String in,
    @Option(doc = "The device's id, by the fields there: \"{deviceName}\".", required = true)
        String device,
    @Option(
            doc =
                "The signature that the device's secret must give; the names are those of the fields"
                    + " there.",
            required = true)
        SignInFile.Hmac hmac) {}
