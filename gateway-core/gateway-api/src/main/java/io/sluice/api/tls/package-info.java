/** Transport security that adapters, the admin listener and tools share: files and trust. */
package io.sluice.api.tls;
