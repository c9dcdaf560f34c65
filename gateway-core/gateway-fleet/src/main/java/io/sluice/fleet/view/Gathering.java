package io.sluice.fleet.view;

import io.sluice.api.operator.CoverageService.Share;
import io.sluice.api.tls.ClientTls;
import io.sluice.fleet.gateway.GatewayBook;
import io.sluice.fleet.partition.LivePartitions;
import io.sluice.fleet.partition.PartitionBook;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Asks all partitions one question: those here directly, the others over the instances that have
 * them. What does not answer in time is missing, and said to be. Thread-safe; blocks for the time
 * that a peer may take at most.
 */
final class Gathering {
  private static final Logger LOG = LoggerFactory.getLogger(Gathering.class);

  private final LivePartitions live;
  private final Instances instances;
  private final Peers peers;
  private final PartAnswers answers;
  private final GatewayBook gateways;

  private final PeerTroubles troubles =
      new PeerTroubles(() -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));

  Gathering(
      LivePartitions live,
      Instances instances,
      Peers peers,
      PartAnswers answers,
      GatewayBook gateways) {
    this.live = live;
    this.instances = instances;
    this.peers = peers;
    this.answers = answers;
    this.gateways = gateways;
  }

  /**
   * All answers.
   *
   * @param parts in the order of the partitions
   */
  record Gathered(List<Object> parts, Share share) {}

  Gathered ask(PartQuestion question) {
    Map<String, CompletableFuture<Peers.Answer>> asked = new TreeMap<>();
    Map<String, Set<Integer>> active = instances.active();
    String text = answers.asked(question);
    active.forEach((peer, partitions) -> {
      if (!peer.equals(instances.self())) {
        asked.put(peer, peers.ask(peer, text));
      }
    });
    Map<Integer, Object> found = new TreeMap<>();
    Set<Integer> behind = new TreeSet<>();
    Set<Integer> behindHere = instances.behind();
    for (PartitionBook book : live.all()) {
      Object answer = answers.ask(question, book);
      if (answer != null) {
        found.put(book.partition, answer);
        if (behindHere.contains(book.partition)) {
          behind.add(book.partition);
        }
      }
    }
    List<String> silent = new ArrayList<>();
    asked.forEach((peer, future) -> {
      try {
        Peers.Answer answer = future.join();
        String again = troubles.answers(peer);
        if (again != null) {
          LOG.info("fleet: {}", again);
        }
        Set<Integer> own = active.getOrDefault(peer, Set.of());
        for (Map.Entry<Integer, byte[]> part : answer.parts().entrySet()) {
          int partition = part.getKey();
          // the one that the group says has it goes before one that has not yet let it go
          if (own.contains(partition) || !found.containsKey(partition)) {
            found.put(partition, answers.read(question, part.getValue()));
            behind.remove(partition);
            if (answer.behind().contains(partition)) {
              behind.add(partition);
            }
          }
        }
      } catch (CompletionException | IOException | JacksonException e) {
        tell(peer, e);
        silent.add(peer);
      }
    });
    troubles.retain(active.keySet());
    return new Gathered(List.copyOf(found.values()), share(found.keySet(), behind, silent));
  }

  private void tell(String peer, Throwable fault) {
    Throwable cause = fault.getCause() == null ? fault : fault.getCause();
    String tls = ClientTls.fault(cause);
    String message = cause.getMessage();
    boolean isSlow = cause instanceof TimeoutException || cause instanceof HttpTimeoutException;
    String why =
        tls != null
            ? tls
            : isSlow
                ? "nothing came within fleet.peer-timeout, " + peers.timeout().toMillis() + " ms"
                : message == null ? "nobody is there" : message;
    String line = troubles.fails(peer, why);
    if (line != null) {
      LOG.warn("fleet: {}", line);
    }
  }

  private Share share(Set<Integer> found, Set<Integer> behind, List<String> silentInstances) {
    int all = instances.partitions();
    List<Integer> missing = new ArrayList<>();
    for (int partition = 0; partition < all; partition++) {
      if (!found.contains(partition)) {
        missing.add(partition);
      }
    }
    List<String> silent = gateways.silent();
    double share = all == 0 ? 1 : (double) (missing.size() + behind.size()) / all;
    boolean isProvisional = share > 0 || !silent.isEmpty();
    return new Share(
        isProvisional,
        all,
        missing,
        List.copyOf(behind),
        share,
        silent,
        List.copyOf(silentInstances));
  }
}
