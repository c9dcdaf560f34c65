/** The view over all partitions: asked of the instances that have them, and put together. */
@org.jspecify.annotations.NullMarked
package io.sluice.fleet.view;
