/** What a gateway of a fleet tells the others of itself and of its devices. */
@NullMarked
package io.sluice.app.fleet;

import org.jspecify.annotations.NullMarked;
