/**
 * Sparkplug B, the side of the host: what edge nodes publish, what is asked of them, and commands
 * to them. Called through {@link io.sluice.api.dialect.SessionUnpacker} alone; nothing of it is
 * loaded before a listener's or source's {@code dialects} name it.
 *
 * <p>Source: Eclipse Sparkplug Specification 3.0.0 and its {@code sparkplug_b.proto}.
 */
@NullMarked
package io.sluice.codec.sparkplug;

import org.jspecify.annotations.NullMarked;
