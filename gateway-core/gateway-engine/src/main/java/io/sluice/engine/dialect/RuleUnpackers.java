package io.sluice.engine.dialect;

import io.sluice.api.dialect.SessionUnpacker;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.Faults;
import io.sluice.engine.config.NearestKey;
import io.sluice.engine.dialect.DialectFile.Children;
import io.sluice.engine.dialect.DialectFile.Encoding;
import io.sluice.engine.dialect.DialectFile.Up;
import io.sluice.engine.dialect.unpack.Unpackers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Finds what takes the messages of a rule apart. */
final class RuleUnpackers {
  private final Unpackers unpackers;
  private final Faults faults;

  RuleUnpackers(Unpackers unpackers, Faults faults) {
    this.unpackers = unpackers;
    this.faults = faults;
  }

  /** As many as the rule says: one at most is right. */
  List<Unpacker> of(Mapping rule, Up up, TopicPattern pattern) {
    List<Unpacker> found = new ArrayList<>();
    String metric = up.metric();
    if (metric != null) {
      found.add(Unpackers.value("=" + metric, topic -> metric));
    }
    if (pattern.metricLevel() >= 0) {
      found.add(Unpackers.value(pattern.metricLevel() + pattern.text(), pattern::metric));
    }
    if (up.deviceFrom() != null) {
      found.add(Unpackers.device(up.deviceFrom()));
    }
    if (up.children() != null) {
      found.add(children(rule, up, up.children()));
    } else {
      rejectChildKeys(rule);
    }
    if (up.unpack() != null) {
      Unpacker named = unpackers.named(up.unpack());
      if (named == null) {
        faults.add(
            rule.fault(
                "unpack",
                "there is nothing of that name; "
                    + NearestKey.remedy(up.unpack(), Unpackers.names())));
      } else {
        found.add(patient(rule, named, up.patience()));
      }
    }
    if (up.patience() != null && up.unpack() == null) {
      faults.add(rule.fault("patience", "says nothing without unpack; take it out"));
    }
    if (found.size() > 1) {
      return found;
    }
    Unpacker only = found.isEmpty() ? null : found.getFirst();
    if (up.once() != null) {
      if (only instanceof SessionUnpacker) {
        faults.add(rule.fault("once", "its unpack knows what comes twice by itself; take it out"));
      } else {
        only = Unpackers.once(up.once(), only);
      }
    }
    if (up.encoding() == Encoding.GZIP) {
      only = Unpackers.gunzip(only);
    }
    return only == null ? List.of() : List.of(only);
  }

  private Unpacker patient(Mapping rule, Unpacker named, @Nullable Duration patience) {
    if (patience == null) {
      return named;
    }
    if (named instanceof SessionUnpacker stateful) {
      return new PatientUnpacker(stateful, TimeUnit.MILLISECONDS.toMicros(patience.toMillis()));
    }
    faults.add(rule.fault("patience", "its unpack lets no message wait; take it out"));
    return named;
  }

  private Unpacker children(Mapping rule, Up up, Children kind) {
    boolean isList = kind == Children.LIST;
    if (isList != (up.childFrom() != null)) {
      faults.add(
          rule.fault(
              "children",
              isList
                  ? "a list wants child-from: the field that names a device"
                  : "keys name the devices already; take child-from out, or write list"));
    }
    String in = up.childrenIn();
    return Unpackers.children(in == null ? "" : in, up.childFrom(), up.childPayload());
  }

  private void rejectChildKeys(Mapping rule) {
    for (String key : List.of("children-in", "child-from", "child-payload")) {
      if (rule.get(key) != null) {
        faults.add(rule.fault(key, "says nothing without children; write children: keys or list"));
      }
    }
  }
}
