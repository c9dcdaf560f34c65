/** What is kept for whoever has to explain later what happened. */
package io.sluice.api.audit;
