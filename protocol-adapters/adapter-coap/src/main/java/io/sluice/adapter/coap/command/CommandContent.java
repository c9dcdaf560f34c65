package io.sluice.adapter.coap.command;

import io.sluice.adapter.coap.message.Replies;
import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import java.nio.ByteBuffer;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Response;

/**
 * A command as a 2.05 response: its payload and Content-Format, {@code Location-Path:
 * command/{name}} (of a child's {@code command/{child}/{name}}), {@code Location-Query: id={id}}
 * and an ETag by which the blocks of a large one belong together. No command: 2.05 without payload
 * and without Location-Path.
 */
final class CommandContent {
  private CommandContent() {}

  /**
   * For an observer; see {@link #none()} on its Max-Age.
   *
   * @param to who gets it: a command for a child of it says for which
   */
  static Response response(Command command, DeviceId to) {
    Response response = new Response(ResponseCode.CONTENT);
    response.setPayload(command.payload());
    OptionSet options = response.getOptions();
    if (command.contentType() != ContentType.UNSPECIFIED) {
      options.setContentFormat(command.contentType().coapContentFormat());
    }
    options.addLocationPath("command");
    if (!command.device().equals(to)) {
      options.addLocationPath(command.device().value());
    }
    options.addLocationPath(command.name());
    options.addLocationQuery("id=" + command.id());
    options.addETag(tag(command.id()));
    return response;
  }

  /**
   * No command waits. Without Max-Age an observer counts on 60 s (RFC 7252 section 5.10.5) and may
   * register again after it (RFC 7641 section 3.3.1): after a restart of the gateway it is back
   * within that time.
   */
  static Response none() {
    return new Response(ResponseCode.CONTENT);
  }

  /** The same for one who polls: nothing that a cache may give again. */
  static Response once(Response response) {
    response.getOptions().setMaxAge(0);
    return response;
  }

  /** Whether the request wants this command's format, or any (RFC 7252 section 5.10.4). */
  static boolean isAcceptable(Command command, OptionSet wanted) {
    ContentType type = command.contentType();
    return !wanted.hasAccept()
        || type == ContentType.UNSPECIFIED
        || wanted.isAccept(type.coapContentFormat());
  }

  static Response notAcceptable(ContentType type) {
    return Replies.diagnostic(
        ResponseCode.NOT_ACCEPTABLE,
        "the next command is " + type.mediaType() + ", content format " + type.coapContentFormat());
  }

  private static byte[] tag(String id) {
    long hash = 1125899906842597L;
    for (int i = 0; i < id.length(); i++) {
      hash = 31 * hash + id.charAt(i);
    }
    return ByteBuffer.allocate(Long.BYTES).putLong(hash).array();
  }
}
