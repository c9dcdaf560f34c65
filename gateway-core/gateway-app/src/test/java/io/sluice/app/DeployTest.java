package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.sluice.testkit.HaProxy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What config/deploy has: each file as the program that reads it takes it. */
class DeployTest {
  private static final Path DEPLOY = Path.of("../../config/deploy").toAbsolutePath().normalize();
  private static final Path BASE = DEPLOY.resolve("kubernetes/base");
  private static final YAMLMapper YAML = new YAMLMapper();

  /** Made by the operators of Kafka and PostgreSQL, or by hand as kustomization.yaml says. */
  private static final Set<String> SECRETS =
      Set.of(
          "sluice",
          "sluice-db-app",
          "sluice-db-ca",
          "sluice-cluster-ca-cert",
          "sluice-gateway",
          "sluice-fleet");

  private static final Map<String, Class<?>> KINDS =
      Map.of(
          "v1 Namespace", Namespace.class,
          "v1 Service", Service.class,
          "apps/v1 StatefulSet", StatefulSet.class,
          "batch/v1 Job", Job.class,
          "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class,
          "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class);

  @TempDir private Path directory;

  private static boolean has(String program) {
    boolean isHere = Files.isExecutable(Path.of(program));
    assertThat(isHere || !"1".equals(System.getenv("SLUICE_REQUIRE_TOOLS"))).as(program).isTrue();
    return isHere;
  }

  @Test
  void haproxyTakesItsConfiguration() throws Exception {
    assertThat(HaProxy.check(DEPLOY.resolve("haproxy/haproxy.cfg"))).isEmpty();
  }

  @Test
  void nginxTakesItsConfiguration() throws Exception {
    Assumptions.assumeTrue(has("/usr/sbin/nginx"));
    Path module = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");
    String first =
        "pid %s;\nerror_log %s;\n"
            .formatted(directory.resolve("pid"), directory.resolve("error.log"));
    String load = Files.exists(module) ? "load_module " + module + ";\n" : "";
    Path file =
        Files.writeString(
            directory.resolve("nginx.conf"),
            load + first + Files.readString(DEPLOY.resolve("coap/nginx.conf")));
    Tool.run("/usr/sbin/nginx", "-t", "-p", directory.toString(), "-c", file.toString())
        .succeeded();
  }

  @Test
  void composeTakesItsFile() throws Exception {
    Assumptions.assumeTrue(has("/usr/bin/docker-compose"));
    Path file = DEPLOY.resolve("compose/compose.yaml");
    Tool.run(
            "env",
            "SLUICE_ADMIN_TOKEN=a",
            "SLUICE_FLEET_PASSWORD=b",
            "SLUICE_FLEET_KEY=c",
            "/usr/bin/docker-compose",
            "-f",
            file.toString(),
            "config",
            "-q")
        .succeeded();
    // what it mounts is there
    for (JsonNode service : YAML.readTree(Files.readString(file)).get("services")) {
      for (JsonNode volume : service.path("volumes")) {
        String source = volume.stringValue().split(":", 2)[0];
        assertThat(!source.startsWith(".") || Files.exists(file.resolveSibling(source)))
            .as(source)
            .isTrue();
      }
    }
  }

  @Test
  void gatewaysTakeTheirConfigurations() throws Exception {
    for (Path file :
        List.of(DEPLOY.resolve("compose/gateway.yaml"), BASE.resolve("gateway-config.yaml"))) {
      Path profiles = Path.of("../../config/profiles").toAbsolutePath().normalize();
      Path data = Files.createDirectories(directory.resolve("data"));
      String text =
          Files.readString(file)
              .replace("${SLUICE_GATEWAY_ID}", "gw-1")
              .replace("${SLUICE_ADMIN_TOKEN}", "a-token-of-tests-0123456789")
              .replace("${SLUICE_FLEET_PASSWORD}", "a-password-of-tests")
              .replace("${SLUICE_FLEET_KEY}", "0123456789abcdef".repeat(4))
              .replace("/var/lib/sluice", data.toString())
              .replace("/opt/sluice/config/profiles", profiles.toString())
              .replace("password-file: /run/secrets/database/password", "password: a-password")
              // files that the cluster's operators write
              .replaceAll("(?m)^ *tls: \\{ ca: /run.*\n", "")
              .replaceAll("(?m)^ *tls:\n", "")
              .replaceAll("(?m)^ *(ca|certificate|key): /run/secrets.*\n", "");
      Path config = Files.writeString(directory.resolve("sluice.yaml"), text);
      StringWriter out = new StringWriter();
      PrintWriter printer = new PrintWriter(out);
      int exit =
          Main.commandLine()
              .setOut(printer)
              .setErr(printer)
              .execute("check", "--config", config.toString());
      assertThat(exit).as(file + ":\n" + out).isZero();
    }
  }

  private static List<JsonNode> manifests() throws IOException {
    List<JsonNode> all = new ArrayList<>();
    JsonNode kustomization = YAML.readTree(Files.readString(BASE.resolve("kustomization.yaml")));
    for (JsonNode resource : kustomization.get("resources")) {
      try (var documents =
          YAML.readerFor(JsonNode.class)
              .<JsonNode>readValues(Files.readString(BASE.resolve(resource.stringValue())))) {
        documents.forEachRemaining(all::add);
      }
    }
    for (JsonNode map : kustomization.get("configMapGenerator")) {
      String file = map.get("files").get(0).stringValue();
      assertThat(BASE.resolve(file.substring(file.indexOf('=') + 1))).exists();
    }
    return all;
  }

  private static @Nullable Object object(JsonNode manifest) throws IOException {
    String kind =
        manifest.get("apiVersion").stringValue() + " " + manifest.get("kind").stringValue();
    Class<?> type = KINDS.get(kind);
    if (type == null) {
      assertThat(kind).as("an operator's").containsAnyOf("strimzi.io/", "cnpg.io/");
      return null;
    }
    return new ObjectMapper().readValue(manifest.toString(), type);
  }

  @Test
  void kubernetesKnowsEveryKeyOfTheManifests() throws Exception {
    List<JsonNode> manifests = manifests();
    assertThat(manifests).hasSizeGreaterThan(15);
    for (JsonNode manifest : manifests) {
      Object object = object(manifest);
      List<String> unknown = new ArrayList<>();
      if (object != null) {
        unknown(object, "", unknown);
      }
      assertThat(unknown).as(manifest.get("metadata").toString()).isEmpty();
    }
  }

  /** What the manifest has that the kind has not. */
  private static void unknown(Object object, String at, List<String> into) throws Exception {
    for (Field field : object.getClass().getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers())) {
        continue;
      }
      field.setAccessible(true);
      Object value = field.get(object);
      String place = at + "." + field.getName();
      if (field.getName().equals("additionalProperties")) {
        ((Map<?, ?>) value).keySet().forEach(key -> into.add(at + "." + key));
      } else if (value instanceof Collection<?> many) {
        for (Object each : many) {
          descend(each, place, into);
        }
      } else if (value != null) {
        descend(value, place, into);
      }
    }
  }

  private static void descend(Object value, String place, List<String> into) throws Exception {
    if (value.getClass().getName().startsWith("io.fabric8.")) {
      unknown(value, place, into);
    }
  }

  @Test
  void manifestsFitTogether() throws Exception {
    Set<String> maps = Set.of("sluice-gateway", "sluice-fleet");
    Set<String> apps = new HashSet<>();
    List<Service> services = new ArrayList<>();
    List<PodSpec> pods = new ArrayList<>();
    for (JsonNode manifest : manifests()) {
      switch (object(manifest)) {
        case StatefulSet set -> {
          Map<String, String> selected = set.getSpec().getSelector().getMatchLabels();
          Map<String, String> labels = set.getSpec().getTemplate().getMetadata().getLabels();
          assertThat(labels).containsAllEntriesOf(selected);
          assertThat(labels).containsEntry("app.kubernetes.io/part-of", "sluice");
          apps.add(set.getMetadata().getName());
          pods.add(set.getSpec().getTemplate().getSpec());
        }
        case Job job -> pods.add(job.getSpec().getTemplate().getSpec());
        case Service service -> services.add(service);
        case null, default -> {
          // nothing that others name
        }
      }
    }
    services.forEach(each ->
        assertThat(apps).contains(each.getSpec().getSelector().get("app.kubernetes.io/name")));
    for (PodSpec pod : pods) {
      assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
      for (Volume volume : pod.getVolumes()) {
        assertThat(
                volume.getSecret() == null || SECRETS.contains(volume.getSecret().getSecretName()))
            .as(volume.getName())
            .isTrue();
        assertThat(volume.getConfigMap() == null || maps.contains(volume.getConfigMap().getName()))
            .as(volume.getName())
            .isTrue();
      }
      for (Container container : pod.getContainers()) {
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getResources().getLimits()).containsKey("memory");
      }
    }
  }
}
