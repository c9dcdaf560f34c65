/**
 * What becomes of a request, whichever version of HTTP it came by: whose it is, what it means, the
 * messages in it and the answer when they are stored. Called by the connections of {@code wire}, on
 * their event loops.
 */
@NullMarked
package io.sluice.adapter.http.request;

import org.jspecify.annotations.NullMarked;
