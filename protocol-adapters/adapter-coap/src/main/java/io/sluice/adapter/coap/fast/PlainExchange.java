package io.sluice.adapter.coap.fast;

import io.sluice.adapter.coap.message.Amplification;
import io.sluice.adapter.coap.request.Answerable;
import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.adapter.netty.ReceivedMessage;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import io.sluice.api.adapter.Uplink;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * A plain uplink with what its answer needs. As an {@link Uplink} it is read by any thread. All the
 * rest is confined to the event loop of its handler.
 */
final class PlainExchange extends ReceivedMessage implements Answerable {
  private final FastPathHandler handler;
  private final RecentMessages.Peer peer;

  /** As it came with the datagram: its parts lie together, those that the peer keeps do not. */
  private final InetSocketAddress sender;

  private final boolean confirmable;
  private final byte code;
  private final int messageId;
  private final long token;
  private final int tokenLength;
  private final int requestBytes;
  private @Nullable DeviceId device;

  private static final AtomicReferenceFieldUpdater<PlainExchange, @Nullable Receipt> RECEIPT =
      AtomicReferenceFieldUpdater.newUpdater(PlainExchange.class, Receipt.class, "receipt");

  /** Null while it is awaited. */
  volatile @Nullable Receipt receipt;

  /** Its neighbours among those that wait for a receipt, null where it waits for none. */
  @Nullable PlainExchange earlier;

  @Nullable PlainExchange later;

  /** Where its peer has it, as far as that is known. */
  int place;

  boolean isOffered;
  boolean isFinished;
  @Nullable Exchange adopter;

  PlainExchange(
      FastPathHandler handler,
      RecentMessages.Peer peer,
      InetSocketAddress sender,
      PlainUplink read,
      long receivedMicros,
      long receivedNanos) {
    super(read.topic(), read.contentType(), read.payload(), receivedMicros, receivedNanos);
    this.handler = handler;
    this.peer = peer;
    this.sender = sender;
    this.confirmable = read.isConfirmable();
    this.code = read.code();
    this.messageId = read.messageId();
    this.token = read.requestToken();
    this.tokenLength = read.tokenLength();
    this.requestBytes = read.bytes();
  }

  /** Notes the verdict; false where there was one already. Any thread. */
  boolean decide(Receipt verdict) {
    return RECEIPT.compareAndSet(this, null, verdict);
  }

  RecentMessages.Peer peer() {
    return peer;
  }

  boolean isConfirmable() {
    return confirmable;
  }

  byte code() {
    return code;
  }

  int messageId() {
    return messageId;
  }

  long token() {
    return token;
  }

  int tokenLength() {
    return tokenLength;
  }

  /** Before it is accepted. */
  void from(DeviceId sender) {
    device = sender;
  }

  /** Californium's exchange answers it from now on; called on any thread. */
  void adopted(Exchange exchange) {
    handler.adopted(this, exchange);
  }

  @Override
  public InetSocketAddress address() {
    return sender;
  }

  @Override
  public boolean bound(Response response) {
    return Amplification.bound(requestBytes, response);
  }

  @Override
  public void answer(Response response) {
    handler.answer(this, response);
  }

  @Override
  public DeviceId device() {
    return Objects.requireNonNull(device, "not admitted");
  }

  @Override
  public String protocol() {
    return CoapOptions.PROTOCOL;
  }

  @Override
  public ReceiptSink sink() {
    return handler;
  }
}
