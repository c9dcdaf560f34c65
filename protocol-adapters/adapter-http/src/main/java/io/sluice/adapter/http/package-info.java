/**
 * The HTTP listeners as the gateway finds them: their factories and settings. The gateway calls it
 * by {@link io.sluice.api.adapter.AdapterFactory}; nothing below knows it.
 */
@NullMarked
package io.sluice.adapter.http;

import org.jspecify.annotations.NullMarked;
