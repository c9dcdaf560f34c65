/** Real peers for integration tests: brokers, relays, containers. Tests alone call it. */
package io.sluice.testkit;
