package io.sluice.codec.script;

import io.sluice.api.codec.DownlinkCodec;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadCodecFactory;
import org.jspecify.annotations.Nullable;

/** Makes the codecs of one script. Thread-safe. */
final class ScriptCodecs implements PayloadCodecFactory {
  private final Program program;

  ScriptCodecs(Program program) {
    this.program = program;
  }

  @Override
  public String name() {
    return "script";
  }

  @Override
  public PayloadCodec create() {
    return new ScriptCodec(program, Sandbox.own(), System::nanoTime);
  }

  @Override
  public @Nullable DownlinkCodec downlink() {
    return program.encodes() ? new ScriptDownlink(program, Sandbox.own()) : null;
  }
}
