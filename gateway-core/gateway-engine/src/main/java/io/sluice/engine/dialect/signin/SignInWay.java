package io.sluice.engine.dialect.signin;

import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Admission;
import io.sluice.engine.dialect.form.FieldPattern;
import io.sluice.engine.dialect.form.Template;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One way to sign in, compiled. Immutable, thread-safe. It is asked before anything is known of the
 * peer, so that what it does is bounded: fields longer than {@value Way#MAX_CHARS} are of no
 * vendor's.
 */
public final class SignInWay implements Way {
  private static final int MAX_PAIRS = 32;

  private final String dialect;
  private final @Nullable FieldPattern clientId;
  private final @Nullable FieldPattern user;
  private final @Nullable FieldPattern password;
  private final @Nullable String pairs;
  private final String between;
  private final Template device;
  private final @Nullable Template token;
  private final Signature.@Nullable Hmac hmac;
  private final ClockWindow.@Nullable Rule clock;

  /**
   * @throws IllegalArgumentException where the file's words make no way; the message says what to
   *     write
   */
  public SignInWay(String dialect, SignInFile file) {
    this.dialect = dialect;
    this.clientId = file.clientId() == null ? null : FieldPattern.of(file.clientId());
    this.user = file.user() == null ? null : FieldPattern.of(file.user());
    this.password = file.password() == null ? null : FieldPattern.of(file.password());
    this.pairs = file.pairs();
    this.between = file.between();
    this.device = Template.of(file.device());
    this.token = file.token() == null ? null : Template.of(file.token());
    this.hmac = file.hmac() == null ? null : Signature.Hmac.of(file.hmac());
    this.clock = file.clock() == null ? null : ClockWindow.Rule.of(file.clock());
    if (clientId == null && user == null) {
      throw new IllegalArgumentException(
          "needs client-id or user; write the form that tells this vendor's devices: \"{device}&{pk}\"");
    }
    if (token != null && hmac != null) {
      throw new IllegalArgumentException("token and hmac are two ways; write two entries");
    }
  }

  @Override
  public @Nullable Claim claim(@Nullable String shownClientId, String shownUser, byte[] shown) {
    if (isTooLong(shownClientId) || isTooLong(shownUser) || shown.length > MAX_PASSWORD_BYTES) {
      return null;
    }
    Map<String, String> names = new HashMap<>();
    boolean isOfForm =
        (user == null || user.take(shownUser, names))
            && (clientId == null || (shownClientId != null && clientId.take(shownClientId, names)));
    if (!isOfForm) {
      return null;
    }
    Admission.Vendor vendor = new Admission.Vendor(dialect, names);
    String secret = new String(shown, StandardCharsets.UTF_8);
    if (password != null && !password.take(secret, names)) {
      return null;
    }
    String list = pairs == null ? null : names.get(pairs);
    if (list != null && !takePairs(list, names)) {
      return null;
    }
    Template.Values values =
        (name, modifier) ->
            switch (name) {
              case "client-id" -> shownClientId;
              case "user" -> shownUser;
              case "password" -> secret;
              default -> names.get(name);
            };
    return claim(vendor, values);
  }

  private @Nullable Claim claim(Admission.Vendor vendor, Template.Values values) {
    if (token != null) {
      String shown = token.fill(values);
      return shown == null ? null : new Claim.Tokened(vendor, shown);
    }
    String id = device.fill(values);
    if (id == null || !DeviceId.isValid(id)) {
      return null;
    }
    if (hmac == null) {
      return new Claim.Named(vendor, id);
    }
    ClockWindow window = clock == null ? null : clock.window(values);
    if (clock != null && window == null) {
      return null;
    }
    Signature signature = Signature.of(hmac, values, window);
    return signature == null ? null : new Claim.Signed(vendor, id, signature);
  }

  private static boolean isTooLong(@Nullable String field) {
    return field != null && field.length() > MAX_CHARS;
  }

  /** Of a key that comes twice the first counts; false where there are too many. */
  private boolean takePairs(String list, Map<String, String> names) {
    int count = 0;
    int from = 0;
    while (from <= list.length()) {
      int at = list.indexOf(between, from);
      int end = at < 0 ? list.length() : at;
      int equals = list.indexOf('=', from);
      if (equals > from && equals < end) {
        names.putIfAbsent(list.substring(from, equals), list.substring(equals + 1, end));
      }
      if (++count > MAX_PAIRS) {
        return false;
      }
      from = end + between.length();
    }
    return true;
  }
}
