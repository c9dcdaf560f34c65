/** What is done to a stage while devices play: the demo's watching, the trial's blows. */
@org.jspecify.annotations.NullMarked
package io.sluice.trial.run;
