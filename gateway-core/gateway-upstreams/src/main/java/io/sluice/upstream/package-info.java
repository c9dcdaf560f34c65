/** What the upstreams share. */
package io.sluice.upstream;
