/** Puts an HTTP listener together and runs it. Called by the factories alone. */
@NullMarked
package io.sluice.adapter.http.server;

import org.jspecify.annotations.NullMarked;
