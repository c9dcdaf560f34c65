package io.sluice.api.operator;

import io.sluice.api.ContentType;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The profiles that there are, and what a payload would become by them. Nothing is stored.
 * Thread-safe.
 */
public interface DecodeService {
  /** All profiles, by their ids. */
  List<ProfileView> profiles();

  /** A profile with its metrics; null where there is none of that id. */
  @Nullable ProfileDetail profile(String id);

  /** What would become of a payload. */
  Decoded decode(Trial trial);

  /**
   * @param sector that it is made for, or empty
   * @param dialect that its devices speak; null: one of the listener's
   * @param metrics how many it declares
   * @param devices registered devices that have it
   */
  record ProfileView(
      String id,
      String title,
      String sector,
      @Nullable String dialect,
      Duration interval,
      int metrics,
      int devices) {}

  record ProfileDetail(ProfileView profile, List<MetricView> metrics) {}

  /**
   * @param type {@code number}, {@code text} and so on
   * @param min smallest good value; null where any is
   * @param max largest good value; null where any is
   */
  record MetricView(
      String name,
      @Nullable String unit,
      String type,
      @Nullable Double min,
      @Nullable Double max,
      boolean optional) {}

  /**
   * @param device by whose session it comes; null: one that is made up
   * @param profile of the one that is made up; null where {@code device} is given
   * @param adapter name of the listener or source by which it comes; null: what holds at any
   * @param port LoRaWAN's FPort, or -1
   */
  record Trial(
      @Nullable String device,
      @Nullable String profile,
      @Nullable String adapter,
      String topic,
      ContentType contentType,
      int port,
      byte[] payload) {}

  /**
   * @param reason why it would be refused; null where it would not
   * @param detail one sentence for the sender, with the remedy; null where it would not
   * @param dialect that takes the topic; null where none does
   * @param rule of that dialect, with file and line
   */
  record Decoded(
      boolean ok,
      @Nullable RejectReason reason,
      @Nullable String detail,
      @Nullable String dialect,
      @Nullable String rule,
      List<Outcome> outcomes) {}

  /**
   * A record that it would become.
   *
   * @param record canonical JSON; its sequence is 0
   * @param unmapped fields that no metric takes
   * @param missing metrics of the profile that did not come and are not optional
   * @param faulty what of it would be kept as bad, and why; null where nothing
   */
  record Outcome(
      String device,
      String profile,
      MessageClass messageClass,
      String record,
      List<String> unmapped,
      List<String> missing,
      @Nullable String faulty) {}
}
