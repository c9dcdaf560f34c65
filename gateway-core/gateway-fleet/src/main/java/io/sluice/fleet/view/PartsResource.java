package io.sluice.fleet.view;

import io.sluice.admin.http.Query;
import io.sluice.fleet.partition.LivePartitions;
import io.sluice.fleet.partition.PartitionBook;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What one instance has, for the others: {@value #PATH}. */
public final class PartsResource {
  static final String PATH = "/api/v1/fleet/parts";

  private static final int WORKERS = 2;

  private final LivePartitions live;
  private final Instances instances;
  private final PartAnswers answers;

  PartsResource(LivePartitions live, Instances instances, PartAnswers answers) {
    this.live = live;
    this.instances = instances;
    this.answers = answers;
  }

  /**
   * On workers of its own: those of the listener may all wait for another instance, which waits for
   * this one.
   */
  public void mount(Vertx vertx, Router router) {
    WorkerExecutor workers = vertx.createSharedWorkerExecutor("fleet-parts", WORKERS);
    router
        .get(PATH)
        .handler(Query.takes("question"))
        .handler(ctx ->
            workers
                .executeBlocking(
                    () -> {
                      answer(ctx);
                      return ctx;
                    },
                    false)
                .onFailure(ctx::fail));
  }

  private void answer(RoutingContext ctx) {
    PartQuestion question = answers.question(Query.text(ctx, "question"));
    Set<Integer> behind = instances.behind();
    try {
      List<byte[]> parts = new ArrayList<>();
      List<Integer> numbers = new ArrayList<>();
      for (PartitionBook book : live.all()) {
        Object answer = answers.ask(question, book);
        if (answer != null) {
          numbers.add(book.partition);
          parts.add(answers.write(answer));
        }
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeInt(parts.size());
      for (int i = 0; i < parts.size(); i++) {
        out.writeInt(numbers.get(i));
        out.writeBoolean(behind.contains(numbers.get(i)));
        out.writeInt(parts.get(i).length);
        out.write(parts.get(i));
      }
      ctx.response()
          .putHeader("Content-Type", "application/octet-stream")
          .end(Buffer.buffer(bytes.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
