package io.sluice.api.adapter;

/** Why the gateway ends a session of a device. */
public enum LinkEnd {
  /** Another session of the same device has taken its place. */
  TAKEN_OVER("taken over by another session of the same device"),

  /** The device sends from another address or session than the one that this link stands for. */
  MOVED("the device polls from another address or session"),

  /** The device was removed from the registry. */
  REMOVED("the device was removed"),

  /** The device was retired. */
  RETIRED("the device was retired"),

  /** A credential of the device was revoked, replaced or added. */
  CREDENTIALS_CHANGED("its credentials changed");

  private final String sentence;

  LinkEnd(String sentence) {
    this.sentence = sentence;
  }

  /** For people: the device's log and the gateway's. */
  public String sentence() {
    return sentence;
  }
}
