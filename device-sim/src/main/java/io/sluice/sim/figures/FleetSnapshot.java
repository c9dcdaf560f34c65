package io.sluice.sim.figures;

/**
 * A fleet's figures at one moment, since its start.
 *
 * @param devices in the scenario
 * @param connected MQTT sessions up now
 * @param connects MQTT sessions that came up, each reconnect counted
 * @param sent messages, each counted once
 * @param acked acknowledged by the far side
 * @param refused refused with a reason
 * @param resent sent again after a lost connection or a missing answer
 * @param skipped samples not taken because the device was offline or its window full
 * @param bad sent spoilt on purpose, counted in {@code sent} too
 * @param badRefused those of them that were refused
 * @param duplicates sent twice on purpose
 * @param forgotten stored while a link was gone, and lost as the device's store was full or the run
 *     ended first
 * @param alarms sent, raised and cleared
 * @param connectFailures connection attempts that failed
 * @param retransmitted datagrams that CoAP devices sent again for want of an answer
 * @param vanished datagrams lost on purpose, and over TCP losses that were waited for
 * @param moved changes of address on purpose
 * @param handshakes begun over DTLS
 * @param unasked sent at QoS 0 or Non-confirmable: nobody acknowledges them
 * @param lastTrouble the latest refusal or failure, empty if there was none
 */
public record FleetSnapshot(
    int devices,
    long connected,
    long connects,
    long sent,
    long acked,
    long refused,
    long resent,
    long skipped,
    long bad,
    long badRefused,
    long duplicates,
    long forgotten,
    long alarms,
    long commands,
    long connectFailures,
    long retransmitted,
    long vanished,
    long moved,
    long handshakes,
    long unasked,
    String lastTrouble) {

  @Override
  public String toString() {
    return "%d devices, %d connected; sent %d%s, acknowledged %d, refused %d, resent %d%s, skipped %d, alarms %d%s"
        .formatted(
            devices,
            connected,
            sent,
            unasked == 0 ? "" : " (" + unasked + " without acknowledgement)",
            acked,
            refused,
            resent,
            retransmitted == 0 ? "" : ", datagrams again " + retransmitted,
            skipped,
            alarms,
            lastTrouble.isEmpty() ? "" : "; last trouble: " + lastTrouble);
  }
}
