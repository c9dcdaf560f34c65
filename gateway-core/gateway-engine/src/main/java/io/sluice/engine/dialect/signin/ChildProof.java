package io.sluice.engine.dialect.signin;

import io.sluice.api.dialect.SignIn;
import io.sluice.engine.dialect.form.Template;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * The signatures by which a gateway proves that it speaks for devices: Alink's {@code topo/add} and
 * {@code combine/login} ("Topology", 89299). Immutable, thread-safe. It reads {@value #MAX_DEVICES}
 * devices of a message at the most; a message of more is refused.
 */
public final class ChildProof {
  static final int MAX_DEVICES = 64;
  private static final int MAX_FIELDS = 32;
  private static final int MAX_CHARS = 1_024;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(64).build())
          .build();

  private final List<String> in;
  private final Template device;
  private final Signature.Hmac hmac;

  public ChildProof(ProofFile file) {
    this.in = List.of(file.in().split("\\.", -1));
    this.device = Template.of(file.device());
    this.hmac = Signature.Hmac.of(file.hmac());
  }

  /**
   * What is wrong with a message, and what to do; null where nothing is. A device that has no
   * secret has nothing to prove.
   *
   * @param secrets the secrets of a device that hold now
   */
  public @Nullable String fault(
      byte[] message, Function<String, List<String>> secrets, long nowMillis) {
    List<Map<String, String>> named = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), message)) {
      read(parser, named);
    } catch (JacksonException _) {
      return "the message is no valid JSON; send one JSON document";
    }
    if (named.size() > MAX_DEVICES) {
      return "the message is of more than " + MAX_DEVICES + " devices; send fewer at once";
    }
    for (Map<String, String> fields : named) {
      Template.Values values = (name, _) -> fields.get(name);
      String id = device.fill(values);
      List<String> own = id == null ? List.of() : secrets.apply(id);
      if (!own.isEmpty() && !isProved(values, own, nowMillis)) {
        return "the signature of device %s is not that of its secret; give its gateway the secret that it has here"
            .formatted(id);
      }
    }
    return null;
  }

  private boolean isProved(Template.Values values, List<String> secrets, long nowMillis) {
    Signature signature = Signature.of(hmac, values, null);
    return signature != null
        && secrets.stream()
            .anyMatch(each -> signature.verdict(each, nowMillis) == SignIn.Proof.Verdict.GOOD);
  }

  private void read(JsonParser parser, List<Map<String, String>> named) {
    JsonToken token = parser.nextToken();
    for (String wanted : in) {
      if (token != JsonToken.START_OBJECT) {
        return;
      }
      String name = parser.nextName();
      while (name != null && !name.equals(wanted)) {
        parser.nextToken();
        parser.skipChildren();
        name = parser.nextName();
      }
      if (name == null) {
        return;
      }
      token = parser.nextToken();
    }
    if (token == JsonToken.START_OBJECT) {
      named.add(fields(parser));
    } else if (token == JsonToken.START_ARRAY) {
      while (parser.nextToken() != JsonToken.END_ARRAY && named.size() <= MAX_DEVICES) {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
          named.add(fields(parser));
        } else {
          parser.skipChildren();
        }
      }
    }
  }

  private static Map<String, String> fields(JsonParser parser) {
    Map<String, String> fields = new HashMap<>();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      if (token.isStructStart()) {
        parser.skipChildren();
      } else if (token != JsonToken.VALUE_NULL && fields.size() < MAX_FIELDS) {
        String text = parser.getString();
        if (text.length() <= MAX_CHARS) {
          fields.putIfAbsent(name, text);
        }
      }
    }
    return fields;
  }
}
