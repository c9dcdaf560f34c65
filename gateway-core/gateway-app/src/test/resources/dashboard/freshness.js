// What a gateway said is not said for it for long.
const { standing, STALE_SECONDS } = await load("freshness.js");
const status = { ready: true };
const words = (now) => { const shown = standing({ status, fault: null, ageSeconds: 1, ...now }); return shown && [shown.words, shown.level, shown.age]; };
equal(words({}), ["ready", "good", null]);
equal(words({ status: { ready: false } }), ["not ready", "bad", null]);
equal(words({ fault: { status: 0 }, ageSeconds: 2.9 }), ["not reached", "bad", 2]);
equal(words({ ageSeconds: STALE_SECONDS + 0.5 }), ["not renewed", "bad", STALE_SECONDS]);
equal(words({ fault: { status: 503 }, ageSeconds: 40 }), ["not renewed", "bad", 40]);
equal(words({ fault: { status: 403 } }), ["ready", "good", null]);
equal(words({ status: null, ageSeconds: null }), null);
equal(words({ status: null, fault: { status: 0 }, ageSeconds: null }), ["not reached", "bad", null]);
