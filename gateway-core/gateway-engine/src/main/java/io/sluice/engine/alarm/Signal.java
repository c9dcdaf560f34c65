package io.sluice.engine.alarm;

import io.sluice.api.Cap;
import io.sluice.api.admin.AlarmDesk.Kind;

/**
 * What one source says of one alarm: it is on, or it is over.
 *
 * @param device empty where it is a site's
 * @param name tells the alarms of one device apart
 * @param isOver whether it ends the alarm
 * @param observedMicros by the device's own clock; 0 where it gave no time
 * @param text what is the matter
 */
record Signal(
    Kind kind,
    String device,
    String sector,
    String site,
    String model,
    String name,
    Cap cap,
    boolean isOver,
    long observedMicros,
    String text) {}
