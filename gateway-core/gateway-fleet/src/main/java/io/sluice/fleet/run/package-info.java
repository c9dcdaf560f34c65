/** What runs in a fleet process, and the order in which it starts. */
@org.jspecify.annotations.NullMarked
package io.sluice.fleet.run;
