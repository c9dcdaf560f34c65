package io.sluice.adapter.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReceiptQueueTest {
  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final List<String> answered = new ArrayList<>();
  private final AtomicInteger batches = new AtomicInteger();
  private final ReceiptQueue<String> queue = new ReceiptQueue<>(loop, this::drain);

  private void drain() {
    batches.incrementAndGet();
    for (String next = queue.poll(); next != null; next = queue.poll()) {
      answered.add(next);
    }
  }

  @AfterEach
  void stop() throws Exception {
    loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
  }

  @Test
  void messagesComeInTheirOrderWithOneWakeUpForABatch() throws Exception {
    CountDownLatch isBusy = new CountDownLatch(1);
    loop.execute(() -> waitFor(isBusy));
    for (String each : List.of("a", "b", "c")) {
      queue.offer(each);
      queue.flush();
    }
    isBusy.countDown();
    loop.submit(() -> {}).get(30, TimeUnit.SECONDS);
    assertThat(answered).containsExactly("a", "b", "c");
    assertThat(batches).hasValue(1);
  }

  @Test
  void whatComesWhileABatchIsAnsweredIsAnsweredToo() throws Exception {
    queue.offer("a");
    queue.flush();
    loop.submit(() -> {}).get(30, TimeUnit.SECONDS);
    queue.offer("b");
    queue.flush();
    loop.submit(() -> {}).get(30, TimeUnit.SECONDS);
    assertThat(answered).containsExactly("a", "b");
  }

  @Test
  void loopThatHasEndedIsNotWokenAndDoesNotThrow() throws Exception {
    stop();
    queue.offer("a");
    queue.flush();
    assertThat(queue.execute(() -> {})).isFalse();
    assertThat(answered).isEmpty();
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
