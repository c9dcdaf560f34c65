package io.sluice.engine.dialect;

import io.sluice.api.ContentType;
import io.sluice.api.MessageClass;
import io.sluice.api.config.Option;
import io.sluice.engine.dialect.signin.ProofFile;
import io.sluice.engine.dialect.signin.SignInFile;
import io.sluice.engine.dialect.talk.TalkFile;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a dialect's file may say today. Immutable. */
record DialectFile(
    @Option(doc = "What the dialect is, for people.") String title,
    @Option(doc = "Its topics in a few words, for a device whose topic is not mapped.") String hint,
    @Option(doc = "What the topics mean that devices publish to; the order does not matter.")
        List<Up> up,
    @Option(doc = "How its devices sign in, one way after the other.") List<SignInFile> signIn,
    @Option(doc = "What is published back, by the names that rules of up give.")
        Map<String, TalkFile.Reply> reply,
    @Option(doc = "Forms of commands; of several the first that reaches the device counts.")
        List<TalkFile.Down> down,
    @Option(doc = "Topics that a device may subscribe to beside command/#; {device} is its own id.")
        List<String> listen,
    @Option(doc = "Whether devices that speak it alone are sent to without a subscription.")
        boolean implicit) {
  /** One rule. */
  record Up(
      @Option(
              doc =
                  "Topic or path. A level is text, {device} or {child} (the device that it names),"
                      + " {metric} (the name of the only value), {any-other-name} or + (any one"
                      + " level); at the end # (the rest), {device...} or {metric...} (the rest is"
                      + " that name).",
              required = true)
          String topic,
      @Option(
              doc = "Class of its messages; without it they are answered and not stored.",
              key = "class")
          @Nullable MessageClass messageClass,
      @Option(
              doc =
                  "What its payloads are where the message says nothing; without it the profile or"
                      + " the first bytes decide.")
          @Nullable ContentType payload,
      @Option(doc = "Name of the only value of its messages, where no level is {metric}.")
          @Nullable String metric,
      @Option(
              doc =
                  "Path in its JSON messages to the field that names the device; with ? behind it a"
                      + " message without that field is the session's own.",
              key = "device-from")
          @Nullable String deviceFrom,
      @Option(
              doc =
                  "Its messages are of several devices: the keys of an object name them, or a field"
                      + " of each element of a list does.")
          @Nullable Children children,
      @Option(
              doc = "Path to that object or list; without it, it is the message.",
              key = "children-in")
          @Nullable String childrenIn,
      @Option(doc = "Field of a list's element that names the device.", key = "child-from")
          @Nullable String childFrom,
      @Option(
              doc = "Field that holds what a child says; without it all that stands there does.",
              key = "child-payload")
          @Nullable String childPayload,
      @Option(doc = "What takes its messages apart, of those that the program has.")
          @Nullable String unpack,
      @Option(
              doc =
                  "How long a message that runs ahead of others of its session waits for them;"
                      + " without it as long as unpack says.",
              min = 100,
              max = 60_000)
          @Nullable Duration patience,
      @Option(
              doc =
                  "Path in its JSON messages to a field that no two messages of a device have alike"
                      + " within ten minutes: one that comes again, by another way too, counts"
                      + " once.")
          @Nullable String once,
      @Option(doc = "How its messages are compressed; without it they are not.")
          @Nullable Encoding encoding,
      @Option(
              doc = "Whether its messages are stored; false: they are acknowledged, and no more.",
              def = "true")
          boolean kept,
      @Option(doc = "Names of the replies, of the key reply.") List<String> reply,
      @Option(doc = "How its messages answer a command.") TalkFile.@Nullable Answer answer,
      @Option(doc = "How its messages prove the devices that they name.") @Nullable ProofFile proof,
      @Option(
              doc =
                  "Fields of the messages that are stored, { body.method: report }; others are"
                      + " answered only.")
          Map<String, String> only,
      @Option(doc = "Fields of the messages that are not stored; they are answered only.")
          Map<String, String> except) {
    boolean isStored() {
      return kept && messageClass != null;
    }
  }

  /** How messages are compressed. */
  enum Encoding {
    GZIP
  }

  /** How the devices of one message are told apart. */
  enum Children {
    KEYS,
    LIST
  }
}
