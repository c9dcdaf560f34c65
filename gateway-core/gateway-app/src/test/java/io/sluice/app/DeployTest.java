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
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
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
import java.util.HashMap;
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
          "sluice-db-gateway",
          "sluice-db-view",
          "sluice-db-ca",
          "sluice-cluster-ca-cert",
          "sluice-gateway",
          "sluice-fleet",
          "sluice-init");

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
    Tool.run("/usr/bin/docker-compose", "-f", file.toString(), "config", "-q").succeeded();
    JsonNode compose = YAML.readTree(Files.readString(file));
    Set<String> secrets = new HashSet<>(compose.get("secrets").propertyNames());
    String script = Files.readString(file.resolveSibling("make-secrets"));
    for (JsonNode secret : compose.get("secrets")) {
      assertThat(script)
          .contains(secret.get("file").stringValue().replace("./secrets/", "random "));
    }
    String pom = Files.readString(DEPLOY.resolve("../../pom.xml"));
    assertThat(compose.at("/services/kafka/image").stringValue())
        .isEqualTo(
            "apache/kafka:" + pom.replaceAll("(?s).*<kafka.version>(.*?)</kafka.version>.*", "$1"));
    // what it mounts and names is there
    for (JsonNode service : compose.get("services")) {
      for (JsonNode secret : service.path("secrets")) {
        assertThat(secrets).contains(secret.stringValue());
      }
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
              .replaceAll(
                  "token-file: /run/secrets/\\S*admin-token", "token: a-token-of-tests-0123")
              .replaceAll("password-file: /run/secrets/\\S+", "password: a-password-of-tests")
              .replaceAll("key-file: /run/secrets/\\S+", "key: " + "0123456789abcdef".repeat(4))
              .replace("/var/lib/sluice", data.toString())
              .replace("/opt/sluice/config/profiles", profiles.toString())
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

  private static String kind(JsonNode manifest) {
    return manifest.get("apiVersion").stringValue() + " " + manifest.get("kind").stringValue();
  }

  /** Of a kind of Kubernetes itself; null where it is an operator's. */
  private static @Nullable Object object(JsonNode manifest) throws IOException {
    Class<?> type = KINDS.get(kind(manifest));
    if (type == null) {
      return null;
    }
    return new ObjectMapper().readValue(manifest.toString(), type);
  }

  @Test
  void kubernetesKnowsEveryKeyOfTheManifests() throws Exception {
    List<JsonNode> manifests = manifests();
    OperatorKinds operators = OperatorKinds.read();
    assertThat(manifests).hasSizeGreaterThan(15);
    for (JsonNode manifest : manifests) {
      Object object = object(manifest);
      List<String> unknown = new ArrayList<>();
      if (object != null) {
        unknown(object, "", unknown);
      } else {
        assertThat(operators.knows(kind(manifest))).as(kind(manifest)).isTrue();
        unknown.addAll(operators.faults(kind(manifest), manifest));
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

  /** A wrong key, a wrong value and a missing one of an operator's kind are seen. */
  @Test
  void whatAnOperatorWouldRefuseIsSeen() throws Exception {
    JsonNode user =
        YAML.readTree(
            "spec: { authentication: { typ: tls }, authorization: { type: simple, acls: ["
                + " { resource: { type: topic, name: 7 }, operations: [ Reed ] } ] } }");
    assertThat(OperatorKinds.read().faults("kafka.strimzi.io/v1 KafkaUser", user))
        .containsExactly(
            "spec.authentication.typ: is no key of it",
            "spec.authentication: lacks type",
            "spec.authorization.acls[0].resource.name: 7 is no \"text\"",
            "spec.authorization.acls[0].operations[0]: \"Reed\" is no \"Read|Write|Create|Delete|"
                + "Alter|Describe|ClusterAction|AlterConfigs|DescribeConfigs|IdempotentWrite|All\"");
  }

  /** Drained before it is stopped; asked where it answers; reached where it listens. */
  @Test
  void gatewaysAreDrainedProbedAndReachedAsTheyAre() throws Exception {
    Map<Integer, String> listens = new HashMap<>();
    JsonNode config = YAML.readTree(Files.readString(BASE.resolve("gateway-config.yaml")));
    for (Map.Entry<String, JsonNode> each : config.get("listeners").properties()) {
      listens.put(
          each.getValue().get("port").intValue(), each.getKey().equals("coap") ? "UDP" : "TCP");
    }
    Map<Integer, String> admin = Map.of(config.at("/admin/port").intValue(), "TCP");
    Set<String> budgets = new HashSet<>();
    int gateways = 0;
    for (JsonNode manifest : manifests()) {
      if (object(manifest) instanceof NetworkPolicy policy
          && policy.getMetadata().getName().equals("devices")) {
        // first devices', from anywhere; then the admin listener, from those named
        assertThat(ports(policy.getSpec().getIngress().getFirst())).isEqualTo(listens);
        assertThat(policy.getSpec().getIngress().getFirst().getFrom()).isEmpty();
        assertThat(ports(policy.getSpec().getIngress().getLast())).isEqualTo(admin);
        assertThat(policy.getSpec().getIngress().getLast().getFrom()).isNotEmpty();
        gateways++;
      }
      if (object(manifest) instanceof PodDisruptionBudget budget) {
        budgets.add(budget.getSpec().getSelector().getMatchLabels().toString());
        assertThat(budget.getSpec().getMaxUnavailable().getIntVal()).isEqualTo(1);
      }
      if (!(object(manifest) instanceof StatefulSet set)) {
        continue;
      }
      PodSpec pod = set.getSpec().getTemplate().getSpec();
      Container container = pod.getContainers().getFirst();
      assertThat(container.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/health/live");
      assertThat(container.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/health/ready");
      // the volume of what is kept is a claim, where the configuration has it
      String data = set.getSpec().getVolumeClaimTemplates().getFirst().getMetadata().getName();
      assertThat(container.getVolumeMounts())
          .anyMatch(mount ->
              mount.getName().equals(data) && mount.getMountPath().startsWith("/var/lib/sluice"));
      if (!set.getMetadata().getName().equals("sluice-gateway")) {
        continue;
      }
      gateways++;
      Map<Integer, String> named = new HashMap<>();
      container
          .getPorts()
          .forEach(port ->
              named.put(
                  port.getContainerPort(),
                  port.getProtocol() == null ? "TCP" : port.getProtocol()));
      Map<Integer, String> all = new HashMap<>(listens);
      all.putAll(admin);
      assertThat(named).isEqualTo(all);
      List<String> stop = container.getLifecycle().getPreStop().getExec().getCommand();
      assertThat(stop).startsWith("/opt/sluice/bin/sluice", "drain").contains("--token-file");
      String lasts = stop.get(stop.indexOf("--for") + 1);
      assertThat(pod.getTerminationGracePeriodSeconds())
          .isGreaterThan(Long.parseLong(lasts.replace("s", "")) + 10);
    }
    assertThat(gateways).isEqualTo(2);
    assertThat(budgets).hasSize(2);
  }

  private static Map<Integer, String> ports(NetworkPolicyIngressRule rule) {
    Map<Integer, String> ports = new HashMap<>();
    rule.getPorts()
        .forEach(port ->
            ports.put(
                port.getPort().getIntVal(),
                port.getProtocol() == null ? "TCP" : port.getProtocol()));
    return ports;
  }

  @Test
  void manifestsFitTogether() throws Exception {
    Set<String> maps = Set.of("sluice-gateway", "sluice-fleet", "sluice-init");
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
