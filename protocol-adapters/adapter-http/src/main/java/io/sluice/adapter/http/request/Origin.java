package io.sluice.adapter.http.request;

import io.sluice.adapter.http.message.RequestFault;
import io.sluice.adapter.http.message.RequestHead;
import io.sluice.adapter.netty.BeforeAdmission;
import io.sluice.api.Limit;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Peer;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connection that a request came by: what does not change with the request, and who was let in
 * by it last. Confined to its event loop.
 */
public final class Origin {
  final HttpLoop loop;
  final Peer peer;
  final @Nullable Limit refusedBy;
  final Cors cors;
  private final Supplier<List<X509Certificate>> chain;
  private final BeforeAdmission before;
  private boolean isAdmitted;

  /** Who was let in last, and by which words. */
  private @Nullable String shown;

  private Admission.@Nullable Admitted admitted;

  /** What the last head meant, so that the same head costs no look-up. */
  private @Nullable RequestHead routedHead;

  private @Nullable Route route;

  /** The same of what a head shows of its sender. */
  private @Nullable RequestHead shownHead;

  private @Nullable Shown shownBefore;

  /**
   * @param service that its requests are served by
   * @param refusedBy the limit that the connection ran into, null where none
   * @param chain the client's verified certificates, its own first
   */
  public Origin(
      RequestService service,
      HttpLoop loop,
      Peer peer,
      @Nullable Limit refusedBy,
      Supplier<List<X509Certificate>> chain,
      BeforeAdmission before) {
    this.cors = service.cors();
    this.loop = loop;
    this.peer = peer;
    this.refusedBy = refusedBy;
    this.chain = chain;
    this.before = before;
  }

  List<X509Certificate> chain() {
    return chain.get();
  }

  /** Somebody is let in: the connection is none of those that hold room for nothing. */
  void admitted(@Nullable String words, Admission.Admitted who) {
    shown = words;
    admitted = who;
    ended();
  }

  /** What has come is counted no more among what is not admitted: admitted, or thrown away. */
  public void ended() {
    if (!isAdmitted) {
      isAdmitted = true;
      before.admitted();
    }
  }

  /** Who was let in by exactly these words, the last time; null where nobody was. */
  Admission.@Nullable Admitted admittedBy(String words) {
    String last = shown;
    return last != null && isSame(last, words) ? admitted : null;
  }

  /** Takes as long wherever the two differ: a proxy may share the connection. */
  private static boolean isSame(String one, String other) {
    int difference = one.length() ^ other.length();
    for (int i = 0; i < one.length() && i < other.length(); i++) {
      difference |= one.charAt(i) ^ other.charAt(i);
    }
    return difference == 0;
  }

  @SuppressWarnings("ReferenceEquality") // the decoder gives the same object for the same bytes
  @Nullable Route routeOf(RequestHead head) {
    return head == routedHead ? route : null;
  }

  void routed(RequestHead head, Route to) {
    routedHead = head;
    route = to;
  }

  /**
   * What the request shows of its sender.
   *
   * @param token that stands in the path, or null
   */
  @SuppressWarnings("ReferenceEquality") // as in routeOf
  Shown shownBy(RequestHead head, @Nullable String token) throws RequestFault {
    Shown before = shownBefore;
    if (head == shownHead && before != null) {
      return before;
    }
    Shown now = Shown.of(head, token);
    shownHead = head;
    shownBefore = now;
    return now;
  }
}
