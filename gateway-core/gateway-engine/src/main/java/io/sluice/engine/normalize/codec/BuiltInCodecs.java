package io.sluice.engine.normalize.codec;

import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadCodecFactory;
import io.sluice.engine.normalize.codec.text.TextCodec;

/** The codecs that come with the gateway, by name. None is loaded before its first message. */
final class BuiltInCodecs {
  private BuiltInCodecs() {}

  /** Objects in JSON. */
  public static final class Json implements PayloadCodecFactory {
    @Override
    public String name() {
      return "json";
    }

    @Override
    public PayloadCodec create() {
      return new DocumentCodec(DocumentFormat.JSON, new ObjectCodec(), new PlainObject());
    }
  }

  /** Objects in CBOR. */
  public static final class Cbor implements PayloadCodecFactory {
    @Override
    public String name() {
      return "cbor";
    }

    @Override
    public PayloadCodec create() {
      return new DocumentCodec(DocumentFormat.CBOR, new ObjectCodec());
    }
  }

  /** Packs of SenML in JSON. */
  public static final class SenmlJson implements PayloadCodecFactory {
    @Override
    public String name() {
      return "senml-json";
    }

    @Override
    public PayloadCodec create() {
      return new DocumentCodec(DocumentFormat.JSON, new SenmlCodec());
    }
  }

  /** Packs of SenML in CBOR. */
  public static final class SenmlCbor implements PayloadCodecFactory {
    @Override
    public String name() {
      return "senml-cbor";
    }

    @Override
    public PayloadCodec create() {
      return new DocumentCodec(DocumentFormat.CBOR, new SenmlCodec());
    }
  }

  /** Plain text. */
  public static final class Text implements PayloadCodecFactory {
    @Override
    public String name() {
      return "text";
    }

    @Override
    public PayloadCodec create() {
      return new TextCodec();
    }
  }

  /** Raw bytes, by the profile's layout. */
  public static final class Bytes implements PayloadCodecFactory {
    @Override
    public String name() {
      return "bytes";
    }

    @Override
    public PayloadCodec create() {
      return new BytesCodec();
    }
  }
}
