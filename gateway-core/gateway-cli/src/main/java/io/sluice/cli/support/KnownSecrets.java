package io.sluice.cli.support;

import io.sluice.cli.config.SecretFiles;
import io.sluice.cli.config.ShownSettings;
import io.sluice.engine.config.ConfigNode;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.ConfigNode.Scalar;
import io.sluice.engine.config.ConfigNode.Sequence;
import io.sluice.engine.config.ConfigTree;
import io.sluice.engine.config.Faults;
import io.sluice.engine.config.GatewayConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Every secret that a configuration and its device files hold, to be struck out of any text: the
 * second line of defence, behind not writing them there.
 */
final class KnownSecrets {
  /** Shorter ones are in every text by chance. */
  private static final int LEAST_CHARACTERS = 4;

  /** User and password before an address's host. */
  private static final Pattern USER =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*://)[^\\s/?#\"'@]+@");

  private static final Set<String> NO_SECRET = Set.of("identity", "certificate");

  private final List<String> values;

  private KnownSecrets(Set<String> found) {
    List<String> longestFirst = new ArrayList<>(found);
    longestFirst.removeIf(each -> each.length() < LEAST_CHARACTERS);
    longestFirst.sort(Comparator.comparingInt(String::length).reversed());
    values = List.copyOf(longestFirst);
  }

  static KnownSecrets of(GatewayConfig config) {
    Set<String> found = new HashSet<>();
    SecretFiles.gatherSecrets(config, found);
    for (Path devices : config.devices()) {
      gather(ConfigTree.read(devices, System.getenv(), new Faults()), false, found);
    }
    return new KnownSecrets(found);
  }

  static KnownSecrets none() {
    return new KnownSecrets(Set.of());
  }

  private static void gather(@Nullable ConfigNode node, boolean isSecret, Set<String> found) {
    switch (node) {
      case Scalar scalar when isSecret -> found.add(scalar.text());
      case Sequence sequence -> sequence.items().forEach(item -> gather(item, isSecret, found));
      case Mapping mapping ->
          mapping
              .entries()
              .forEach((key, entry) ->
                  gather(
                      entry.value(),
                      (isSecret || key.equals("credentials")) && !NO_SECRET.contains(key),
                      found));
      case null, default -> {}
    }
  }

  String struckOut(String text) {
    String shown = text;
    for (String value : values) {
      shown = shown.replace(value, ShownSettings.HIDDEN);
    }
    return USER.matcher(shown).replaceAll("$1" + ShownSettings.HIDDEN + "@");
  }
}
