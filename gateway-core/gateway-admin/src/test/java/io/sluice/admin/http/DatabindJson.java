package io.sluice.admin.http;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import io.sluice.api.config.DurationText;
import io.sluice.api.operator.AlarmService;
import io.sluice.api.operator.CommandService;
import io.sluice.api.operator.CoverageService;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** The API's JSON by data binding: what {@link ApiJson} and {@link JsonTree} are compared to. */
final class DatabindJson {
  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .addModule(module())
          .build();

  private DatabindJson() {}

  private static SimpleModule module() {
    SimpleModule module = new SimpleModule("sluice-api");
    named(module, Lane.class, Lane::jsonName);
    named(module, MessageClass.class, MessageClass::jsonName);
    named(module, RejectReason.class, RejectReason::label);
    named(module, ContentType.class, ContentType::mediaType);
    named(module, DeviceId.class, DeviceId::value);
    named(module, Duration.class, DurationText::format);
    named(module, AlarmService.Kind.class, AlarmService.Kind::label);
    named(module, AlarmService.State.class, AlarmService.State::label);
    named(module, CommandService.State.class, s -> s.name().toLowerCase(Locale.ROOT));
    named(module, CoverageService.What.class, c -> c.name().toLowerCase(Locale.ROOT));
    named(module, CoverageService.StopScope.class, c -> c.name().toLowerCase(Locale.ROOT));
    return module;
  }

  private static <T> void named(SimpleModule module, Class<T> type, Function<T, String> name) {
    module.addSerializer(
        type,
        new ValueSerializer<T>() {
          @Override
          public void serialize(T value, JsonGenerator out, SerializationContext context) {
            out.writeString(name.apply(value));
          }
        });
    module.addKeySerializer(
        type,
        new ValueSerializer<T>() {
          @Override
          public void serialize(T value, JsonGenerator out, SerializationContext context) {
            out.writeName(name.apply(value));
          }
        });
  }
}
