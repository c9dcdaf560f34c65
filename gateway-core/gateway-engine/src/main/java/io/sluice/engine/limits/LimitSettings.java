package io.sluice.engine.limits;

import io.sluice.api.config.Bytes;
import io.sluice.api.config.Option;
import java.time.Duration;

/** How much any one may take: the section {@code limits} of the configuration. 0 is no limit. */
public record LimitSettings(
    @Option(
            doc =
                "Messages a second of one device, its children's included; a burst of twice as many"
                    + " is let through. Beyond it the device is told (MQTT 5: 0x97, CoAP: 4.29) or,"
                    + " by MQTT 3.1.1 and QoS 0, not read from until its time comes. 0: no limit.",
            def = "10000",
            min = 0,
            max = 10_000_000)
        int messagesPerSecond,
    @Option(
            doc =
                "Payload bytes a second of one device, with a burst of twice as many. 0: no limit.",
            def = "10MB",
            min = 0,
            max = 1L << 34)
        Bytes bytesPerSecond,
    @Option(doc = "Messages a second of all devices. 0: no limit.", def = "0", min = 0)
        int totalMessagesPerSecond,
    @Option(doc = "Payload bytes a second of all devices. 0: no limit.", def = "0", min = 0)
        Bytes totalBytesPerSecond,
    @Option(
            doc =
                "Connections at once from one address; one more is refused (MQTT 5: 0x97). Mind"
                    + " sites behind one address. 0: no limit.",
            def = "0",
            min = 0)
        int connectionsPerAddress,
    @Option(
            doc =
                "New connections a second from one address, with a burst of ten times as many;"
                    + " further ones are refused (MQTT 5: 0x9F). 0: no limit.",
            def = "1000",
            min = 0)
        int connectionRatePerAddress,
    @Option(
            doc =
                "New connections a second in all, with a burst of ten times as many. 0: no limit.",
            def = "0",
            min = 0)
        int connectionRate,
    @Option(
            doc =
                "Wrong credentials after which an address has to wait before it may try the same"
                    + " name again; the wait doubles from 1 s with each further one.",
            def = "5",
            min = 1,
            max = 1000)
        int failedLogins,
    @Option(doc = "Longest such wait.", def = "5m", min = 1000, max = 86_400_000)
        Duration failedLoginDelayMax,
    @Option(
            doc =
                "Bytes of alarms a second of one device, with a burst of four times as many."
                    + " 0: no limit.",
            def = "256KB",
            min = 0,
            max = 1L << 34)
        Bytes alarmBytesPerSecond,
    @Option(
            doc =
                "Payload of an alarm; a longer one is refused as too large, and kept as a dead"
                    + " letter.",
            def = "64KB",
            min = 1 << 10,
            max = 1 << 20)
        Bytes alarmPayload,
    @Option(
            doc =
                "Share of the alarm lane that one device may fill while upstreams are away, in per"
                    + " cent; where fewer devices are registered, as much as falls to each. The"
                    + " last third is for devices that have little in it. 0: no limit.",
            def = "10",
            min = 0,
            max = 100)
        int alarmShare,
    @Option(doc = "The same of the event lane.", def = "10", min = 0, max = 100) int eventShare,
    @Option(doc = "The same of the telemetry lane.", def = "50", min = 0, max = 100)
        int telemetryShare,
    @Option(
            doc =
                "Share of the dead letters that those of one device may take in an hour, in per"
                    + " cent; further ones are refused and counted, and not kept. 0: no limit.",
            def = "5",
            min = 0,
            max = 100)
        int deadLetterShare) {

  public static final LimitSettings DEFAULTS =
      new LimitSettings(
          10_000,
          new Bytes(10 << 20),
          0,
          new Bytes(0),
          0,
          1_000,
          0,
          5,
          Duration.ofMinutes(5),
          new Bytes(256 << 10),
          new Bytes(64 << 10),
          10,
          10,
          50,
          5);
}
