package io.sluice.adapter.http.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.adapter.http.message.RequestFault;
import io.sluice.adapter.http.wire.RequestDecoder.Event;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** From the bytes of one POST to its head and the place of its body. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HttpDecoderBenchmark {
  private static final int BODY_BYTES = 165;
  private static final int MAX_HEAD_BYTES = 16 << 10;

  /** Whether a device sends the same head each time, or one that says something else. */
  @Param({"true", "false"})
  public boolean same;

  private final RequestDecoder decoder = new RequestDecoder(MAX_HEAD_BYTES / 2, MAX_HEAD_BYTES);
  private final ByteBuf[] requests = {request("a"), request("b")};
  private int turn;

  private static ByteBuf request(String trace) {
    String head =
        "POST /telemetry HTTP/1.1\r\nhost: gateway.example:8081\r\nuser-agent: logger/2.1\r\n"
            + "authorization: Basic bWV0ZXItMTpzZWNyZXQtb2YtbWV0ZXItMQ==\r\n"
            + "content-type: application/json\r\nx-trace: "
            + trace
            + "\r\ncontent-length: "
            + BODY_BYTES
            + "\r\n\r\n";
    return Unpooled.copiedBuffer(head + "x".repeat(BODY_BYTES), StandardCharsets.US_ASCII);
  }

  @Benchmark
  public int request() throws RequestFault {
    turn = same ? 0 : 1 - turn;
    ByteBuf in = requests[turn];
    in.readerIndex(0);
    int fields = 0;
    Event event = decoder.next(in);
    while (event != Event.END) {
      if (event == Event.HEAD) {
        fields = decoder.head().fields().size();
      } else {
        in.skipBytes(decoder.dataBytes());
      }
      event = decoder.next(in);
    }
    return fields;
  }
}
