package io.sluice.adapter.coap.fast;

/** What {@link RecentMessages} keeps of an answer in place of its bytes. */
enum Remembered {
  /** 2.04, as the acknowledgement. */
  STORED,
  /** Californium answers. */
  ADOPTED
}
