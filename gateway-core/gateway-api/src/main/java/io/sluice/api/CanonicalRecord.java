package io.sluice.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The canonical record as an object: for views, tools and tests. The hot path never builds one; it
 * works on the encoded form.
 *
 * @param id unique, stable across retries and restarts: the consumer's de-duplication key
 * @param gateway id of the gateway that accepted it
 * @param device registered device id
 * @param sector the device's sector at acceptance
 * @param site the device's site at acceptance
 * @param model id of the device's profile
 * @param messageClass chooses the lane
 * @param timeMicros observed time, microseconds since the epoch, UTC
 * @param timeSource who gave {@code timeMicros}
 * @param receivedMicros when the gateway accepted it, microseconds since the epoch
 * @param sequence the gateway's own, per lane, without gaps
 * @param historical whether it is a back-filled sample
 * @param measurements in the order of the payload
 * @param protocol {@code mqtt}, {@code coap}, ...
 * @param source topic or path, and codec: {@code telemetry;json}
 * @param cap classification of an alarm, or null
 */
public record CanonicalRecord(
    String id,
    String gateway,
    String device,
    String sector,
    String site,
    String model,
    MessageClass messageClass,
    long timeMicros,
    TimeSource timeSource,
    long receivedMicros,
    long sequence,
    boolean historical,
    List<Measurement> measurements,
    String protocol,
    String source,
    @Nullable Cap cap) {}
