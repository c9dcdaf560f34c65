/** Certificates for simulated devices and for tests, and for nothing else. */
package io.sluice.sim.pki;
