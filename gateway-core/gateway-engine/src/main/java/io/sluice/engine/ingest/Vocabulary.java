package io.sluice.engine.ingest;

import io.sluice.engine.dialect.Topics;
import io.sluice.engine.normalize.profile.Profiles;

/**
 * By what messages are understood at one adapter. A message is judged by one of these from its
 * topic to its record, also while another takes its place. Immutable, thread-safe.
 *
 * @param topics what topics mean there
 * @param profiles of all devices
 */
public record Vocabulary(Topics topics, Profiles profiles) {}
