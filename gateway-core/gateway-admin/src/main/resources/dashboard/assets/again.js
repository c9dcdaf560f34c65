// The page is loaded again when a part of it did not come: a link that fell while it loaded would
// leave an empty screen that nobody is there to reload. A classic script, so that it hears the others.
const PAUSE_MS = 3000;
addEventListener(
  "error",
  (event) => {
    if (event.target instanceof HTMLScriptElement || event.target instanceof HTMLLinkElement) {
      setTimeout(() => location.reload(), PAUSE_MS);
    }
  },
  true,
);
