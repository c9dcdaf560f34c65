package io.sluice.api;

/**
 * CAP 1.2 classification of an alarm record (OASIS Common Alerting Protocol 1.2, section 3.2).
 *
 * @param severity Extreme, Severe, Moderate, Minor or Unknown
 * @param urgency Immediate, Expected, Future, Past or Unknown
 * @param certainty Observed, Likely, Possible, Unlikely or Unknown
 * @param status Actual, Exercise or Test
 */
public record Cap(String severity, String urgency, String certainty, String status) {}
