package io.sluice.adapter.http.request;

import io.sluice.adapter.http.message.RequestFault;
import io.sluice.adapter.http.message.Response;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Access;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.Peer;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Asks the gateway who has sent a request. A connection whose client shows the same again is not
 * asked about again while the admission holds. Confined to the event loop of the call.
 */
final class SignIn {
  private final AdapterContext gateway;

  SignIn(AdapterContext gateway) {
    this.gateway = gateway;
  }

  /** Who was let in by the same words before, and still would be; null where it must be asked. */
  Admission.@Nullable Admitted known(Origin origin, Shown shown) {
    String words = shown.words();
    Admission.Admitted known = words == null ? null : origin.admittedBy(words);
    return known != null && gateway.access().isCurrent(known) ? known : null;
  }

  /**
   * By certificate where the client has shown one; where that names no device, by what stands in
   * the request: then the certificate only let it as far as this.
   *
   * @param proof what the request shows, in full
   */
  CompletionStage<Admission> verdict(Origin origin, Shown shown, Credentials proof) {
    Access access = gateway.access();
    List<X509Certificate> chain = origin.chain();
    try {
      if (chain.isEmpty()) {
        return access.admit(origin.peer, proof);
      }
      return access
          .admit(origin.peer, new Credentials.Certificate(chain))
          .thenCompose(verdict -> {
            if (verdict instanceof Admission.Refused && shown.isProof()) {
              return access.admit(origin.peer, proof);
            }
            return sameName(origin.peer, verdict, shown, proof);
          });
    } catch (RuntimeException fault) {
      return CompletableFuture.failedStage(fault); // the gateway broke its contract
    }
  }

  /** What is shown beside the certificate must be of the same device. */
  private CompletionStage<Admission> sameName(
      Peer peer, Admission verdict, Shown shown, Credentials proof) {
    if (!(verdict instanceof Admission.Admitted admitted)) {
      return CompletableFuture.completedStage(verdict);
    }
    String owner = admitted.device().id().value();
    String named = shown.name();
    if (named != null) {
      return CompletableFuture.completedStage(
          named.equals(owner) ? verdict : anothers(peer, owner));
    }
    return shown.isProof()
        ? gateway
            .access()
            .admit(peer, proof)
            .thenApply(other ->
                other instanceof Admission.Admitted same && same.device().id().value().equals(owner)
                    ? verdict
                    : other instanceof Admission.Busy ? other : anothers(peer, owner))
        : CompletableFuture.completedStage(verdict);
  }

  private Admission anothers(Peer peer, String owner) {
    gateway.meters().refused(peer, RejectReason.NOT_AUTHORIZED);
    return new Admission.Refused(
        RejectReason.NOT_AUTHORIZED,
        "the certificate is that of " + owner + "; show nothing beside it, or the same device");
  }

  /** What the peer is told where it is not let in; null where it is. */
  static @Nullable Response refusal(Admission verdict) {
    return switch (verdict) {
      case Admission.Admitted _ -> null;
      case Admission.Consumer _ ->
          Answers.refused(RejectReason.NOT_AUTHORIZED, "consumers subscribe over MQTT", "");
      case Admission.Refused refused -> Answers.of(refused);
      case Admission.Busy busy ->
          Answers.busy(busy.retryAfterMillis(), "too many devices sign in at once");
    };
  }

  /** A fault of what the request shows, counted as a refusal. */
  Response unreadable(Origin origin, RequestFault fault) {
    boolean isCredentials = fault.status() == Response.UNAUTHORIZED;
    RejectReason reason =
        isCredentials ? RejectReason.NOT_AUTHENTICATED : RejectReason.PROTOCOL_ERROR;
    gateway.meters().refused(origin.peer, reason);
    return isCredentials
        ? Answers.refused(reason, fault.detail(), "")
        : io.sluice.adapter.http.message.Problem.of(fault);
  }
}
