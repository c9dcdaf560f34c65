package io.sluice.adapter.coap;

import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAPMessageFormatException;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.network.serialization.MessageHeader;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.elements.util.DatagramReader;

/**
 * Four reactions that Californium's parser leaves out: a Confirmable message with a reserved token
 * length is rejected with a Reset (RFC 7252 3 and 4.2), a request in an Acknowledgement is ignored
 * (4.2: it carries a response or is empty), an unknown method is answered 4.05 (5.8), and so is
 * 4.00 a block that is longer than its own option says (RFC 7959 2.2), for which Californium throws
 * what its endpoint does not expect: no answer, and a stack trace in the log.
 */
final class StrictParser extends UdpDataParser {
  private static final int HEADER_BYTES = 4;
  private static final int MAX_TOKEN_BYTES = 8;
  private static final int LAST_KNOWN_METHOD = CoAP.Code.IPATCH.value;
  private static final int LAST_METHOD = 31;

  StrictParser() {
    super(true, KnownOptions.REGISTRY);
  }

  @Override
  protected MessageHeader parseHeader(DatagramReader reader) {
    if (reader.bytesAvailable(HEADER_BYTES)) {
      reader.mark();
      refuseReservedTokenLength(reader);
      reader.reset();
    }
    MessageHeader header = super.parseHeader(reader);
    if (header.getType() == CoAP.Type.ACK && CoAP.isRequest(header.getCode())) {
      throw new CoAPMessageFormatException(
          "a request in an Acknowledgement", null, header.getMID(), header.getCode(), false);
    }
    if (header.getCode() > LAST_KNOWN_METHOD && header.getCode() <= LAST_METHOD) {
      throw new CoAPMessageFormatException(
          "unknown method",
          header.getToken(),
          header.getMID(),
          header.getCode(),
          header.getType() == CoAP.Type.CON,
          ResponseCode.METHOD_NOT_ALLOWED);
    }
    return header;
  }

  @Override
  public void parseOptionsAndPayload(DatagramReader reader, Message message) {
    try {
      super.parseOptionsAndPayload(reader, message);
    } catch (IllegalStateException tooLong) {
      throw new CoAPMessageFormatException(
          String.valueOf(tooLong.getMessage()),
          message.getToken(),
          message.getMID(),
          message.getRawCode(),
          message.isConfirmable(),
          message instanceof Request ? ResponseCode.BAD_REQUEST : null);
    }
  }

  private static void refuseReservedTokenLength(DatagramReader reader) {
    int version = reader.read(2);
    int type = reader.read(2);
    int tokenLength = reader.read(4);
    if (version == CoAP.VERSION && tokenLength > MAX_TOKEN_BYTES) {
      int code = reader.read(8);
      int messageId = reader.read(16);
      throw new CoAPMessageFormatException(
          "reserved token length " + tokenLength,
          null,
          messageId,
          code,
          type == CoAP.Type.CON.value);
    }
  }
}
