/** What flows through the gateway, and how fast. */
@org.jspecify.annotations.NullMarked
package io.sluice.engine.flow;
