/**
 * The demo and the trial of a fleet: the command line, and what it plays on a {@code stage}. No
 * part of the product: nothing else may call it.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.trial;
