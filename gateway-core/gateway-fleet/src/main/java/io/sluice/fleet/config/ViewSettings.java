package io.sluice.fleet.config;

import io.sluice.api.config.Option;
import io.sluice.api.config.Secret;
import io.sluice.api.fleet.FleetBusSettings;
import io.sluice.api.fleet.FleetStoreSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The section {@code fleet}: where the fleet's parts are, and how its view is worked out. */
public record ViewSettings(
    @Option(
            doc =
                "The fleet's registry in PostgreSQL. Without it this instance takes no commands and"
                    + " writes no devices to the bus; init makes no tables.")
        @Nullable FleetStoreSettings store,
    @Option(
            doc =
                "The Kafka cluster with the fleet's topics; run wants it, and init makes the topics"
                    + " there.")
        @Nullable FleetBusSettings bus,
    @Option(
            doc = "What the instances of one fleet have in common: the name of their group.",
            def = "sluice-fleet",
            pattern = "[A-Za-z0-9._-]{1,100}")
        String applicationId,
    @Option(
            doc =
                "Directory of the state of this instance; what is lost there is restored from"
                    + " Kafka.",
            def = "./var-fleet")
        Path state,
    @Option(doc = "Threads that read records.", def = "1", min = 1, max = 64) int threads,
    @Option(
            doc = "On how many further instances a copy of each part's state is kept ready.",
            def = "1",
            max = 5)
        int standbys,
    @Option(
            doc =
                "Where the other instances reach this one's admin listener, host:port; without it"
                    + " that listener's own host and port, and where that is every address (as"
                    + " 0.0.0.0) the one that this machine's name has.",
            pattern = "[^:\\s]+:\\d{1,5}",
            hint = "write host:port")
        @Nullable String advertise,
    @Option(
            doc =
                "Bearer token that this instance shows to the others; without it admin.token. Its"
                    + " role needs to be viewer.",
            pattern = "\\S{16,}",
            hint = "take a long random one of 16 characters or more")
        @Nullable Secret peerToken,
    @Option(
            doc =
                "Authorities of the other instances' certificates, PEM, where admin.tls is given:"
                    + " they are asked by HTTPS then. Without it those that stand in"
                    + " admin.tls.certificate behind the own one, and admin.tls.client-ca.")
        @Nullable Path peerCa,
    @Option(
            doc = "How long an instance is waited for, before what it has counts as missing.",
            def = "2s",
            min = 100,
            max = 30_000)
        Duration peerTimeout,
    @Option(doc = "How often what was read is committed.", def = "1s", min = 50, max = 60_000)
        Duration commit,
    @Option(
            doc = "After how long without a sign of life another instance takes its parts over.",
            def = "10s",
            min = 6_000,
            max = 300_000)
        Duration takeOver) {}
