package io.sluice.engine.dialect.talk;

import io.sluice.api.Downlink;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import io.sluice.engine.dialect.form.Template;
import io.sluice.engine.dialect.signin.ChildProof;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What follows the messages of one rule: replies, and the command that they answer. Immutable,
 * thread-safe.
 */
public final class Follow implements Following {
  private static final String BODY = "body.";

  /** As {@code 20261127T180000Z}. */
  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final Pattern CODE = Pattern.compile("-?[0-9]{1,9}");

  /** The device says no, and not by which code. */
  private static final int NO_CODE = -1;

  /** A reply, compiled. */
  private record Reply(
      Template topic,
      Template payload,
      @Nullable Template refused,
      Conditions when,
      Conditions unless) {}

  /** How an answer is known, compiled. */
  private record Answer(
      Template command, @Nullable Template code, Set<String> done, Conditions when) {}

  private final TopicLevels levels;
  private final List<Reply> replies;
  private final @Nullable Answer answer;
  private final @Nullable ChildProof proof;
  private final Conditions only;
  private final Conditions except;
  private final BodyFields fields;

  /**
   * @param topic of the rule
   * @param proof how a message proves the devices that it names, or null
   * @param only fields of a message that is stored; of others only what follows is done
   * @param except fields of a message that is not
   */
  public Follow(
      String topic,
      List<TalkFile.Reply> replies,
      TalkFile.@Nullable Answer answer,
      @Nullable ChildProof proof,
      Map<String, String> only,
      Map<String, String> except) {
    this.levels = new TopicLevels(topic);
    this.replies = replies.stream().map(Follow::reply).toList();
    this.answer = answer == null ? null : answer(answer);
    this.proof = proof;
    this.only = new Conditions(only);
    this.except = new Conditions(except);
    Set<String> paths = new HashSet<>();
    this.replies.forEach(each -> addPaths(each, paths));
    if (this.answer != null) {
      addPaths(this.answer, paths);
    }
    addPaths(only.keySet(), paths);
    addPaths(except.keySet(), paths);
    this.fields = new BodyFields(paths);
  }

  private static Reply reply(TalkFile.Reply file) {
    String refused = file.refused();
    return new Reply(
        Template.of(file.topic()),
        Template.of(file.payload()),
        refused == null ? null : Template.of(refused),
        new Conditions(file.when()),
        new Conditions(file.unless()));
  }

  private static Answer answer(TalkFile.Answer file) {
    String code = file.code();
    return new Answer(
        Template.of(file.command()),
        code == null ? null : Template.of(code),
        Conditions.split(file.done()),
        new Conditions(file.when()));
  }

  private static void addPaths(Reply reply, Set<String> paths) {
    reply.topic.forEachName(name -> addPath(name, paths));
    reply.payload.forEachName(name -> addPath(name, paths));
    if (reply.refused != null) {
      reply.refused.forEachName(name -> addPath(name, paths));
    }
    addPaths(reply.when.names(), paths);
    addPaths(reply.unless.names(), paths);
  }

  private static void addPaths(Answer answer, Set<String> paths) {
    answer.command.forEachName(name -> addPath(name, paths));
    if (answer.code != null) {
      answer.code.forEachName(name -> addPath(name, paths));
    }
    addPaths(answer.when.names(), paths);
  }

  private static void addPaths(Set<String> names, Set<String> paths) {
    names.forEach(name -> addPath(name, paths));
  }

  private static void addPath(String name, Set<String> paths) {
    if (name.startsWith(BODY)) {
      paths.add(name.substring(BODY.length()));
    }
  }

  @Override
  public @Nullable ChildProof proof() {
    return proof;
  }

  @Override
  public boolean isKept(Uplink uplink) {
    if (only.isEmpty() && except.isEmpty()) {
      return true;
    }
    Message message = new Message(uplink, fields.of(uplink.payload()), "", 0);
    return only.all(message::text) && !except.any(message::text);
  }

  /** One message with what templates may name of it. */
  private final class Message {
    private final Uplink uplink;
    private final Map<String, BodyFields.Value> body;
    private final String detail;
    private final long nowMillis;
    private @Nullable Map<String, String> names;

    private Message(
        Uplink uplink, Map<String, BodyFields.Value> body, String detail, long nowMillis) {
      this.uplink = uplink;
      this.body = body;
      this.detail = detail;
      this.nowMillis = nowMillis;
    }

    private @Nullable String ofTopic(String name) {
      if (names == null) {
        names = levels.names(uplink.topic());
      }
      return names.get(name);
    }

    private BodyFields.@Nullable Value field(String name) {
      return name.startsWith(BODY) ? body.get(name.substring(BODY.length())) : null;
    }

    /** The bare text, for conditions and topics. */
    private @Nullable String text(String name) {
      BodyFields.Value field = field(name);
      return switch (name) {
        case "topic" -> uplink.topic();
        case "now" -> Long.toString(nowMillis);
        case "now-seconds" -> Long.toString(nowMillis / 1_000);
        case "now-utc" -> UTC.format(Instant.ofEpochMilli(nowMillis));
        case "received" -> Long.toString(uplink.receivedMicros() / 1_000);
        case "reason" -> detail;
        default -> field != null ? field.text() : ofTopic(name);
      };
    }

    /** As it stands in JSON; a field that there is not is null. */
    private @Nullable String json(String name, String modifier) {
      if (name.startsWith(BODY)) {
        BodyFields.Value field = field(name);
        if (field == null) {
          return modifier.equals("text") ? null : "null";
        }
        return modifier.equals("text") ? BodyFields.escaped(field.text()) : field.json();
      }
      String text = text(name);
      return text == null ? null : BodyFields.escaped(text);
    }
  }

  @Override
  public Outcome after(Uplink uplink, Receipt receipt, long nowMillis) {
    String detail = receipt instanceof Receipt.Rejected rejected ? rejected.detail() : "";
    Message message = new Message(uplink, fields.of(uplink.payload()), detail, nowMillis);
    List<Downlink> made = new ArrayList<>(1);
    for (Reply reply : replies) {
      Template payload = receipt instanceof Receipt.Rejected ? reply.refused : reply.payload;
      if (payload != null && reply.when.all(message::text) && !reply.unless.any(message::text)) {
        String topic = reply.topic.fill((name, _) -> message.text(name));
        String body = payload.fill(message::json);
        if (topic != null && body != null) {
          made.add(new Downlink(topic, body.getBytes(StandardCharsets.UTF_8)));
        }
      }
    }
    return outcome(message, made);
  }

  private Outcome outcome(Message message, List<Downlink> made) {
    Answer expected = answer;
    String command =
        expected == null || !expected.when.all(message::text)
            ? null
            : expected.command.fill((name, _) -> message.text(name));
    if (expected == null || command == null) {
      return made.isEmpty() ? Outcome.NOTHING : new Outcome(made, null, 0);
    }
    String code =
        expected.code == null ? null : expected.code.fill((name, _) -> message.text(name));
    return new Outcome(
        made,
        command,
        code == null || expected.done.contains(code) ? 0 : refusal(code),
        message.ofTopic("device"));
  }

  private static int refusal(String code) {
    int number = CODE.matcher(code).matches() ? Integer.parseInt(code) : NO_CODE;
    return number == 0 ? NO_CODE : number;
  }
}
