package io.sluice.engine.dialect.talk;

import io.sluice.api.config.Option;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a dialect's file says of the messages to a device. */
public final class TalkFile {
  private TalkFile() {}

  /** One reply. Immutable. */
  public record Reply(
      @Option(
              doc =
                  "Topic of the reply: {topic} is that of the message, further names are those of"
                      + " its levels.",
              required = true)
          String topic,
      @Option(
              doc =
                  "What is answered once the message is stored; {body.id} is that field of the"
                      + " message with its JSON type, {now} the time in milliseconds.",
              required = true)
          String payload,
      @Option(doc = "What is answered where the message is refused; without it nothing is.")
          @Nullable String refused,
      @Option(doc = "Fields that must be so: { body.method: report }; several values by |.")
          Map<String, String> when,
      @Option(doc = "No reply where one of these fields is so: { body.sys.ack: 0 }.")
          Map<String, String> unless) {}

  /** How the device's answer to a command is known. Immutable. */
  public record Answer(
      @Option(
              doc = "Number of the command: {body.id}, or the name of a level of the topic.",
              required = true)
          String command,
      @Option(doc = "The device's code: {body.code}, or the name of a level.")
          @Nullable String code,
      @Option(doc = "Codes that say that it is done, by |.", def = "0|200") String done,
      @Option(doc = "Fields that must be so; else the message is no answer.")
          Map<String, String> when) {}

  /** One form of a command. Immutable. */
  public record Down(
      @Option(
              doc =
                  "Topic of the command: {device}, {child}, {command}, {number} and the names of the"
                      + " sign-in, of the device's subscription or of the child's last topic.",
              required = true)
          String topic,
      @Option(
              doc =
                  "What is sent: {payload} is the command's as JSON, {payload:raw} as it came,"
                      + " {command} its name, {number} its number in the session, {id} its id, {bytes}"
                      + " its device's own bytes in base64, {port} their LoRaWAN FPort,"
                      + " {confirmed} false where its name ends in unconfirmed.",
              def = "{payload:raw}")
          String payload,
      @Option(doc = "Names of the commands that have this form, by |; without it all others.")
          @Nullable String command,
      @Option(
              doc =
                  "Whose commands have this form: those of the device itself, or of a child of it.",
              def = "device")
          Addressee to,
      @Option(
              doc =
                  "Whether the device's answer alone ends the command: PUBACK is that of a server in"
                      + " between.")
          boolean answered) {}

  /** Whose commands a form is for. */
  public enum Addressee {
    DEVICE,
    CHILD
  }
}
