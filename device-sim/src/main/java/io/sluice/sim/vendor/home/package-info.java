/** Devices of houses and small sites. */
package io.sluice.sim.vendor.home;
