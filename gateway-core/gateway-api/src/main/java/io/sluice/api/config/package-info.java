/**
 * How a component declares its options and finds other components by name. Factories of adapters,
 * codecs and upstreams call it.
 */
package io.sluice.api.config;
