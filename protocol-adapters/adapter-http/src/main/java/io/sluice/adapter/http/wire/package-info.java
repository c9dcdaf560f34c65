/**
 * HTTP/1.1 and HTTP/2 on the socket: what makes requests of bytes and bytes of responses, in the
 * order and within the bounds of a connection. Handlers of a pipeline that the server puts
 * together.
 */
@NullMarked
package io.sluice.adapter.http.wire;

import org.jspecify.annotations.NullMarked;
