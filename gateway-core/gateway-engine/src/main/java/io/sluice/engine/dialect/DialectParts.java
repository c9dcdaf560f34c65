package io.sluice.engine.dialect;

import io.sluice.engine.config.ConfigNode;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.ConfigNode.Sequence;
import io.sluice.engine.config.Faults;
import io.sluice.engine.config.NearestKey;
import io.sluice.engine.dialect.signin.ChildProof;
import io.sluice.engine.dialect.signin.ProofFile;
import io.sluice.engine.dialect.signin.SignInFile;
import io.sluice.engine.dialect.signin.SignInWay;
import io.sluice.engine.dialect.talk.CommandForm;
import io.sluice.engine.dialect.talk.Follow;
import io.sluice.engine.dialect.talk.Talk;
import io.sluice.engine.dialect.talk.TalkFile;
import io.sluice.engine.dialect.talk.WrittenTalk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compiles what stands beside the topics of a dialect's file. Used once. */
final class DialectParts {
  private static final int MAX_SIGN_INS = 16;

  private final String dialect;
  private final Mapping mapping;
  private final Faults faults;

  /**
   * @param mapping whose keys the faults name
   */
  DialectParts(String dialect, Mapping mapping, Faults faults) {
    this.dialect = dialect;
    this.mapping = mapping;
    this.faults = faults;
  }

  List<SignInWay> signIns(DialectFile file) {
    List<SignInWay> ways = new ArrayList<>();
    for (int i = 0; i < file.signIn().size(); i++) {
      SignInFile way = file.signIn().get(i);
      try {
        ways.add(new SignInWay(dialect, way));
      } catch (IllegalArgumentException e) {
        faults.add(item("sign-in", i), String.valueOf(e.getMessage()));
      }
    }
    if (ways.size() > MAX_SIGN_INS) {
      faults.add(mapping.fault("sign-in", "a dialect has at most " + MAX_SIGN_INS + " ways"));
      return List.of();
    }
    return ways;
  }

  Talk talk(DialectFile file) {
    List<WrittenTalk.Listen> listens = new ArrayList<>();
    for (int i = 0; i < file.listen().size(); i++) {
      try {
        listens.add(new WrittenTalk.Listen(file.listen().get(i)));
      } catch (IllegalArgumentException e) {
        faults.add(item("listen", i), String.valueOf(e.getMessage()));
      }
    }
    List<CommandForm> forms = new ArrayList<>();
    for (int i = 0; i < file.down().size(); i++) {
      TalkFile.Down down = file.down().get(i);
      try {
        forms.add(new CommandForm(down));
      } catch (IllegalArgumentException e) {
        faults.add(item("down", i), String.valueOf(e.getMessage()));
      }
    }
    return new WrittenTalk(dialect, file.implicit(), listens, forms);
  }

  private ConfigNode item(String key, int index) {
    return mapping.get(key) instanceof Sequence list ? list.items().get(index) : mapping;
  }

  private @Nullable Follow made(DialectFile.Up up, List<TalkFile.Reply> replies) {
    try {
      ProofFile proof = up.proof();
      return new Follow(
          up.topic(),
          replies,
          up.answer(),
          proof == null ? null : new ChildProof(proof),
          up.only(),
          up.except());
    } catch (IllegalArgumentException e) {
      faults.add(mapping.fault("topic", String.valueOf(e.getMessage())));
      return null;
    }
  }

  /** What follows the messages of a rule; null where nothing does. */
  @Nullable Follow follow(DialectFile.Up up, Map<String, TalkFile.Reply> replies) {
    List<TalkFile.Reply> own = new ArrayList<>();
    for (String name : up.reply()) {
      TalkFile.Reply reply = replies.get(name);
      if (reply == null) {
        faults.add(
            mapping.fault(
                "reply",
                "there is no \"%s\" below the file's reply; %s"
                    .formatted(name, NearestKey.remedy(name, replies.keySet()))));
      } else {
        own.add(reply);
      }
    }
    boolean isFollowed =
        !own.isEmpty()
            || up.answer() != null
            || up.proof() != null
            || !up.only().isEmpty()
            || !up.except().isEmpty();
    return isFollowed ? made(up, own) : null;
  }
}
