package io.sluice.engine.alarm;

import io.sluice.api.operator.AlarmService.AlarmView;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** An alarm as the webhook sends it: the keys of the API, and the gateway's id. */
final class AlarmJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  private AlarmJson() {}

  static String of(AlarmView alarm, String gateway) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      out.writeStartObject();
      out.writeNumberProperty("id", alarm.id());
      string(out, "gateway", gateway);
      string(out, "device", alarm.device());
      string(out, "sector", alarm.sector());
      string(out, "site", alarm.site());
      string(out, "model", alarm.model());
      string(out, "kind", alarm.kind().label());
      string(out, "name", alarm.name());
      string(out, "point", alarm.point());
      string(out, "severity", alarm.severity());
      string(out, "urgency", alarm.urgency());
      string(out, "certainty", alarm.certainty());
      string(out, "status", alarm.status());
      string(out, "state", alarm.state().label());
      out.writeNumberProperty("raisedMicros", alarm.raisedMicros());
      Long escalated = alarm.escalatedMicros();
      if (escalated != null) {
        out.writeNumberProperty("escalatedMicros", escalated);
      }
      string(out, "text", alarm.text());
      out.writeEndObject();
    }
    return text.toString();
  }

  private static void string(JsonGenerator out, String name, @Nullable String value) {
    if (value == null) {
      out.writeNullProperty(name);
    } else {
      out.writeStringProperty(name, value);
    }
  }
}
