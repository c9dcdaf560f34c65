package io.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.Limit;
import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterFactory;
import io.sluice.api.adapter.Receipt;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The polling source of the example of a vendor's jar, compiled here. */
class VendorSourceTest {
  private static final Path SOURCES =
      Path.of("../../config/examples/vendor-adapter/src/main/java").toAbsolutePath().normalize();

  @TempDir private Path classes;

  @Test
  void valueThatRanIntoALimitOrFoundNoRoomIsOfferedAgain() throws Exception {
    try (RecordingGateway gateway = new RecordingGateway();
        ServerSocket farEnd = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      gateway.answer(uplink ->
          switch (gateway.offers()) {
            case 1 -> new Receipt.Limited(Limit.MESSAGE_RATE_PER_DEVICE, "wait 1 ms", 1);
            case 2 -> new Receipt.Busy(1);
            default -> gateway.storedReceipt(uplink);
          });
      Thread.ofVirtual().start(() -> answer(farEnd));
      try (URLClassLoader jar = compiled();
          Adapter source = source(jar, farEnd.getLocalPort())) {
        source.start(gateway);
        await().until(() -> gateway.stored().size() == 1);
        assertThat(gateway.offers()).isEqualTo(3);
        assertThat(gateway.stored().getFirst().payload()).asString(UTF_8).isEqualTo("{\"n\":1}");
      }
    }
  }

  /** Each question has the next number for an answer. */
  private static void answer(ServerSocket farEnd) {
    try (Socket socket = farEnd.accept();
        BufferedReader in =
            new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))) {
      for (int n = 1; in.readLine() != null; n++) {
        socket.getOutputStream().write(("{\"n\":" + n + "}\n").getBytes(UTF_8));
      }
    } catch (IOException end) {
      // of the connection: nobody asks any more
    }
  }

  private URLClassLoader compiled() throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-proc:none",
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path")));
    try (Stream<Path> files = Files.walk(SOURCES)) {
      files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(arguments::add);
    }
    int exitCode =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertThat(exitCode).isZero();
    return new URLClassLoader(new URL[] {classes.toUri().toURL()}, getClass().getClassLoader());
  }

  private static Adapter source(ClassLoader jar, int port) throws ReflectiveOperationException {
    return source(
        (AdapterFactory<?>)
            jar.loadClass("com.example.sluice.LinePollFactory").getConstructor().newInstance(),
        port);
  }

  private static <S extends Record> Adapter source(AdapterFactory<S> factory, int port)
      throws ReflectiveOperationException {
    S settings =
        factory
            .settings()
            .getConstructor(String.class, int.class, String.class, Duration.class)
            .newInstance("127.0.0.1", port, "meter-1", Duration.ofHours(1));
    return factory.create("hall-2", settings);
  }
}
