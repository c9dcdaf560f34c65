package io.sluice.api;

/**
 * One record of a live stream.
 *
 * @param json the record as upstreams get it
 * @param device its id
 * @param missed how many records were left out just before it
 */
public record LiveEvent(
    String json,
    MessageClass messageClass,
    String sector,
    String site,
    String device,
    long missed) {}
