package io.sluice.adapter.testkit;

import io.sluice.api.ByteSink;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.upstream.OutboundBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Records {@code prefix + number}, whose payload is {@code {"id":"...","pad":"..."}}. */
public record TestBatch(String prefix, int from, int count, int padding, MessageClass messageClass)
    implements OutboundBatch {
  public TestBatch(String prefix, int from, int count) {
    this(prefix, from, count, 100, MessageClass.TELEMETRY);
  }

  /** So many batches of 500 records, numbered on from one to the next. */
  public static List<TestBatch> inRow(int batches) {
    return IntStream.range(0, batches).mapToObj(i -> new TestBatch("r", i * 500, 500)).toList();
  }

  public List<String> ids() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(id(i));
    }
    return ids;
  }

  @Override
  public Lane lane() {
    return messageClass.lane();
  }

  @Override
  public String device(int index) {
    return "device-" + (from + index) % 10;
  }

  @Override
  public MessageClass messageClass(int index) {
    return messageClass;
  }

  @Override
  public String sector(int index) {
    return "factory";
  }

  @Override
  public String site(int index) {
    return "plant-a";
  }

  @Override
  public String model(int index) {
    return "cnc";
  }

  @Override
  public long timeMicros(int index) {
    return 1_772_366_400_000_000L;
  }

  @Override
  public String id(int index) {
    return prefix + (from + index);
  }

  @Override
  public void encode(int index, ByteSink out) {
    byte[] text =
        ("{\"id\":\"" + id(index) + "\",\"pad\":\"" + "x".repeat(padding) + "\"}")
            .getBytes(StandardCharsets.UTF_8);
    out.write(text, 0, text.length);
  }
}
