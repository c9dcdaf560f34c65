package io.sluice.sim.audit;

import io.sluice.sim.device.Kind;
import io.sluice.sim.device.PayloadForm;
import io.sluice.sim.device.Sample;
import io.sluice.sim.fleet.FleetRun.Played;
import io.sluice.sim.scenario.DeviceGroup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The records that a gateway which does all right makes of a ledger, by docs/record.md. */
public final class FaithfulGateway {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long TAKES_MICROS = 2_000;

  private final long startMillis;
  private final Map<String, Long> sequences = new TreeMap<>();

  public FaithfulGateway(long startMillis) {
    this.startMillis = startMillis;
  }

  private record Message(Played played, List<Integer> indexes, long sentMillis) {}

  /** In the order of the devices' sending; spoilt messages are none, history is one record. */
  public List<ObjectNode> records(List<Played> ledger) {
    List<Message> messages = new ArrayList<>();
    for (Played played : ledger) {
      List<Integer> history = new ArrayList<>();
      for (int i = 0; i < played.log().size(); i++) {
        if (played.log().historyAt(i)) {
          history.add(i);
        } else if (!played.log().badAt(i)) {
          messages.add(new Message(played, List.of(i), played.log().millisAt(i)));
        }
      }
      if (!history.isEmpty()) {
        messages.add(
            new Message(played, history, played.log().millisAt(history.getLast() + 1) - 1));
      }
    }
    messages.sort(Comparator.comparingLong(Message::sentMillis));
    return messages.stream().map(this::record).toList();
  }

  private ObjectNode record(Message message) {
    DeviceGroup group = message.played.device().spec().group();
    Kind kind = message.played.log().kindAt(message.indexes.getFirst());
    long rx = (startMillis + message.sentMillis) * 1000 + TAKES_MICROS;
    long newest =
        group.form().carriesTime()
            ? (startMillis + message.played.log().millisAt(message.indexes.getLast())) * 1000
            : rx;
    String lane = kind.address().equals("alarm") ? "a" : "t";
    long seq = sequences.merge(lane, 1L, Long::sum);
    ObjectNode record = JSON.createObjectNode();
    record.put("id", "edge-1-k3x9-" + lane + seq);
    record.put("gateway", "edge-1");
    record.put("device", message.played.device().spec().id());
    record.put("sector", group.sector());
    record.put("site", group.site());
    record.put("model", group.profile().id());
    record.put("class", kind.address());
    record.put("t", newest);
    record.put("tsrc", group.form().carriesTime() ? "device" : "server");
    record.put("rx", rx);
    record.put("seq", seq);
    record.put("hist", message.indexes.size() > 1);
    ArrayNode measurements = record.putArray("m");
    message.indexes.forEach(index -> measure(message.played, index, newest, measurements));
    record.put("proto", group.transport().mqtt() ? "mqtt" : "coap");
    record.put("src", kind.address() + ";" + codec(group.form()));
    if (kind.address().equals("alarm")) {
      record
          .putObject("cap")
          .put("severity", group.alarms().severity())
          .put("urgency", kind.raises() ? "Immediate" : "Past")
          .put("certainty", "Observed")
          .put("status", group.alarms().status(kind));
    }
    return record;
  }

  private void measure(Played played, int index, long newest, ArrayNode measurements) {
    PayloadForm form = played.device().spec().group().form();
    long own = (startMillis + played.log().millisAt(index)) * 1000;
    long shown = form.carriesTime() ? own : newest;
    long n = played.log().nAt(index);
    Sample sample = played.device().sample(n, own, played.log().kindAt(index));
    if (form.carriesCounter()) {
      measure(measurements, "n", n, null, shown, newest);
    }
    for (Sample.Field field : sample.fields()) {
      measure(measurements, field.name(), field.value(), field.unit(), shown, newest);
      if (form == PayloadForm.TEXT) {
        return;
      }
    }
  }

  private static void measure(
      ArrayNode all, String name, Object value, String unit, long own, long newest) {
    ObjectNode measurement = all.addObject().put("n", name);
    measurement.set("v", JSON.valueToTree(value));
    measurement.put("u", unit).put("q", "good");
    if (own < newest) {
      measurement.put("t", own);
    }
  }

  private static String codec(PayloadForm form) {
    return switch (form) {
      case CBOR -> "cbor";
      case SENML_JSON -> "senml+json";
      case SENML_CBOR -> "senml+cbor";
      case TEXT -> "text";
      case BINARY -> "bytes";
      default -> "json";
    };
  }
}
