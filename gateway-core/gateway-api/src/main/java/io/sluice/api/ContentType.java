package io.sluice.api;

/** What a payload says it is. CoAP content formats from the IANA CoRE parameters registry. */
public enum ContentType {
  /** Nothing said: the profile or the first bytes decide. */
  UNSPECIFIED("", -1),
  TEXT("text/plain", 0),
  BYTES("application/octet-stream", 42),
  JSON("application/json", 50),
  CBOR("application/cbor", 60),
  SENML_JSON("application/senml+json", 110),
  SENML_CBOR("application/senml+cbor", 112);

  private final String mediaType;
  private final int coapContentFormat;

  ContentType(String mediaType, int coapContentFormat) {
    this.mediaType = mediaType;
    this.coapContentFormat = coapContentFormat;
  }

  public String mediaType() {
    return mediaType;
  }

  /** The CoAP content format, -1 for {@link #UNSPECIFIED}. */
  public int coapContentFormat() {
    return coapContentFormat;
  }
}
