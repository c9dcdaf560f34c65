package io.sluice.fleet.view;

import io.sluice.admin.http.BadRequestException;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.CoverageService.DeviceDetail;
import io.sluice.api.operator.CoverageService.DeviceRow;
import io.sluice.api.operator.CoverageService.Trend;
import io.sluice.engine.coverage.CoverageFigures;
import io.sluice.engine.coverage.slot.Calendar;
import io.sluice.fleet.partition.FleetDevice;
import io.sluice.fleet.partition.PartitionBook;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a partition answers, and its bytes between instances: figures as they are written by the
 * engine, all else as JSON. Thread-safe.
 */
final class PartAnswers {
  static final JsonMapper JSON = JsonMapper.builder().build();

  private final Calendar calendar;

  PartAnswers(Calendar calendar) {
    this.calendar = calendar;
  }

  /** The question for other instances. */
  String asked(PartQuestion question) {
    return JSON.writeValueAsString(question.by(calendar.toString()));
  }

  /**
   * A question of another instance.
   *
   * @throws BadRequestException where it cannot be answered so that both mean the same
   */
  PartQuestion question(@Nullable String text) {
    PartQuestion question;
    try {
      question = JSON.readValue(text == null ? "" : text, PartQuestion.class);
    } catch (JacksonException e) {
      throw new BadRequestException("question is none that an instance of the fleet asks");
    }
    if (question.v() != PartQuestion.VERSION) {
      throw new BadRequestException(
          "question is of version "
              + question.v()
              + ", and this instance answers version "
              + PartQuestion.VERSION
              + "; upgrade the older one");
    }
    if (!calendar.toString().equals(question.calendar())) {
      throw new BadRequestException(
          "question is by "
              + question.calendar()
              + ", and this instance has coverage.utc-offset "
              + calendar
              + "; give all instances the same");
    }
    return question;
  }

  /** The answer; null where the partition is not here any more. */
  @Nullable Object ask(PartQuestion question, PartitionBook book) {
    long at = question.at();
    return switch (question.what()) {
      case FIGURES -> book.figures(at, question.gateway());
      case TREND -> book.views(views -> views.trend(question.window(), question.filter(), at));
      case ROWS ->
          book.views(views ->
              views.devices(
                  question.window(),
                  question.filter(),
                  question.worst(),
                  question.limit(),
                  question.after(),
                  at));
      case COUNT -> book.views(views -> views.count(question.filter(), question.worst()));
      case DETAIL ->
          book.views(views -> {
            DeviceDetail found = views.device(Objects.requireNonNull(question.id()), at);
            return found == null ? List.<DeviceDetail>of() : List.of(found);
          });
      case DEVICES -> devices(question, book);
      case ALARMS -> book.alarms();
    };
  }

  private static @Nullable List<FleetDevice> devices(PartQuestion question, PartitionBook book) {
    String after = question.after();
    List<FleetDevice> found =
        book.devices(
            device ->
                (question.sector() == null || question.sector().equals(device.sector()))
                    && (question.site() == null || question.site().equals(device.site()))
                    && (question.model() == null || question.model().equals(device.profile()))
                    && (question.gateway() == null || question.gateway().equals(device.gateway()))
                    && (question.id() == null || question.id().equals(device.id()))
                    && (after == null || device.id().compareTo(after) > 0),
            question.at());
    return found == null
        ? null
        : found.stream()
            .sorted(Comparator.comparing(FleetDevice::id))
            .limit(question.limit())
            .toList();
  }

  byte[] write(Object answer) throws IOException {
    if (answer instanceof CoverageFigures figures) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      figures.write(new DataOutputStream(bytes));
      return bytes.toByteArray();
    }
    return JSON.writeValueAsBytes(answer);
  }

  Object read(PartQuestion question, byte[] bytes) throws IOException {
    return switch (question.what()) {
      case FIGURES -> {
        CoverageFigures figures = new CoverageFigures(question.at(), calendar);
        figures.read(new DataInputStream(new ByteArrayInputStream(bytes)));
        yield figures;
      }
      case TREND -> JSON.readValue(bytes, Trend.class);
      case COUNT -> JSON.readValue(bytes, Long.class);
      case ROWS -> JSON.readValue(bytes, new TypeReference<List<DeviceRow>>() {});
      case DETAIL -> JSON.readValue(bytes, new TypeReference<List<DeviceDetail>>() {});
      case DEVICES -> JSON.readValue(bytes, new TypeReference<List<FleetDevice>>() {});
      case ALARMS -> JSON.readValue(bytes, new TypeReference<List<AlarmView>>() {});
    };
  }
}
