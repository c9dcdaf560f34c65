/** Archive of JSON lines in rotated files. */
package io.sluice.upstream.file;
