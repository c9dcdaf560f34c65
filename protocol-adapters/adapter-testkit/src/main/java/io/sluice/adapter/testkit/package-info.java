/** What every protocol adapter must pass, and a gateway in memory to pass it against. */
package io.sluice.adapter.testkit;
