package io.sluice.adapter.coap.dtls;

import java.security.GeneralSecurityException;
import org.eclipse.californium.scandium.dtls.AlertMessage;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertDescription;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertLevel;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.ContentType;
import org.eclipse.californium.scandium.dtls.DTLSContext;
import org.eclipse.californium.scandium.dtls.HandshakeType;
import org.eclipse.californium.scandium.dtls.Record;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a ClientHello in an open session: the warning no_renegotiation (RFC 5246 section
 * 7.2.2). Scandium sends it itself, but not where the hello has renegotiation_info with the
 * Finished of before (RFC 5746 section 3.5): such a hello it cannot read, and drops.
 */
final class Renegotiation {
  private Renegotiation() {}

  /**
   * Called on the connection's own executor.
   *
   * @param record one that Scandium has dropped without reading it
   * @return the warning to send; null where the record is no authentic ClientHello of the session
   */
  static @Nullable Record refusal(Record record, Connection connection) {
    DTLSContext context = connection.getEstablishedDtlsContext();
    if (context == null
        || connection.isResumptionRequired()
        || record.getEpoch() == 0
        || record.getEpoch() != context.getReadEpoch()
        || !context.isRecordProcessable(record.getEpoch(), record.getSequenceNumber(), 0)
        || !isClientHello(record, context)) {
      return null;
    }
    context.markRecordAsRead(record.getEpoch(), record.getSequenceNumber()); // answered once
    try {
      AlertMessage warning =
          new AlertMessage(AlertLevel.WARNING, AlertDescription.NO_RENEGOTIATION);
      Record refusal =
          new Record(ContentType.ALERT, context.getWriteEpoch(), warning, context, true, 0);
      refusal.setAddress(connection.getPeerAddress(), connection.getRouter());
      return refusal;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("an open session can encrypt", e);
    }
  }

  private static boolean isClientHello(Record record, DTLSContext context) {
    ContentType type = record.getType();
    if (type != ContentType.HANDSHAKE && type != ContentType.TLS12_CID) {
      return false;
    }
    try {
      byte[] plain = context.getReadState().decrypt(record, record.getFragmentBytes());
      return plain.length > 0
          && plain[0] == HandshakeType.CLIENT_HELLO.getCode()
          && (type == ContentType.HANDSHAKE || innerType(plain) == ContentType.HANDSHAKE.getCode());
    } catch (GeneralSecurityException forged) {
      return false;
    }
  }

  /** The type behind the content, RFC 9146 section 4. */
  private static int innerType(byte[] plain) {
    int last = plain.length - 1;
    while (last > 0 && plain[last] == 0) {
      last--;
    }
    return plain[last];
  }
}
