/** What a reload has to do: which files were changed, and what that means for a running gateway. */
package io.sluice.app.reload;
