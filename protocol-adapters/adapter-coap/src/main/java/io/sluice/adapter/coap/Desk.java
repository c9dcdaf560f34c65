package io.sluice.adapter.coap;

import io.sluice.api.Gateway;
import java.time.InstantSource;

/** What the ways in of one listener share. */
record Desk(
    Gateway gateway,
    Admissions admissions,
    Answers answers,
    Reception reception,
    Adoptions adoptions,
    InstantSource clock,
    int maxPayloadBytes) {

  static Desk of(Gateway gateway, Admissions admissions, Answers answers, CoapOptions settings) {
    return new Desk(
        gateway,
        admissions,
        answers,
        new Reception(gateway, answers),
        new Adoptions(),
        gateway.clock(),
        Math.toIntExact(settings.maxPayload().value()));
  }
}
