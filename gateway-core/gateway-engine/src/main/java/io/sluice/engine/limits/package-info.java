/** How much any one may take: token buckets for devices, addresses and all together. */
package io.sluice.engine.limits;
