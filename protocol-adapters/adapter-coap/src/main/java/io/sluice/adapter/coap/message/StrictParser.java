package io.sluice.adapter.coap.message;

import io.sluice.api.adapter.Ingress;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAPMessageFormatException;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.OptionNumberRegistry;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.option.OptionDefinition;
import org.eclipse.californium.core.network.serialization.MessageHeader;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.elements.util.DatagramReader;
import org.jspecify.annotations.Nullable;

/**
 * Reactions that Californium's parser leaves out. A Confirmable message with a reserved token
 * length is rejected with a Reset (RFC 7252 3 and 4.2). A request in an Acknowledgement is ignored
 * (4.2: it carries a response or is empty). A response is one that nobody asked for, as no requests
 * are sent here: a Confirmable one is rejected, others are ignored; Californium's matcher, which
 * would look for its request and find another message of that Message ID, never sees one. A request
 * with an unknown method is read as one with {@link #UNSUPPORTED}, which is answered 4.05 as well
 * (5.8), in a Non-confirmable message too. An option of a length that is not its own, and one that
 * comes again and may not, are as if they were unknown (5.4.3, 5.4.5). A block that is longer than
 * its own option says is answered 4.00 (RFC 7959 2.2); Californium throws what its endpoint does
 * not expect: no answer, and a stack trace in the log.
 */
public final class StrictParser extends UdpDataParser {
  private static final int HEADER_BYTES = 4;
  private static final int MAX_TOKEN_BYTES = 8;

  /** A method that no resource here has. */
  static final CoAP.Code UNSUPPORTED = CoAP.Code.IPATCH;

  private static final int LAST_KNOWN_METHOD = CoAP.Code.IPATCH.value;
  private static final int LAST_METHOD = 31;

  private final FoldedOptions folded;

  public StrictParser(Ingress ingress) {
    super(true, KnownOptions.REGISTRY);
    this.folded = new FoldedOptions(ingress);
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
    if (CoAP.isResponse(header.getCode())) {
      throw new CoAPMessageFormatException(
          "a response that nobody asked for",
          null,
          header.getMID(),
          header.getCode(),
          header.getType() == CoAP.Type.CON);
    }
    boolean isUnknownMethod =
        header.getCode() > LAST_KNOWN_METHOD && header.getCode() <= LAST_METHOD;
    return isUnknownMethod
        ? new MessageHeader(
            CoAP.VERSION,
            header.getType(),
            header.getToken(),
            UNSUPPORTED.value,
            header.getMID(),
            header.getBodyLength())
        : header;
  }

  @Override
  public void parseOptionsAndPayload(DatagramReader reader, Message message) {
    try {
      new OptionReader().parseOptionsAndPayload(reader, message);
    } catch (IllegalStateException tooLong) {
      throw new CoAPMessageFormatException(
          String.valueOf(tooLong.getMessage()),
          message.getToken(),
          message.getMID(),
          message.getRawCode(),
          message.isConfirmable(),
          message instanceof Request ? ResponseCode.BAD_REQUEST : null);
    }
    if (message instanceof Request) {
      folded.unfold(message.getOptions());
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

  /** Reads the options of one message. */
  private static final class OptionReader extends UdpDataParser {
    private int last = -1;

    private OptionReader() {
      super(true, KnownOptions.REGISTRY);
    }

    /**
     * Null where the option is to be ignored.
     *
     * @throws IllegalArgumentException where it is critical, and is not to be followed
     */
    @Override
    @SuppressWarnings("deprecation") // assertValue leaves leading zeros out of an integer's length
    public @Nullable Option createOption(int code, int number, byte[] value) {
      boolean isRepeated = number == last; // options come in the order of their numbers
      last = number;
      OptionDefinition definition = KnownOptions.REGISTRY.getDefinitionByNumber(code, number);
      if (definition == null) {
        return super.createOption(code, number, value);
      }
      boolean isTooOften = isRepeated && definition.isSingleValue();
      int[] lengths = definition.getValueLengths();
      if (!isTooOften && value.length >= lengths[0] && value.length <= lengths[1]) {
        return definition.create(value);
      }
      if (OptionNumberRegistry.isCritical(number)) {
        throw new IllegalArgumentException(
            "option "
                + definition.getName()
                + (isTooOften
                    ? " comes more than once"
                    : " has " + lengths[0] + " to " + lengths[1] + " bytes, not " + value.length));
      }
      return null;
    }
  }
}
