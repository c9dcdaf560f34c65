package io.sluice.adapter.mqtt.session;

import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.sluice.adapter.netty.TlsHandlers;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Credentials;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Asks the gateway who a client is, by what its CONNECT and its TLS handshake show. */
final class SignIn {
  private final Connection connection;
  private final @Nullable String clientId;

  /**
   * @param clientId as the client gave it; null where it gave none, as an assigned one names no
   *     device: each connection would be another one
   */
  SignIn(Connection connection, @Nullable String clientId) {
    this.connection = connection;
    this.clientId = clientId;
  }

  /**
   * By certificate where the client has shown one; where that names no device, by what stands in
   * CONNECT: then the certificate only let it as far as this.
   */
  CompletionStage<Admission> verdict(MqttConnectVariableHeader header, MqttConnectPayload payload) {
    List<X509Certificate> chain = TlsHandlers.clientChain(connection.channel.pipeline());
    if (chain.isEmpty()) {
      return connection.gateway.access().admit(connection.peer, credentials(header, payload));
    }
    return connection
        .gateway
        .access()
        .admit(connection.peer, new Credentials.Certificate(chain))
        .thenCompose(verdict -> {
          if (verdict instanceof Admission.Refused && header.hasPassword()) {
            return connection.gateway.access().admit(connection.peer, credentials(header, payload));
          }
          return sameName(verdict, header, payload);
        });
  }

  /**
   * What is shown beside the certificate must be of the same one: the user name where there is one,
   * else the token.
   */
  private CompletionStage<Admission> sameName(
      Admission verdict, MqttConnectVariableHeader header, MqttConnectPayload payload) {
    String owner = owner(verdict);
    if (owner == null) {
      return CompletableFuture.completedStage(verdict);
    }
    if (header.hasUserName()) {
      boolean isSame = payload.userName().isEmpty() || payload.userName().equals(owner);
      return CompletableFuture.completedStage(isSame ? verdict : anothers(owner));
    }
    return header.hasPassword()
        ? connection
            .gateway
            .access()
            .admit(connection.peer, credentials(header, payload))
            .thenApply(shown ->
                shown instanceof Admission.Busy
                    ? shown
                    : owner.equals(owner(shown)) ? verdict : anothers(owner))
        : CompletableFuture.completedStage(verdict);
  }

  /** The name of the device or consumer that is let in; null where nobody is. */
  private static @Nullable String owner(Admission verdict) {
    return switch (verdict) {
      case Admission.Admitted admitted -> admitted.device().id().value();
      case Admission.Consumer consumer -> consumer.name();
      case Admission.Refused _, Admission.Busy _ -> null;
    };
  }

  private Admission anothers(String owner) {
    connection.gateway.meters().refused(connection.peer, RejectReason.NOT_AUTHORIZED);
    return new Admission.Refused(
        RejectReason.NOT_AUTHORIZED,
        "the certificate is that of " + owner + "; use that as the user name, or none");
  }

  private Credentials credentials(MqttConnectVariableHeader header, MqttConnectPayload payload) {
    if (header.hasUserName()) {
      return new Credentials.Password(payload.userName(), payload.passwordInBytes(), clientId);
    }
    if (header.hasPassword()) {
      return new Credentials.Token(
          null, new String(payload.passwordInBytes(), StandardCharsets.UTF_8));
    }
    return new Credentials.Anonymous(clientId);
  }
}
