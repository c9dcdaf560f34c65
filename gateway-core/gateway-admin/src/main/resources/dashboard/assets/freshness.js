// What the page may say of the gateway: what it said last, as long as that is new.
export const STALE_SECONDS = 12;

// The chip's level, its words and, where the figures are old, their age in whole seconds; null where
// nothing is known yet. An age of null: no figures came so far.
export function standing({ status, fault, ageSeconds }) {
  const age = ageSeconds === null ? null : Math.max(0, Math.floor(ageSeconds));
  if (fault?.status === 0) return { level: "bad", words: "not reached", age };
  if (age !== null && age >= STALE_SECONDS) return { level: "bad", words: "not renewed", age };
  if (!status) return null;
  return status.ready ? { level: "good", words: "ready", age: null } : { level: "bad", words: "not ready", age: null };
}
