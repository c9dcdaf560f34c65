/** Runs that are made again and again, each from a seed that repeats it: fuzzing and campaigns. */
package io.sluice.adapter.testkit.seeded;
