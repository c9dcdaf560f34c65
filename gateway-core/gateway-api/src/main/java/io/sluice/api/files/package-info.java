/** How files are made. */
@org.jspecify.annotations.NullMarked
package io.sluice.api.files;
