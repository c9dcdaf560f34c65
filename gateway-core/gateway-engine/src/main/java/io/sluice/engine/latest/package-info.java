/** What devices reported last: for people who look, kept in bounded memory. */
@org.jspecify.annotations.NullMarked
package io.sluice.engine.latest;
