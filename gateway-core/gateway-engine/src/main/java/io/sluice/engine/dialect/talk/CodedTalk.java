package io.sluice.engine.dialect.talk;

import io.sluice.api.Downlink;
import io.sluice.api.dialect.Dialect;
import io.sluice.api.dialect.Outgoing;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a vendor's jar says that is sent. What it throws costs the one command. Thread-safe. */
public record CodedTalk(Dialect code) implements Talk {
  private static final Logger LOG = LoggerFactory.getLogger(CodedTalk.class);

  @Override
  public String dialect() {
    return code.name();
  }

  @Override
  public boolean isImplicit() {
    return code.isImplicit();
  }

  @Override
  public boolean isSilent() {
    return false;
  }

  @Override
  public boolean maySubscribe(String filter, Predicate<String> isOwn) {
    return code.maySubscribe(filter, isOwn);
  }

  @Override
  public List<CommandForm> forms() {
    return List.of();
  }

  @Override
  public @Nullable Downlink write(Outgoing outgoing, Predicate<String> isHeard) {
    try {
      return code.write(outgoing, isHeard);
    } catch (RuntimeException e) {
      // a stranger's code: it must not cost the session in whose thread it runs
      LOG.warn(
          "dialect {} failed to write command {} for {}",
          code.name(),
          outgoing.command().name(),
          outgoing.command().device(),
          e);
      return null;
    }
  }
}
