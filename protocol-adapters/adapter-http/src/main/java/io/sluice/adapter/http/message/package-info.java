/**
 * Requests and responses of HTTP as values, whichever version carries them. Knows nothing of
 * sockets, nor of the gateway; called by the packages around it.
 */
@NullMarked
package io.sluice.adapter.http.message;

import org.jspecify.annotations.NullMarked;
