/** Devices made for the platforms of cloud providers: their sign-in, topics and replies. */
package io.sluice.sim.vendor.cloud;
