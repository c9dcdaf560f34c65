/**
 * What a vendor's topics and paths mean, as code. A vendor's jar offers a {@link
 * io.sluice.api.dialect.Dialect} where a YAML file in {@code dialects/} cannot say it; the gateway
 * finds it by {@link java.util.ServiceLoader}.
 */
package io.sluice.api.dialect;
