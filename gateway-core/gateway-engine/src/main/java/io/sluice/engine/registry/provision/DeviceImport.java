package io.sluice.engine.registry.provision;

import io.sluice.api.operator.DeviceDirectory.DeviceSpec;
import io.sluice.api.operator.DeviceImporter.ImportFormat;
import io.sluice.api.operator.DeviceImporter.RefusedLine;
import io.sluice.engine.config.Binder;
import io.sluice.engine.config.ConfigNode;
import io.sluice.engine.config.ConfigNode.Entry;
import io.sluice.engine.config.ConfigNode.Kind;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.ConfigNode.Scalar;
import io.sluice.engine.config.ConfigNode.Sequence;
import io.sluice.engine.config.ConfigTree;
import io.sluice.engine.config.Fault;
import io.sluice.engine.config.Faults;
import io.sluice.engine.config.Location;
import io.sluice.engine.config.NearestKey;
import io.sluice.engine.registry.device.DeviceRules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text of an import into lines that are valid by themselves, and what is wrong with the
 * others. The text comes from outside: it reads neither files nor environment variables.
 */
final class DeviceImport {
  private static final List<String> COLUMNS =
      List.of(
          "id",
          "profile",
          "sector",
          "site",
          "interval",
          "parent",
          "planned",
          "commissioned",
          "timezone",
          "credentials.password",
          "credentials.token",
          "credentials.certificate",
          "credentials.certificate-authority",
          "credentials.public-key",
          "credentials.secret",
          "credentials.psk.identity",
          "credentials.psk.key");
  private static final String SOURCE = "import";

  private final Set<String> profileIds;
  private final DeviceRules.Strictness strictness;
  private final List<ImportLine> lines = new ArrayList<>();
  private final List<RefusedLine> refused = new ArrayList<>();

  DeviceImport(Set<String> profileIds, DeviceRules.Strictness strictness) {
    this.profileIds = profileIds;
    this.strictness = strictness;
  }

  List<ImportLine> lines() {
    return lines;
  }

  List<RefusedLine> refused() {
    return refused;
  }

  void read(ImportFormat format, String text) {
    switch (format) {
      case YAML -> yaml(text);
      case CSV -> csv(text);
    }
  }

  private void yaml(String text) {
    Faults faults = new Faults();
    ConfigNode root = ConfigTree.parse(SOURCE, text, Map.of(), faults);
    if (root instanceof Sequence list) {
      list.items().forEach(this::entry);
    } else if (root != null && !(root instanceof Mapping empty && empty.entries().isEmpty())) {
      faults.add(root, "must be a list of devices; begin each with \"- id:\"");
    }
    faults.list().forEach(fault -> refuse(fault, null));
  }

  private void csv(String text) {
    CsvLines rows = new CsvLines(text);
    CsvLines.Row header = rows.next();
    if (header == null) {
      return;
    }
    CsvLines.Row columns = withoutEmptyEnd(header, 0);
    if (!hasKnownColumns(columns)) {
      return;
    }
    int width = columns.fields().size();
    for (CsvLines.Row next = rows.next(); next != null; next = rows.next()) {
      CsvLines.Row row = withoutEmptyEnd(next, width);
      if (row.fields().size() > width) {
        String reason = "has more fields than the first line; quote those that hold the separator";
        refused.add(new RefusedLine(row.line(), null, reason));
      } else if (row.fields().stream().anyMatch(field -> field.indexOf('\uFFFD') >= 0)) {
        refused.add(new RefusedLine(row.line(), null, "is no UTF-8 text; save the file as UTF-8"));
      } else if (!row.fields().stream().allMatch(String::isEmpty)) {
        entry(node(columns.fields(), row));
      }
    }
  }

  /** Spreadsheets write a separator behind the last column where a cell was emptied. */
  private static CsvLines.Row withoutEmptyEnd(CsvLines.Row row, int least) {
    int width = row.fields().size();
    while (width > least && row.fields().get(width - 1).isEmpty()) {
      width--;
    }
    return new CsvLines.Row(row.line(), row.fields().subList(0, width));
  }

  private boolean hasKnownColumns(CsvLines.Row header) {
    boolean known = true;
    for (String column : header.fields()) {
      if (!COLUMNS.contains(column)) {
        String reason =
            "\"" + column + "\" is not a known column; " + NearestKey.remedy(column, COLUMNS);
        refuse(new Fault(new Location(SOURCE, header.line(), 1), "", reason), null);
        known = false;
      }
    }
    return known;
  }

  /** The row as if it stood in a device file; empty fields are left out. */
  private static Mapping node(List<String> columns, CsvLines.Row row) {
    Location location = new Location(SOURCE, row.line(), 1);
    Tree root = new Tree(new LinkedHashMap<>());
    for (int i = 0; i < row.fields().size(); i++) {
      String value = row.fields().get(i);
      if (!value.isEmpty()) {
        root.put(columns.get(i), columns.get(i), value);
      }
    }
    return root.mapping(location, "");
  }

  private record Tree(SequencedMap<String, Object> children) {
    void put(String key, String path, String value) {
      int dot = key.indexOf('.');
      if (dot < 0) {
        children.put(key, new Scalar(new Location(SOURCE, 1, 1), path, value, Kind.SUBSTITUTED));
        return;
      }
      Object inner =
          children.computeIfAbsent(key.substring(0, dot), any -> new Tree(new LinkedHashMap<>()));
      ((Tree) inner).put(key.substring(dot + 1), path, value);
    }

    Mapping mapping(Location at, String path) {
      SequencedMap<String, Entry> entries = new LinkedHashMap<>();
      children.forEach((key, child) -> {
        String childPath = path.isEmpty() ? key : path + '.' + key;
        ConfigNode node =
            child instanceof Tree tree
                ? tree.mapping(at, childPath)
                : new Scalar(at, childPath, ((Scalar) child).text(), Kind.SUBSTITUTED);
        entries.put(key, new Entry(at, node));
      });
      return new Mapping(at, path, entries);
    }
  }

  private void entry(ConfigNode node) {
    Faults faults = new Faults();
    rejectFileKeys(node, faults);
    String id =
        node instanceof Mapping mapping && mapping.get("id") instanceof Scalar scalar
            ? scalar.text()
            : null;
    DeviceFileEntry entry =
        faults.isEmpty() ? new Binder(Path.of(""), faults).bind(DeviceFileEntry.class, node) : null;
    if (entry != null) {
      DeviceSpec spec = entry.spec();
      for (DeviceRules.Fault fault : DeviceRules.faultsOfNew(spec, profileIds, strictness)) {
        faults.add(new Fault(node.location(), fault.path(), fault.message()));
      }
      if (faults.isEmpty()) {
        lines.add(new ImportLine(node.location().line(), spec));
      }
    }
    faults.list().forEach(fault -> refuse(fault, id));
  }

  /** A key that names a file would have the gateway read one of its own files for the sender. */
  private static void rejectFileKeys(ConfigNode node, Faults faults) {
    if (node instanceof Mapping mapping) {
      mapping
          .entries()
          .forEach((key, entry) -> {
            if (key.endsWith("-file")) {
              faults.add(mapping.fault(key, "is for device files; write the secret itself"));
            }
            rejectFileKeys(entry.value(), faults);
          });
    }
  }

  private void refuse(Fault fault, @Nullable String id) {
    String reason =
        fault.path().isEmpty() ? fault.message() : fault.path() + ": " + fault.message();
    refused.add(new RefusedLine(fault.location().line(), id, reason));
  }
}
