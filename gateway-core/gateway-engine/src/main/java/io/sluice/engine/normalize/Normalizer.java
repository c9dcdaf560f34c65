package io.sluice.engine.normalize;

import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.MessageBounds;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.normalize.sample.ClockFloor;
import io.sluice.engine.normalize.sample.Normalized;
import io.sluice.spool.TermDictionary;
import java.time.ZoneId;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Turns a device's payload into an encoded record, by the device's profile: a pure mapping, apart
 * from the gateway's clock that {@code receivedMicros} carries in. Thread-safe: each thread works
 * in a scratch of its own.
 *
 * <p>A device whose profile is not loaded loses nothing: its fields are kept as they come, without
 * unit.
 */
public final class Normalizer {
  /** Largest payload. */
  public static final int MAX_PAYLOAD_BYTES = MessageBounds.PAYLOAD_MAX_BYTES;

  /** Longest topic or path that a record keeps, in characters. */
  public static final int MAX_TOPIC_CHARS = 1024;

  private final String gatewayId;
  private volatile Profiles profiles;
  private final Predicate<String> isRegistered;
  private final ThreadLocal<Scratch> scratch;
  private final SessionCodecs sessions;

  public Normalizer(String gatewayId, Profiles profiles) {
    this(gatewayId, profiles, any -> false);
  }

  /**
   * @param isRegistered whether an id is that of some device: a payload that names another device
   *     than it comes from is refused
   */
  public Normalizer(String gatewayId, Profiles profiles, Predicate<String> isRegistered) {
    this(gatewayId, profiles, isRegistered, SessionCodecs.NONE);
  }

  /**
   * @param sessions what codecs know of the sessions of devices
   */
  public Normalizer(
      String gatewayId, Profiles profiles, Predicate<String> isRegistered, SessionCodecs sessions) {
    this(gatewayId, profiles, isRegistered, ClockFloor.NONE, TimeSettings.DEFAULTS, sessions);
  }

  /** Makes records that name nothing by number. */
  public Normalizer(
      String gatewayId,
      Profiles profiles,
      Predicate<String> isRegistered,
      ClockFloor floor,
      TimeSettings times,
      SessionCodecs sessions) {
    this(gatewayId, profiles, isRegistered, floor, times, sessions, null);
  }

  /**
   * @param floor by which a clock that was not set yet is known
   * @param times zones of sites
   * @param sessions what codecs know of the sessions of devices
   * @param dictionary by which records name by number, that of the spool they go into; null where
   *     each is to be readable alone
   */
  public Normalizer(
      String gatewayId,
      Profiles profiles,
      Predicate<String> isRegistered,
      ClockFloor floor,
      TimeSettings times,
      SessionCodecs sessions,
      @Nullable TermDictionary dictionary) {
    Function<Device, @Nullable ZoneId> zones = times.zones();
    this.scratch = ThreadLocal.withInitial(() -> new Scratch(floor, sessions, zones, dictionary));
    this.isRegistered = isRegistered;
    this.sessions = sessions;
    this.gatewayId = gatewayId;
    this.profiles = profiles;
  }

  /** What is kept of sessions. */
  public SessionCodecs sessions() {
    return sessions;
  }

  /** The profile of that id, as it is now; null where none is loaded. Any thread. */
  public @Nullable Profile profile(String id) {
    return profiles.find(id);
  }

  /** Has these take the place of the profiles. Any thread. */
  public void use(Profiles others) {
    profiles = others;
  }

  /**
   * Normalizes a message that stands alone.
   *
   * @param device as the registry knows it
   * @param messageClass as topic or path say; the profile's rules may make an alarm of it
   * @param contentType as the message says; unspecified, the profile or the first bytes decide
   * @param topic topic or path, for the record's {@code src}
   * @param receivedMicros when it arrived, microseconds since the epoch
   * @throws PayloadException where the payload cannot be decoded
   */
  public Normalized normalize(
      Device device,
      MessageClass messageClass,
      ContentType contentType,
      String protocol,
      String topic,
      byte[] payload,
      long receivedMicros)
      throws PayloadException {
    return normalize(
        null, device, messageClass, contentType, protocol, topic, payload, receivedMicros);
  }

  /**
   * As {@link #normalize(Device, MessageClass, ContentType, String, String, byte[], long)}, for a
   * message that came by a session.
   *
   * @param session the device whose session it is: that of the message, or its concentrator
   */
  public Normalized normalize(
      @Nullable Device session,
      Device device,
      MessageClass messageClass,
      ContentType contentType,
      String protocol,
      String topic,
      byte[] payload,
      long receivedMicros)
      throws PayloadException {
    return normalize(
        session,
        device,
        messageClass,
        contentType,
        protocol,
        topic,
        payload,
        PayloadCodec.NO_PORT,
        receivedMicros);
  }

  /**
   * The same, of a payload that may have come by a port.
   *
   * @param port LoRaWAN's FPort, or {@link PayloadCodec#NO_PORT}
   */
  public Normalized normalize(
      @Nullable Device session,
      Device device,
      MessageClass messageClass,
      ContentType contentType,
      String protocol,
      String topic,
      byte[] payload,
      int port,
      long receivedMicros)
      throws PayloadException {
    return normalize(
        profiles,
        session,
        device,
        messageClass,
        contentType,
        protocol,
        topic,
        payload,
        port,
        receivedMicros);
  }

  /** The same, of a message that was routed by what these profiles say. */
  public Normalized normalize(
      Profiles known,
      @Nullable Device session,
      Device device,
      MessageClass messageClass,
      ContentType contentType,
      String protocol,
      String topic,
      byte[] payload,
      int port,
      long receivedMicros)
      throws PayloadException {
    return normalize(
        profileOf(device, known),
        session,
        device,
        messageClass,
        contentType,
        protocol,
        topic,
        payload,
        port,
        receivedMicros);
  }

  /**
   * As {@link #normalize(Device, MessageClass, ContentType, String, String, byte[], long)}, but
   * keeps every field as it comes, as that of a device without a profile is kept.
   */
  public Normalized normalizeAsItComes(
      Device device,
      MessageClass messageClass,
      ContentType contentType,
      String protocol,
      String topic,
      byte[] payload,
      long receivedMicros)
      throws PayloadException {
    return normalize(
        Profile.generic(device.profile()),
        null,
        device,
        messageClass,
        contentType,
        protocol,
        topic,
        payload,
        PayloadCodec.NO_PORT,
        receivedMicros);
  }

  /**
   * Normalizes a part of a message, as a dialect took it out.
   *
   * @param session the device whose session it came by, null where it came by none
   */
  public Normalized normalize(
      @Nullable Device session,
      Device device,
      MessageClass messageClass,
      Part part,
      String protocol,
      String topic,
      long receivedMicros)
      throws PayloadException {
    return normalize(
        profiles, session, device, messageClass, part, protocol, topic, receivedMicros);
  }

  /** The same, of a message that was routed by what these profiles say. */
  public Normalized normalize(
      Profiles known,
      @Nullable Device session,
      Device device,
      MessageClass messageClass,
      Part part,
      String protocol,
      String topic,
      long receivedMicros)
      throws PayloadException {
    requireShort(topic);
    Profile profile = profileOf(device, known);
    Scratch own = scratch.get();
    String codec = own.decode(profile, session, device, part, topic, receivedMicros);
    return encode(own, profile, device, messageClass, protocol, topic, codec, receivedMicros);
  }

  private Normalized normalize(
      Profile profile,
      @Nullable Device session,
      Device device,
      MessageClass messageClass,
      ContentType contentType,
      String protocol,
      String topic,
      byte[] payload,
      int port,
      long receivedMicros)
      throws PayloadException {
    if (payload.length == 0) {
      throw new PayloadException("the payload is empty; send at least one value");
    }
    if (payload.length > MAX_PAYLOAD_BYTES) {
      throw new PayloadException(
          RejectReason.TOO_LARGE,
          "the payload has "
              + payload.length
              + " bytes, at most "
              + MAX_PAYLOAD_BYTES
              + " are taken; split it into several messages");
    }
    requireShort(topic);
    Scratch own = scratch.get();
    String codec =
        own.decode(profile, session, device, contentType, topic, payload, port, receivedMicros);
    String claimed = own.claimedDevice();
    if (claimed != null && !claimed.equals(device.id().value()) && isRegistered.test(claimed)) {
      throw new PayloadException(
          RejectReason.NOT_AUTHORIZED,
          "the payload names device "
              + claimed
              + " and comes as "
              + device.id()
              + "; a concentrator names its child in the topic: telemetry/{child}");
    }
    return encode(own, profile, device, messageClass, protocol, topic, codec, receivedMicros);
  }

  /** One that is not known keeps every field as it comes. */
  private static Profile profileOf(Device device, Profiles known) {
    Profile found = known.find(device.profile());
    return found == null ? Profile.generic(device.profile()) : found;
  }

  private static void requireShort(String topic) throws PayloadException {
    if (topic.length() > MAX_TOPIC_CHARS) {
      throw new PayloadException(
          "the topic has "
              + topic.length()
              + " characters, at most "
              + MAX_TOPIC_CHARS
              + " are kept; shorten it");
    }
  }

  private Normalized encode(
      Scratch own,
      Profile profile,
      Device device,
      MessageClass messageClass,
      String protocol,
      String topic,
      String codec,
      long receivedMicros)
      throws PayloadException {
    Normalized normalized =
        own.encode(
            profile, device, gatewayId, messageClass, protocol, topic, codec, receivedMicros);
    if (normalized.body().length > MessageBounds.ENTRY_MAX_BYTES) {
      throw new PayloadException(
          RejectReason.TOO_LARGE,
          "the record would have "
              + normalized.body().length
              + " bytes, at most "
              + MessageBounds.ENTRY_MAX_BYTES
              + " are stored; send fewer values at a time");
    }
    return normalized;
  }
}
