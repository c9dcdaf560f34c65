/**
 * What a run has to leave behind, worked out from what the simulator knows and what lies on Kafka's
 * topics; of the fleet's own figures only what is judged. The demo and the trial call it.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.trial.audit;
