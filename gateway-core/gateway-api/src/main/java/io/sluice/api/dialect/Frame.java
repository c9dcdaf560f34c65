package io.sluice.api.dialect;

/**
 * What a field of a vendor's message is, where the device's profile says nothing of it. Fields are
 * named by paths, with dots into objects; within what is unwrapped, from there on.
 */
public enum Frame {
  /** An object whose fields count as if they stood outside it. */
  UNWRAP,
  /** An array of samples, each with its own time or the message's; or one of them alone. */
  SAMPLES,
  /** The time at which the message was measured. */
  TIME,
  /** Not kept, with all that is in it. */
  IGNORE
}
