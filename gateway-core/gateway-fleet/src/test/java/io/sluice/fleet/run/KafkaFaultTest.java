package io.sluice.fleet.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of Kafka Streams' failures an operator is told. A full disk: FleetDiskIT. */
class KafkaFaultTest {
  private final ProcessorStateException fault =
      new ProcessorStateException("task directory [0_0] doesn't exist and couldn't be created");

  @TempDir Path directory;

  @Test
  void whyNothingCanBeMadeInTheStatesFolderIsSaid() throws Exception {
    Path file = Files.writeString(directory.resolve("state"), "a file, and no folder");
    assertThat(KafkaFault.text(fault, file))
        .isEqualTo(
            "fleet.state cannot be written: " + file + " is no folder. " + fault.getMessage());
  }

  @Test
  void folderThatCanBeWrittenIsNotBlamedAndKeepsNothing() {
    assertThat(KafkaFault.text(fault, directory)).isEqualTo(fault.getMessage());
    assertThat(directory).isEmptyDirectory();
  }
}
