package io.sluice.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

@Tag("slow")
class BenchmarksTest {
  @Test
  void eachRunsOnce() throws Exception {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("io\\.sluice\\..*")
                    .mode(Mode.SingleShotTime)
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    assertThat(results)
        .extracting(
            result -> result.getParams().getBenchmark().replaceFirst(".*\\.(\\w+\\.\\w+)$", "$1"))
        .containsExactlyInAnyOrder(
            "MqttBenchmark.publishQos1",
            "HttpDecoderBenchmark.request", // by the same device,
            "HttpDecoderBenchmark.request", // by others
            "SourceReaderBenchmark.publications", // of one topic,
            "SourceReaderBenchmark.publications", // of twenty
            "TopicBenchmark.childTopic",
            "TopicBenchmark.ownTopic",
            "TopicBenchmark.unmappedTopic",
            "TopicBenchmark.vendorTopic",
            "TopicBenchmark.formerlyChildTopic",
            "TopicBenchmark.formerlyOwnTopic",
            "TopicBenchmark.formerlyUnmappedTopic",
            "TopicBenchmark.formerlyVendorTopic",
            "ScriptBenchmark.draginoLht65",
            "ScriptBenchmark.milesightAm319",
            "NormalizeBenchmark.flatJson",
            "NormalizeBenchmark.flatJsonOneFieldBad",
            "NormalizeBenchmark.flatJsonTolerateNone",
            "NormalizeBenchmark.nestedJson",
            "NormalizeBenchmark.senmlCbor",
            "EncodeBenchmark.canonicalJson",
            "EncodeBenchmark.protobuf",
            "EncodeBenchmark.senmlCbor",
            "EncodeBenchmark.senmlJson",
            "EncodeBenchmark.templatedJson",
            "EncodeBenchmark.thingsBoard",
            "SparkplugBenchmark.dataByAlias", // one metric a message,
            "SparkplugBenchmark.dataByAlias", // ten,
            "SparkplugBenchmark.dataByAlias", // a hundred
            "SpoolBenchmark.appendSynced",
            "ForwardBenchmark.read",
            "ForwardBenchmark.readAndEncode");
  }
}
