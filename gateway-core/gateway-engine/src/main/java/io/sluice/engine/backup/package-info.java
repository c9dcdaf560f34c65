/** What a gateway knows, in one file: to be kept elsewhere, and put into a new box. */
@org.jspecify.annotations.NullMarked
package io.sluice.engine.backup;
