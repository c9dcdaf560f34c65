/** Network servers and gateways of LoRaWAN, and the bytes of the sensors behind them. */
package io.sluice.sim.vendor.lorawan;
