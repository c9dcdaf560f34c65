package io.sluice.engine.alarm;

import io.sluice.api.Cap;
import io.sluice.api.operator.AlarmService.Kind;
import io.sluice.engine.normalize.profile.AlarmFields.Word;
import io.sluice.engine.normalize.profile.CapWords;

/**
 * What one source says of one alarm.
 *
 * @param device empty where it is a site's
 * @param name tells the alarms of one device apart, with the point
 * @param point of the device, or empty
 * @param says that it is on, that it is over, or something else, which keeps it as it is
 * @param said of its classification
 * @param keepsGrave whether it may not make the alarm less grave
 * @param when of what order it is, microseconds: of what is live the time of arrival, of back-fill
 *     the device's own; 0 of the gateway's own alarms
 * @param isPast whether it is back-fill
 * @param ownMicros when it was by the device's clock, where that is good; else 0
 * @param text what is the matter
 */
public record Signal(
    Kind kind,
    String device,
    String sector,
    String site,
    String model,
    String name,
    String point,
    Word says,
    CapWords said,
    boolean keepsGrave,
    long when,
    boolean isPast,
    long ownMicros,
    String text) {

  /** One of the gateway's own, or of a device as a whole, live. */
  public Signal(
      Kind kind,
      String device,
      String sector,
      String site,
      String model,
      String name,
      Cap cap,
      boolean isOver,
      long ownMicros,
      String text) {
    this(
        kind,
        device,
        sector,
        site,
        model,
        name,
        "",
        isOver ? Word.ENDED : Word.RAISED,
        CapWords.of(cap),
        false,
        ownMicros,
        false,
        ownMicros,
        text);
  }

  boolean isOver() {
    return says == Word.ENDED;
  }

  /** What it is of, within its device. */
  String key() {
    return key(name, point);
  }

  static String key(String name, String point) {
    return name + '\n' + point;
  }
}
