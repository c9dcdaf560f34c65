package io.sluice.engine.forward;

import io.sluice.api.upstream.Delivery;
import io.sluice.api.upstream.OutboundBatch;
import io.sluice.api.upstream.Upstream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** An upstream that answers as the test says; remembers every id that was sent to it. */
final class ScriptedUpstream implements Upstream {
  final List<String> sent = new CopyOnWriteArrayList<>();
  final List<String> delivered = new CopyOnWriteArrayList<>();
  final List<CompletableFuture<Delivery>> pending = new CopyOnWriteArrayList<>();
  final AtomicInteger opened = new AtomicInteger();
  final AtomicInteger closed = new AtomicInteger();
  volatile boolean reachable = true;

  /** Null keeps the batch without a verdict. */
  volatile Function<List<String>, Delivery> script = ids -> new Delivery.Delivered();

  @Override
  public void open() throws IOException {
    opened.incrementAndGet();
    if (!reachable) {
      throw new IOException("far end is not there");
    }
  }

  @Override
  public CompletableFuture<Delivery> send(OutboundBatch batch) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < batch.count(); i++) {
      ids.add(batch.id(i));
    }
    sent.addAll(ids);
    Delivery delivery = script.apply(ids);
    CompletableFuture<Delivery> verdict = new CompletableFuture<>();
    switch (delivery) {
      case null -> pending.add(verdict);
      case Delivery.Delivered all -> delivered.addAll(ids);
      case Delivery.Refused refused -> delivered.addAll(ids.subList(0, refused.index()));
      case Delivery.Retry retry -> {}
      case Delivery.Parted parted -> {
        for (int i = 0; i < ids.size(); i++) {
          if (parted.records().isConfirmed(i)) {
            delivered.add(ids.get(i));
          }
        }
      }
    }
    if (delivery != null) {
      verdict.complete(delivery);
    }
    return verdict;
  }

  @Override
  public void close() {
    closed.incrementAndGet();
  }
}
