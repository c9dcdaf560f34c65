/**
 * What is wrong with the running process: the guard of its threads and tasks, and the reasons for
 * which it is not ready. For every module.
 */
package io.sluice.api.health;
